//! Measured round trips between places, read from the files of `examples/azure2026`.

use std::collections::HashMap;
use std::io::Read;

use lightcone_core::Point;
use lightcone_core::point::InvalidPoint;
use lightcone_core::units::ROUND_TRIP_MAX_NS;
use serde::Deserialize;

use crate::host::Place;

/// The most rows of a file that are read.
pub const ROWS_MAX: usize = 1_000_000;

/// Round trips between named places, each way apart.
#[derive(Clone, Debug, Default)]
pub struct RoundTrips(HashMap<String, HashMap<String, u64>>);

impl RoundTrips {
    /// Reads comma-separated `src`, `dst`, `min_rtt_ms` (milliseconds) by their headings; other columns are not
    /// looked at. Of a pair that comes twice the shorter counts.
    ///
    /// # Errors
    /// [`TableError`] for what cannot be read, or a round trip that no path has.
    pub fn read(file: impl Read) -> Result<Self, TableError> {
        let mut table = Self::default();
        rows(file, |line, row: PairRow| {
            let ns = row.min_rtt_ms * 1e6;
            if !(ns >= 1.0 && ns <= ROUND_TRIP_MAX_NS as f64) {
                return Err(TableError::RoundTrip { line, ms: row.min_rtt_ms });
            }
            let kept = table.0.entry(row.src).or_default().entry(row.dst).or_insert(u64::MAX);
            *kept = (*kept).min(ns.round() as u64);
            Ok(())
        })?;
        Ok(table)
    }

    /// The round trip from one place to another in nanoseconds, or back if only that was measured.
    #[must_use]
    pub fn between_ns(&self, from: &str, to: &str) -> Option<u64> {
        let way = |from, to| self.0.get(from).and_then(|row| row.get(to)).copied();
        way(from, to).or_else(|| way(to, from))
    }
}

#[derive(Deserialize)]
struct PairRow {
    src: String,
    dst: String,
    min_rtt_ms: f64,
}

#[derive(Deserialize)]
struct PlaceRow {
    id: String,
    lat: f64,
    lon: f64,
}

/// Reads comma-separated `id`, `lat`, `lon` (WGS 84, degrees) by their headings: the places that a table of round
/// trips speaks of.
///
/// # Errors
/// [`TableError`] for what cannot be read, or a point that is not on the Earth.
pub fn read_places(file: impl Read) -> Result<Vec<Place>, TableError> {
    let mut places = Vec::new();
    rows(file, |line, row: PlaceRow| {
        let point =
            Point::from_degrees(row.lat, row.lon).map_err(|source| TableError::Point { line, source })?;
        places.push(Place::new(row.id, point));
        Ok(())
    })?;
    Ok(places)
}

fn rows<R: for<'de> Deserialize<'de>>(
    file: impl Read,
    mut take: impl FnMut(u64, R) -> Result<(), TableError>,
) -> Result<(), TableError> {
    let mut reader = csv::Reader::from_reader(file);
    let headings = reader.headers()?.clone();
    let mut record = csv::StringRecord::new();
    let mut count = 0;
    while reader.read_record(&mut record)? {
        count += 1;
        if count > ROWS_MAX {
            return Err(TableError::TooLong);
        }
        let line = record.position().map_or(0, csv::Position::line);
        take(line, record.deserialize(Some(&headings))?)?;
    }
    Ok(())
}

/// A file that is no table of places or round trips.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// Not comma-separated text with the headings asked for.
    #[error("cannot read the table: {0}")]
    Csv(#[from] csv::Error),
    /// A round trip that no path has.
    #[error("line {line}: round trip {ms} ms is not within 0.000001 to 10000 ms")]
    RoundTrip {
        /// Line of the file.
        line: u64,
        /// The refused value, in milliseconds.
        ms: f64,
    },
    /// A point that is not on the Earth.
    #[error("line {line}: {source}")]
    Point {
        /// Line of the file.
        line: u64,
        /// What is wrong with it.
        source: InvalidPoint,
    },
    /// More rows than are read.
    #[error("the table has more than {ROWS_MAX} rows")]
    TooLong,
}
