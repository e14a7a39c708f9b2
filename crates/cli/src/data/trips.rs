//! `rtt.csv`: round trips between nodes, either way round, the shortest of each pair.

use std::collections::HashMap;
use std::path::Path;

use lightcone_core::RoundTrip;

use super::decimal;
use super::nodes::Nodes;
use super::table::Table;
use crate::exit::Failure;

/// All round trips of a file. Which end measured, and how often, leaves no trace: the shortest counts.
#[derive(Clone, Debug)]
pub(crate) struct Trips {
    ids: Vec<String>,
    index: HashMap<String, u32>,
    /// Both directions of each pair, in the order of the ends.
    ends: Vec<(u32, u32, RoundTrip)>,
    /// Where each node's own begin in `ends`.
    starts: Vec<usize>,
    skipped: Skipped,
}

/// Rows that bound nothing. To leave them out only ever makes a region larger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Skipped {
    /// Zero or less: no clock has seen that.
    pub(crate) not_positive: u64,
    /// Longer than ten seconds: no place on Earth is ruled out.
    pub(crate) too_long: u64,
    /// From a node to itself.
    pub(crate) to_itself: u64,
}

impl Trips {
    /// Reads a file. The nodes give the order of their ids; ids that they do not have come after.
    pub(crate) fn read(path: &Path, nodes: &Nodes) -> Result<Self, Failure> {
        let mut table = Table::open(path)?;
        let [src, dst, rtt] = table.needed(["src", "dst", "min_rtt_ms"])?;
        let mut trips = Self {
            ids: nodes.list().iter().map(|node| node.id.clone()).collect(),
            index: nodes.list().iter().zip(0u32..).map(|(node, index)| (node.id.clone(), index)).collect(),
            ends: Vec::new(),
            starts: Vec::new(),
            skipped: Skipped::default(),
        };
        while let Some(row) = table.next_row()? {
            for end in [src, dst] {
                if row.get(end).is_empty() {
                    return Err(row.fault(end, "is empty; a row needs both of its ends"));
                }
            }
            let ns = decimal::ns_of_ms(row.get(rtt)).map_err(|error| row.fault(rtt, error))?;
            let (first, second) = (trips.intern(row.get(src)), trips.intern(row.get(dst)));
            trips.add(first, second, ns);
        }
        trips.settle();
        Ok(trips)
    }

    fn intern(&mut self, id: &str) -> u32 {
        if let Some(&index) = self.index.get(id) {
            return index;
        }
        let index = self.ids.len() as u32;
        self.ids.push(id.to_owned());
        self.index.insert(id.to_owned(), index);
        index
    }

    fn add(&mut self, first: u32, second: u32, ns: i64) {
        if first == second {
            self.skipped.to_itself += 1;
            return;
        }
        match RoundTrip::from_ns(ns) {
            Ok(round_trip) => self.ends.extend([(first, second, round_trip), (second, first, round_trip)]),
            Err(_) if ns <= 0 => self.skipped.not_positive += 1,
            Err(_) => self.skipped.too_long += 1,
        }
    }

    fn settle(&mut self) {
        self.ends.sort_unstable();
        self.ends.dedup_by_key(|(from, to, _)| (*from, *to));
        self.starts = (0..=self.ids.len() as u32)
            .map(|index| self.ends.partition_point(|(from, _, _)| *from < index))
            .collect();
    }

    /// All ids, those of the nodes file first.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &str> {
        self.ids.iter().map(String::as_str)
    }

    /// Whether an id is known.
    pub(crate) fn knows(&self, id: &str) -> bool {
        self.index.contains_key(id)
    }

    /// The shortest round trip between a node and each other, in the order of the others' ids in the files.
    pub(crate) fn of(&self, id: &str) -> impl Iterator<Item = (&str, RoundTrip)> {
        let range = self
            .index
            .get(id)
            .map_or(0..0, |&index| self.starts[index as usize]..self.starts[index as usize + 1]);
        self.ends[range]
            .iter()
            .map(|(_, other, round_trip)| (self.ids[*other as usize].as_str(), *round_trip))
    }

    /// Rows that bound nothing.
    pub(crate) const fn skipped(&self) -> Skipped {
        self.skipped
    }
}
