//! Landmarks: places that are known, and who could lie together.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::direction::Direction;
use crate::ellipsoid;
use crate::light::{ErrorBudget, LightMode, Reach};
use crate::point::Point;
use crate::units::{Age, ClockError, Metres, RoundTrip};

/// The most landmarks of one mesh: the largest public one has some 13,000 probes, a landmark fleet 500.
pub const LANDMARKS_MAX: usize = 65_536;
/// The longest name of a landmark or trust group, in bytes.
pub const NAME_BYTES_MAX: usize = 128;

/// A place that challenges chips and holds the stopwatch.
#[derive(Clone, Debug, PartialEq)]
pub struct Landmark {
    /// Its name, unique in the mesh.
    pub name: String,
    /// Where it is said to stand.
    pub point: Point,
    /// How far from that point it may stand.
    pub position_error: Metres,
    /// How much longer than it says a round trip may have been.
    pub clock_error: ClockError,
    /// Who could lie together with it; none: it stands for itself alone.
    pub group: Option<String>,
}

/// A landmark that no mesh takes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMesh {
    /// A name twice.
    #[error("landmark `{name}` is there twice; names are unique in a mesh")]
    Twice {
        /// The name.
        name: String,
    },
    /// A name that is empty or too long.
    #[error("landmark or group name `{name}` is not 1 to {NAME_BYTES_MAX} bytes long")]
    Name {
        /// The name, cut to the limit.
        name: String,
    },
    /// Too many landmarks.
    #[error("{count} landmarks are more than {LANDMARKS_MAX}")]
    TooMany {
        /// How many came.
        count: usize,
    },
}

/// Position of a landmark in its mesh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LandmarkId(pub(crate) u32);

impl LandmarkId {
    /// The position, from zero.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A number for each set of landmarks that could lie together, from zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupId(pub(crate) u32);

impl GroupId {
    /// The number.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// All landmarks that a question may use, in the order of their names, whatever order they came in.
#[derive(Clone, Debug, Default)]
pub struct Mesh {
    landmarks: Vec<Landmark>,
    sites: Vec<Site>,
    group_names: Vec<String>,
    grouped: bool,
}

/// What the geometry needs of a landmark.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Site {
    pub(crate) direction: Direction,
    pub(crate) latitude_rad: f64,
    pub(crate) group: GroupId,
}

impl Mesh {
    /// A mesh of landmarks.
    ///
    /// # Errors
    /// [`InvalidMesh`] when a name is missing, too long or there twice, or when there are too many.
    pub fn new(mut landmarks: Vec<Landmark>) -> Result<Self, InvalidMesh> {
        if landmarks.len() > LANDMARKS_MAX {
            return Err(InvalidMesh::TooMany { count: landmarks.len() });
        }
        landmarks.sort_by(|a, b| a.name.cmp(&b.name));
        let groups = landmarks.iter().filter_map(|landmark| landmark.group.as_ref());
        for name in landmarks.iter().map(|landmark| &landmark.name).chain(groups) {
            if name.is_empty() || name.len() > NAME_BYTES_MAX {
                return Err(InvalidMesh::Name { name: name.chars().take(NAME_BYTES_MAX).collect() });
            }
        }
        if let Some(pair) = landmarks.windows(2).find(|pair| pair[0].name == pair[1].name) {
            return Err(InvalidMesh::Twice { name: pair[0].name.clone() });
        }
        let (group_of, group_names) = number_groups(&landmarks);
        let sites = landmarks.iter().zip(group_of).map(|(landmark, group)| {
            let direction = ellipsoid::direction(landmark.point);
            Site { direction, latitude_rad: ellipsoid::latitude_rad(direction), group }
        });
        let (sites, grouped) = (sites.collect(), landmarks.iter().any(|landmark| landmark.group.is_some()));
        Ok(Self { landmarks, sites, group_names, grouped })
    }

    /// The landmarks in the order of their names.
    #[must_use]
    pub fn landmarks(&self) -> &[Landmark] {
        &self.landmarks
    }

    /// One landmark.
    #[must_use]
    pub fn landmark(&self, id: LandmarkId) -> &Landmark {
        &self.landmarks[id.index()]
    }

    /// All landmarks' ids, in the order of their names.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = LandmarkId> + use<> {
        (0..self.landmarks.len() as u32).map(LandmarkId)
    }

    /// The landmark of that name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<LandmarkId> {
        let found = self.landmarks.binary_search_by(|landmark| landmark.name.as_str().cmp(name));
        found.ok().map(|index| LandmarkId(index as u32))
    }

    /// The trust group of a landmark.
    #[must_use]
    pub fn group(&self, id: LandmarkId) -> GroupId {
        self.sites[id.index()].group
    }

    /// A trust group's name: as given, or the landmark's own where none was given.
    #[must_use]
    pub fn group_name(&self, group: GroupId) -> &str {
        &self.group_names[group.index()]
    }

    /// How many trust groups there are.
    #[must_use]
    pub fn group_count(&self) -> usize {
        self.group_names.len()
    }

    /// Whether any landmark names its trust group. If not, each stands for itself, which is an assumption
    /// that every output prints.
    #[must_use]
    pub const fn is_grouped(&self) -> bool {
        self.grouped
    }

    /// The direction of a landmark from the Earth's centre.
    #[must_use]
    pub fn direction(&self, id: LandmarkId) -> Direction {
        self.sites[id.index()].direction
    }

    pub(crate) fn site(&self, id: LandmarkId) -> &Site {
        &self.sites[id.index()]
    }

    /// The bound that a round trip to this landmark gives.
    #[must_use]
    pub fn reach(&self, mode: LightMode, observation: Observation) -> Reach {
        let landmark = self.landmark(observation.landmark);
        let budget = ErrorBudget {
            position: landmark.position_error,
            clock: landmark.clock_error,
            age: observation.age,
        };
        mode.reach(observation.round_trip, budget)
    }
}

/// One round trip to one landmark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Observation {
    /// Who measured.
    pub landmark: LandmarkId,
    /// What was measured.
    pub round_trip: RoundTrip,
    /// How far in time from the moment asked about.
    pub age: Age,
}

/// Numbers the groups in the order of their first landmark. A landmark without a group gets one of its own,
/// which no named group can join, even one that bears the landmark's name.
fn number_groups(landmarks: &[Landmark]) -> (Vec<GroupId>, Vec<String>) {
    let mut named: BTreeMap<&str, GroupId> = BTreeMap::new();
    let mut names: Vec<String> = Vec::new();
    let mut next = |name: &str| {
        names.push(name.to_string());
        GroupId(names.len() as u32 - 1)
    };
    let mut group_of = Vec::with_capacity(landmarks.len());
    for landmark in landmarks {
        group_of.push(match landmark.group.as_deref() {
            Some(name) => *named.entry(name).or_insert_with(|| next(name)),
            None => next(&landmark.name),
        });
    }
    (group_of, names)
}
