//! What is asked, and under which assumptions.

use std::str::FromStr;

use clap::Args;
use clap::builder::PossibleValuesParser;
use lightcone_core::{LightMode, Metres, Point, WorldviewId};

/// Questions; without any, the region and its jurisdictions are shown.
#[derive(Debug, Args)]
#[command(next_help_heading = "Questions")]
pub(crate) struct QuestionArgs {
    /// Is it surely in one of these areas? ISO 3166-1 codes such as SG,MY; XZ is the sea
    #[arg(long, value_name = "CODES", value_delimiter = ',')]
    pub(crate) allow: Vec<String>,
    /// Is it surely in none of these areas? Codes such as CN,HK,MO
    #[arg(long, value_name = "CODES", value_delimiter = ',')]
    pub(crate) deny: Vec<String>,
    /// Can it be here? Degrees, and how many km away still counts as here
    #[arg(long, value_name = "LAT,LON[,KM]", allow_hyphen_values = true)]
    pub(crate) claim: Option<Claim>,
    /// Assume that it is not at sea (for --allow); a named assumption
    #[arg(long, requires = "allow")]
    pub(crate) on_land: bool,
}

/// Assumptions.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Assumptions")]
pub(crate) struct SettingArgs {
    /// What light can do: vacuum, chord or fibre:N with a refractive index N (an assumption)
    #[arg(long, value_name = "MODE", default_value = "vacuum")]
    pub(crate) mode: LightMode,
    /// How many trust groups of landmarks may lie
    #[arg(long, value_name = "F", default_value = "1")]
    pub(crate) liars: u32,
    /// How disputed land is mapped to destinations
    #[arg(long, value_name = "NAME", default_value = WorldviewId::Destination.name(), value_parser = worldviews())]
    pub(crate) worldview: String,
    /// Count 12 nautical miles of sea as the coast's
    #[arg(long)]
    pub(crate) territorial_sea: bool,
}

impl SettingArgs {
    /// The worldview of that name.
    pub(crate) fn worldview(&self) -> WorldviewId {
        WorldviewId::named(&self.worldview).unwrap_or_default()
    }
}

fn worldviews() -> PossibleValuesParser {
    PossibleValuesParser::new(WorldviewId::ALL.map(WorldviewId::name))
}

/// A claimed place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Claim {
    /// Where.
    pub(crate) point: Point,
    /// How far away still counts.
    pub(crate) tolerance: Metres,
}

impl FromStr for Claim {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let shape = || "is not LAT,LON or LAT,LON,KM such as 1.29,103.85,25".to_owned();
        let numbers: Vec<f64> = text
            .split(',')
            .map(|part| part.trim().parse().map_err(|_| shape()))
            .collect::<Result<_, String>>()?;
        let (lat, lon, km) = match numbers[..] {
            [lat, lon] => (lat, lon, 0.0),
            [lat, lon, km] => (lat, lon, km),
            _ => return Err(shape()),
        };
        let point = Point::from_degrees(lat, lon).map_err(|error| error.to_string())?;
        let tolerance = Metres::new(km * 1_000.0)
            .map_err(|_| format!("tolerance {km} km is not within 0 and 20,100 km"))?;
        Ok(Self { point, tolerance })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_is_two_or_three_numbers() {
        let claim: Claim = "1.29, 103.85,25".parse().unwrap();
        assert_eq!((claim.point.lat_ndeg(), claim.tolerance.get()), (1_290_000_000, 25_000.0));
        for (text, needle) in
            [("1.29", "LAT,LON"), ("x,2", "LAT,LON"), ("91,0", "latitude 91"), ("0,0,-1", "tolerance")]
        {
            assert!(text.parse::<Claim>().unwrap_err().contains(needle), "{text}");
        }
    }
}
