//! The paths between all hosts, each way apart.

use crate::geography::{Geography, light_ns};
use crate::host::{Host, HostId, Place};
use crate::path::Path;
use crate::table::RoundTrips;

/// A path for each ordered pair of hosts.
#[derive(Clone, Debug, PartialEq)]
pub struct Paths {
    hosts: usize,
    /// Row by row: from the first host to each, and so on.
    table: Vec<Path>,
    geography: Option<Geography>,
}

impl Paths {
    /// The same path between any two hosts.
    #[must_use]
    pub fn fixed(hosts: &[Host], path: Path) -> Self {
        let hosts = hosts.len();
        Self { hosts, table: vec![path; hosts * hosts], geography: None }
    }

    /// Paths as geography makes them.
    #[must_use]
    pub fn geographic(hosts: &[Host], geography: &Geography) -> Self {
        let pairs = hosts.iter().flat_map(|from| hosts.iter().map(move |to| (from.place(), to.place())));
        let table = pairs.map(|(from, to)| geography.path(from, to)).collect();
        Self { hosts: hosts.len(), table, geography: Some(*geography) }
    }

    /// Paths of measured round trips, half of them each way, looked up by the names of the hosts' places. Pairs
    /// that were not measured, and those of one place, are as geography makes them; jitter is geography's for all.
    ///
    /// # Errors
    /// [`FasterThanLight`] when a round trip is shorter than light's: then a place is wrong.
    pub fn measured(
        hosts: &[Host],
        round_trips: &RoundTrips,
        geography: &Geography,
    ) -> Result<Self, FasterThanLight> {
        let mut paths = Self::geographic(hosts, geography);
        for (from, host) in hosts.iter().enumerate() {
            for (to, other) in hosts.iter().enumerate() {
                let (place, there) = (host.place(), other.place());
                if let Some(rtt_ns) = round_trips.between_ns(place.name(), there.name()) {
                    refuse_faster_than_light(place, there, rtt_ns)?;
                    paths.table[from * hosts.len() + to] = geography.with_delay_ns(rtt_ns.div_ceil(2));
                }
            }
        }
        Ok(paths)
    }

    /// How many hosts these paths connect.
    #[must_use]
    pub fn hosts(&self) -> usize {
        self.hosts
    }

    /// The path one way, or none when there is no such host.
    #[must_use]
    pub fn get(&self, from: HostId, to: HostId) -> Option<Path> {
        self.index(from, to).map(|index| self.table[index])
    }

    /// Changes the path one way; the other way stays. False when there is no such host.
    #[must_use]
    pub fn set(&mut self, from: HostId, to: HostId, path: Path) -> bool {
        self.index(from, to).map(|index| self.table[index] = path).is_some()
    }

    /// Makes all paths of a host anew, from where the hosts now are. False when paths do not come from geography.
    #[must_use]
    pub(crate) fn move_host(&mut self, moved: HostId, places: &[Place]) -> bool {
        let Some(geography) = self.geography else { return false };
        let Some(here) = places.get(moved.position()) else { return false };
        for (other, there) in places.iter().enumerate() {
            let path = geography.path(here, there);
            self.table[moved.position() * self.hosts + other] = path;
            self.table[other * self.hosts + moved.position()] = path;
        }
        true
    }

    fn index(&self, from: HostId, to: HostId) -> Option<usize> {
        let (from, to) = (from.position(), to.position());
        (from < self.hosts && to < self.hosts).then_some(from * self.hosts + to)
    }
}

fn refuse_faster_than_light(from: &Place, to: &Place, rtt_ns: u64) -> Result<(), FasterThanLight> {
    let light_ns = 2 * light_ns(from.point(), to.point());
    if rtt_ns >= light_ns {
        return Ok(());
    }
    let (from, to) = (from.name().to_owned(), to.name().to_owned());
    Err(FasterThanLight { from, to, rtt_ns, light_ns })
}

/// A measured round trip that no signal can make.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "round trip {rtt_ns} ns from `{from}` to `{to}` is shorter than light's {light_ns} ns; one of them is elsewhere"
)]
pub struct FasterThanLight {
    /// The name of one place.
    pub from: String,
    /// The name of the other.
    pub to: String,
    /// What was measured, in nanoseconds.
    pub rtt_ns: u64,
    /// What light needs along the geodesic, in nanoseconds.
    pub light_ns: u64,
}
