//! Regions that break maps: across the antimeridian, around a pole, in two pieces, none at all.

use serde_json::Value;

use crate::run::lightcone;

fn collection(name: &str, liars: u32) -> Value {
    let files = format!("--nodes tests/data/{name}_nodes.csv --rtt tests/data/{name}_rtt.csv");
    let run = lightcone(&format!("locate {files} --target t --liars {liars} -o geojson"));
    assert_eq!(run.code, 0, "{}", run.stderr);
    let collection: Value = serde_json::from_str(&run.stdout).unwrap();
    for feature in collection["features"].as_array().unwrap() {
        assert_eq!(feature["type"], "Feature");
        for polygon in polygons(feature) {
            valid(&polygon);
        }
    }
    collection
}

/// The polygons of a feature as rings of positions.
fn polygons(feature: &Value) -> Vec<Vec<Vec<[f64; 2]>>> {
    let coordinates = feature["geometry"]["coordinates"].clone();
    match feature["geometry"]["type"].as_str() {
        Some("Polygon") => vec![serde_json::from_value(coordinates).unwrap()],
        Some("MultiPolygon") => serde_json::from_value(coordinates).unwrap(),
        _ => Vec::new(),
    }
}

/// RFC 7946: closed rings of four positions or more, the outer one against the clock and holes with it, and
/// nothing across the antimeridian.
fn valid(polygon: &[Vec<[f64; 2]>]) {
    for (index, ring) in polygon.iter().enumerate() {
        assert!(ring.len() >= 4 && ring.first() == ring.last(), "a ring is closed");
        let twice: f64 = ring.windows(2).map(|side| side[0][0] * side[1][1] - side[1][0] * side[0][1]).sum();
        assert!((twice > 0.0) == (index == 0), "the outer ring turns against the clock, holes with it");
        assert!(ring.iter().all(|[lon, lat]| lon.abs() <= 180.0 && lat.abs() <= 90.0));
        let crosses = |side: &[[f64; 2]]| {
            (side[0][0] - side[1][0]).abs() > 180.0 && side.iter().any(|[_, lat]| lat.abs() < 90.0)
        };
        assert!(!ring.windows(2).any(crosses), "no side crosses the antimeridian");
    }
}

fn holds(feature: &Value, [x, y]: [f64; 2]) -> bool {
    let inside = |ring: &Vec<[f64; 2]>| {
        let crossed = ring.windows(2).filter(|side| {
            let ([x0, y0], [x1, y1]) = (side[0], side[1]);
            (y0 > y) != (y1 > y) && x < (x1 - x0) * (y - y0) / (y1 - y0) + x0
        });
        crossed.count() % 2 == 1
    };
    polygons(feature).iter().any(|rings| rings.iter().filter(|ring| inside(ring)).count() % 2 == 1)
}

#[test]
fn a_region_across_the_antimeridian_is_cut_in_two() {
    let collection = collection("fiji", 0);
    let region = &collection["features"][0];
    assert_eq!(region["geometry"]["type"], "MultiPolygon");
    assert!(holds(region, [178.5, -20.0]) && holds(region, [-179.0, -22.0]) && !holds(region, [0.0, -20.0]));
}

#[test]
fn a_region_around_a_pole_reaches_the_edge_of_the_map() {
    let collection = collection("polar", 0);
    let region = &collection["features"][0];
    for lon in [-170.0, -90.0, 0.0, 90.0, 170.0] {
        assert!(holds(region, [lon, 89.5]) && !holds(region, [lon, 70.0]), "{lon}");
    }
}

#[test]
fn a_region_of_two_pieces_is_two_polygons() {
    let collection = collection("pieces", 1);
    let region = &collection["features"][0];
    assert_eq!(polygons(region).len(), 2);
    let binding = collection["features"].as_array().unwrap().iter();
    assert_eq!(binding.filter(|feature| feature["properties"]["kind"] == "bound").count(), 4);
}

#[test]
fn no_region_is_no_geometry() {
    let collection = collection("pieces", 0);
    let region = &collection["features"][0];
    assert!(region["geometry"].is_null());
    assert_eq!(region["properties"]["finding"], "INCONSISTENT");
}

#[test]
fn pictures_are_drawn_of_all_of_them() {
    for (name, liars) in [("fiji", 0), ("fiji", 1), ("polar", 0), ("pieces", 1), ("pieces", 0)] {
        let files = format!("--nodes tests/data/{name}_nodes.csv --rtt tests/data/{name}_rtt.csv");
        let run = lightcone(&format!("locate {files} --target t --liars {liars} --deny RU,DZ -o svg"));
        assert_eq!(run.code, 0, "{name}: {}", run.stderr);
        assert!(run.stdout.starts_with("<svg") && run.stdout.trim_end().ends_with("</svg>"));
        assert!(!run.stdout.contains("NaN") && !run.stdout.contains("inf"), "{name}");
        assert!(run.stdout.contains("natural-earth"), "the legend names what the map rests on");
        assert!(run.bytes.len() < 2_000_000, "{name}: {} bytes", run.bytes.len());
    }
}

#[test]
#[cfg(feature = "png")]
fn pixels_are_a_png() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("map.png");
    let files = "--nodes tests/data/polar_nodes.csv --rtt tests/data/polar_rtt.csv";
    let out = path.display();
    let run = lightcone(&format!("locate {files} --target t --liars 0 -o png --out {out}"));
    assert_eq!(run.code, 0, "{}", run.stderr);
    let bytes = std::fs::read(&path).unwrap();
    assert!(bytes.starts_with(b"\x89PNG\r\n\x1a\n") && bytes.len() > 50_000);
}

#[test]
fn names_in_a_picture_are_text_and_never_markup() {
    let folder = tempfile::tempdir().unwrap();
    let nodes = "id,name,lat,lon,pos_err_km\na,<script>&\"A\",1,2,1\nb,B,3,4,1\n";
    std::fs::write(folder.path().join("nodes.csv"), nodes).unwrap();
    std::fs::write(folder.path().join("rtt.csv"), "src,dst,min_rtt_ms\na,t,3\nb,t,4\n").unwrap();
    let at = folder.path().display();
    let files = format!("--nodes {at}/nodes.csv --rtt {at}/rtt.csv");
    let run = lightcone(&format!("locate {files} --target t --liars 0 -o svg"));
    assert!(run.code == 0 && !run.stdout.contains("<script") && run.stdout.contains("&lt;script&gt;&amp;"));
}
