//! Who plays: landmarks, sites and agents, where they say that they are, and where they are.

use lightcone_core::Point;

/// How far a landmark may stand from its registered point, in metres: surveyed by satellite.
pub(crate) const POSITION_ERROR_M: f64 = 10.0;

/// A named place.
#[derive(Clone, Debug, PartialEq)]
pub struct Spot {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub point: Point,
}

impl Spot {
    /// A place by its coordinates in nanodegrees.
    #[must_use]
    pub fn new(name: &str, point: Point) -> Self {
        Self { name: name.to_owned(), point }
    }
}

/// A landmark.
#[derive(Clone, Debug, PartialEq)]
pub struct LandmarkPart {
    /// The last part of its name.
    pub id: String,
    /// Who runs it: its trust group.
    pub operator: String,
    /// Where the registry says that it stands.
    pub said: Spot,
    /// Where it stands. Another place than `said` makes it a liar.
    pub stands: Spot,
    /// Code of the area that it is said to be in; empty: none is stated.
    pub area: String,
}

impl LandmarkPart {
    /// One that stands where it says.
    #[must_use]
    pub fn honest(id: &str, operator: &str, spot: Spot, area: &str) -> Self {
        Self {
            id: id.to_owned(),
            operator: operator.to_owned(),
            said: spot.clone(),
            stands: spot,
            area: area.to_owned(),
        }
    }

    /// Whether it stands where it says.
    #[must_use]
    pub fn is_honest(&self) -> bool {
        self.said == self.stands
    }
}

/// A site.
#[derive(Clone, Debug, PartialEq)]
pub struct SitePart {
    /// The last part of its name.
    pub id: String,
    /// What people call it, and where it is declared to be.
    pub spot: Spot,
    /// How far from there still counts as there, in metres.
    pub tolerance_m: f64,
    /// Codes of areas that its chips must surely be outside of.
    pub forbidden: Vec<String>,
}

/// An agent with the one chip that it answers for.
#[derive(Clone, Debug, PartialEq)]
pub struct AgentPart {
    /// The last part of its name; its chip is named alike.
    pub id: String,
    /// The site that it is declared to be at.
    pub site: String,
    /// Where it is.
    pub stands: Spot,
}

/// All who play.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cast {
    /// The landmarks.
    pub landmarks: Vec<LandmarkPart>,
    /// The sites.
    pub sites: Vec<SitePart>,
    /// The agents.
    pub agents: Vec<AgentPart>,
}

impl Cast {
    /// The agents of a site, in their order.
    #[must_use]
    pub fn agents_of(&self, site: &str) -> Vec<String> {
        self.agents.iter().filter(|agent| agent.site == site).map(|agent| agent.id.clone()).collect()
    }
}
