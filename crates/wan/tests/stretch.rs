//! The excess over light that honest paths get is the one seen between cloud regions.
#![allow(clippy::unwrap_used, missing_docs, reason = "a test that cannot go on should fail")]

use std::fs::File;

use lightcone_wan::geography::{distance_m, light_ns};
use lightcone_wan::stretch::{self, AZURE_2026, QUANTILES, Row};
use lightcone_wan::table::read_places;
use lightcone_wan::{Place, RoundTrips};

fn azure() -> (Vec<Place>, RoundTrips) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/azure2026");
    let places = read_places(File::open(format!("{folder}/nodes.csv")).unwrap()).unwrap();
    (places, RoundTrips::read(File::open(format!("{folder}/rtt.csv")).unwrap()).unwrap())
}

/// Distance in kilometres and stretch of each ordered pair that is more than a kilometre apart.
fn pairs() -> Vec<(f64, f64)> {
    let (places, round_trips) = azure();
    let pairs = places.iter().flat_map(|from| places.iter().map(move |to| (from, to)));
    pairs
        .filter_map(|(from, to)| {
            let rtt_ns = round_trips.between_ns(from.name(), to.name())?;
            let km = distance_m(from.point(), to.point()) * 1e-3;
            let light_ns = 2 * light_ns(from.point(), to.point());
            (km > 1.0).then_some((km, rtt_ns as f64 / light_ns as f64))
        })
        .collect()
}

fn row(pairs: &[(f64, f64)], row: &Row) -> [f64; 7] {
    let within = |km: f64| (row.from_km..row.to_km).contains(&km);
    let mut stretches: Vec<f64> =
        pairs.iter().filter(|(km, _)| within(*km)).map(|&(_, stretch)| stretch).collect();
    stretches.sort_by(f64::total_cmp);
    QUANTILES.map(|share| stretches[(share * (stretches.len() - 1) as f64) as usize])
}

#[test]
fn the_table_is_what_the_measurements_show() {
    let pairs = pairs();
    assert!(pairs.len() > 2_300, "{} pairs", pairs.len());
    let measured: Vec<[f64; 7]> = AZURE_2026.iter().map(|class| row(&pairs, class)).collect();
    for (class, measured) in AZURE_2026.iter().zip(&measured) {
        let differs = class.stretch.iter().zip(measured).any(|(kept, seen)| (kept - seen).abs() > 0.006);
        assert!(!differs, "from {} km: {measured:.2?}", class.from_km);
    }
}

#[test]
fn the_middle_of_each_class_gets_what_its_row_says() {
    for row in AZURE_2026 {
        let middle_m = (row.from_km * row.to_km).sqrt() * 1e3;
        for (share, stretch) in QUANTILES.iter().zip(row.stretch) {
            assert!((stretch::at(middle_m, *share) - stretch).abs() < 1e-9, "{row:?} at {share}");
        }
    }
}

#[test]
fn a_longer_way_with_the_same_luck_is_never_quicker() {
    for luck in 0..100 {
        let late = |km: i32| f64::from(km) * stretch::at(f64::from(km) * 1e3, f64::from(luck) * 0.01);
        for km in (10..20_000).step_by(10) {
            assert!(late(km) < late(km + 10) + 1e-9, "{km} km at luck {luck} %");
        }
    }
}

#[test]
fn bad_tables_are_refused_with_their_line() {
    let wrong = |text: &str| RoundTrips::read(text.as_bytes()).unwrap_err().to_string();
    assert_eq!(
        wrong("src,dst,min_rtt_ms\na,b,1\na,c,-1\n"),
        "line 3: round trip -1 ms is not within 0.000001 to 10000 ms"
    );
    assert!(wrong("src,dst,min_rtt_ms\na,b,NaN\n").starts_with("line 2: round trip NaN"));
    assert!(wrong("src,dst\na,b\n").contains("min_rtt_ms"));
    let place = read_places("id,lat,lon\nx,91,0\n".as_bytes()).unwrap_err().to_string();
    assert_eq!(place, "line 2: latitude 91 is not within -90 to 90 degrees");
}
