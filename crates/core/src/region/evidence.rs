//! Round trips reduced to one bound a landmark, from which regions for any number of liars are cut.

use alloc::vec::Vec;

use super::{Bound, Region, select, sweep};
use crate::cap::Cap;
use crate::landmark::{GroupId, LandmarkId, Mesh, Observation};
use crate::light::{LightMode, Reach};
use crate::stop::{Stop, Stopped};
use crate::units::Metres;

/// The best bound of each landmark, in the mesh's order. Order and number of the observations that led to
/// it leave no trace.
#[derive(Clone, Debug)]
pub struct Evidence<'mesh> {
    mesh: &'mesh Mesh,
    mode: LightMode,
    reaches: Vec<(LandmarkId, Reach)>,
    groups: usize,
    stop: Stop<'mesh>,
}

/// Why there is no region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoRegion {
    /// Too few trust groups measured.
    #[error(transparent)]
    TooFew(#[from] TooFewGroups),
    /// The work was called off.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// Fewer trust groups than could lie: nothing is proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{groups} trust groups measured, and {liars} of them may lie: at least {} are needed", liars + 1)]
pub struct TooFewGroups {
    /// Groups with a usable measurement.
    pub groups: usize,
    /// Groups that may lie.
    pub liars: u32,
}

impl<'mesh> Evidence<'mesh> {
    /// The evidence of observations under a light mode. Of several from one landmark the one with the
    /// smallest bound counts.
    #[must_use]
    pub fn new(mesh: &'mesh Mesh, mode: LightMode, observations: &[Observation]) -> Self {
        let mut reaches: Vec<(LandmarkId, Reach)> =
            observations.iter().map(|seen| (seen.landmark, mesh.reach(mode, *seen))).collect();
        if !reaches.is_sorted_by(|a, b| a.0 < b.0) {
            reaches.sort_by(|a, b| {
                let latitude_rad = |reach: &(LandmarkId, Reach)| mesh.site(reach.0).latitude_rad;
                a.0.cmp(&b.0).then_with(|| a.1.tighter(b.1, latitude_rad(a)))
            });
            reaches.dedup_by_key(|reach| reach.0);
        }
        let groups = count_groups(mesh, &reaches);
        Self { mesh, mode, reaches, groups, stop: Stop::default() }
    }

    /// The same evidence, for work that ends as soon as `stop` says so.
    #[must_use]
    pub fn until(self, stop: &'mesh dyn Fn() -> bool) -> Self {
        Self { stop: Stop::when(stop), ..self }
    }

    pub(crate) fn stop(&self) -> Stop<'mesh> {
        self.stop
    }

    pub(crate) fn check(&self) -> Result<(), Stopped> {
        self.stop.check()
    }

    /// The mesh that the landmarks are of.
    #[must_use]
    pub const fn mesh(&self) -> &'mesh Mesh {
        self.mesh
    }

    /// The light mode.
    #[must_use]
    pub const fn mode(&self) -> LightMode {
        self.mode
    }

    /// The bound of each landmark that measured, in the mesh's order.
    #[must_use]
    pub fn reaches(&self) -> &[(LandmarkId, Reach)] {
        &self.reaches
    }

    /// How many trust groups measured.
    #[must_use]
    pub const fn groups(&self) -> usize {
        self.groups
    }

    /// The cap of each landmark that measured, in the mesh's order.
    pub fn caps(&self) -> impl Iterator<Item = Bound> + '_ {
        self.reaches.iter().map(|&(landmark, reach)| {
            let site = self.mesh.site(landmark);
            let cap = Cap::around(site.direction, reach.turn_rad(site.latitude_rad));
            Bound { landmark, group: site.group, cap }
        })
    }

    /// The proven region when at most `liars` trust groups lie.
    ///
    /// # Errors
    /// [`NoRegion`] unless more groups measured than may lie, or when called off.
    pub fn region(&self, liars: u32) -> Result<Region, NoRegion> {
        self.region_grown(liars, Metres::ZERO)
    }

    /// The proven region with every bound grown by a length: it contains every place within that length of
    /// [`Self::region`].
    ///
    /// # Errors
    /// [`NoRegion`] unless more groups measured than may lie, or when called off.
    pub fn region_grown(&self, liars: u32, by: Metres) -> Result<Region, NoRegion> {
        if self.groups <= liars as usize {
            return Err(TooFewGroups { groups: self.groups, liars }.into());
        }
        if by == Metres::ZERO {
            return Ok(Region::of(select::bounds(self.mesh, &self.reaches, liars), liars, self.stop)?);
        }
        let grown: Vec<(LandmarkId, Reach)> =
            self.reaches.iter().map(|&(landmark, reach)| (landmark, reach.grown(by))).collect();
        Ok(Region::of(select::bounds(self.mesh, &grown, liars), liars, self.stop)?)
    }

    /// The least number of lying groups that leaves a place: 0 when all agree. One or more is a security
    /// event even when the answer stands.
    ///
    /// # Errors
    /// [`Stopped`] when called off.
    pub fn least_liars(&self) -> Result<u32, Stopped> {
        match self.region(0) {
            Ok(region) if region.is_empty() => {}
            Err(NoRegion::Stopped(stopped)) => return Err(stopped),
            _ => return Ok(0),
        }
        let mut bounds: Vec<Bound> = self.caps().filter(|bound| !bound.cap.is_whole()).collect();
        bounds.sort_unstable_by(|a, b| {
            a.cap.versine().total_cmp(&b.cap.versine()).then(a.landmark.cmp(&b.landmark))
        });
        sweep::least_failures(&bounds, self.stop)
    }
}

fn count_groups(mesh: &Mesh, reaches: &[(LandmarkId, Reach)]) -> usize {
    if !mesh.is_grouped() {
        return reaches.len();
    }
    let mut groups: Vec<GroupId> = reaches.iter().map(|reach| mesh.group(reach.0)).collect();
    groups.sort_unstable();
    groups.dedup();
    groups.len()
}
