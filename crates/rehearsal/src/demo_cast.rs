//! The cast of the demo: a dozen landmarks in real cities, four sites, three dozen chips.

use lightcone_core::Point;

use crate::cast::{AgentPart, Cast, LandmarkPart, SitePart, Spot};

/// Landmarks: id, operator, city, area, latitude and longitude in thousandths of a degree.
const LANDMARKS: [(&str, &str, &str, &str, i64, i64); 12] = [
    ("sg-1", "meridian", "Changi", "SG", 1_364, 103_992),
    ("sg-2", "equator", "Jurong", "SG", 1_333, 103_744),
    ("kul-1", "selat", "Kuala Lumpur", "MY", 3_139, 101_687),
    ("hkg-1", "harbour", "Hong Kong", "HK", 22_319, 114_169),
    ("tpe-1", "formosa", "Taipei", "TW", 25_033, 121_565),
    ("nrt-1", "kanto", "Tokyo", "JP", 35_676, 139_650),
    ("bom-1", "konkan", "Mumbai", "IN", 19_076, 72_878),
    ("syd-1", "austral", "Sydney", "AU", -33_869, 151_209),
    ("fra-1", "rhein", "Frankfurt", "DE", 50_111, 8_682),
    ("fra-2", "taunus", "Raunheim", "DE", 50_010, 8_450),
    ("iad-1", "potomac", "Ashburn", "US", 39_044, -77_487),
    ("iad-2", "shenandoah", "Sterling", "US", 38_996, -77_421),
];
/// Sites: id, city, latitude and longitude in thousandths of a degree, chips.
const SITES: [(&str, &str, i64, i64, usize); 4] = [
    ("tuas", "Tuas, Singapore", 1_320, 103_650, 20),
    ("hanau", "Hanau, Germany", 50_133, 8_917, 8),
    ("manassas", "Manassas, United States", 38_751, -77_475, 6),
    ("thane", "Thane, India", 19_218, 72_978, 2),
];
/// Where chips must surely not be: the areas that the rehearsal's rule forbids.
const FORBIDDEN: [&str; 8] = ["BY", "CN", "CU", "HK", "IR", "KP", "MO", "RU"];
/// How far from its declared place a chip may be and still be there, in metres.
const TOLERANCE_M: f64 = 5_000.0;

impl Cast {
    /// The demo's. Tuas, Hanau and Manassas have two independent landmarks within two milliseconds; Thane has one.
    #[must_use]
    pub fn demo() -> Self {
        let landmarks = LANDMARKS.iter().filter_map(|(id, operator, city, area, lat, lon)| {
            Some(LandmarkPart::honest(id, operator, spot(city, *lat, *lon)?, area))
        });
        let sites = SITES.iter().filter_map(|(id, city, lat, lon, _)| {
            Some(SitePart {
                id: (*id).to_owned(),
                spot: spot(city, *lat, *lon)?,
                tolerance_m: TOLERANCE_M,
                forbidden: FORBIDDEN.map(str::to_owned).to_vec(),
            })
        });
        let agents = SITES.iter().flat_map(|(site, city, lat, lon, chips)| {
            (1..=*chips).filter_map(move |number| {
                Some(AgentPart {
                    id: format!("{site}-{number:02}"),
                    site: (*site).to_owned(),
                    stands: spot(city, *lat, *lon)?,
                })
            })
        });
        Self { landmarks: landmarks.collect(), sites: sites.collect(), agents: agents.collect() }
    }

    /// A landmark that says it stands in Batam, across the strait from Singapore, and stands in Shenzhen.
    #[must_use]
    pub fn liar() -> Option<LandmarkPart> {
        Some(LandmarkPart {
            id: "bth-1".to_owned(),
            operator: "orchid".to_owned(),
            said: spot("Batam", 1_130, 104_053)?,
            stands: Self::shenzhen()?,
            area: "ID".to_owned(),
        })
    }

    /// A second landmark near Thane, of another operator: what settles the doubt there.
    #[must_use]
    pub fn second() -> Option<LandmarkPart> {
        Some(LandmarkPart::honest("bom-2", "salsette", spot("Navi Mumbai", 19_033, 73_030)?, "IN"))
    }

    /// Where smuggled chips go.
    #[must_use]
    pub fn shenzhen() -> Option<Spot> {
        spot("Shenzhen", 22_543, 114_058)
    }
}

/// A place by thousandths of a degree.
fn spot(name: &str, lat_millideg: i64, lon_millideg: i64) -> Option<Spot> {
    let point = Point::from_degrees(lat_millideg as f64 / 1e3, lon_millideg as f64 / 1e3).ok()?;
    Some(Spot::new(name, point))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everyone_has_a_place() {
        let cast = Cast::demo();
        assert_eq!(cast.landmarks.len(), LANDMARKS.len());
        assert_eq!(cast.sites.len(), SITES.len());
        assert_eq!(cast.agents.len(), SITES.iter().map(|site| site.4).sum::<usize>());
        assert!(!Cast::liar().unwrap().is_honest() && cast.landmarks.iter().all(LandmarkPart::is_honest));
        assert_eq!(cast.agents_of("thane"), ["thane-01", "thane-02"]);
    }
}
