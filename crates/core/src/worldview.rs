//! Worldviews: which destinations an atom of the map counts as.

/// The worldviews that are built in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum WorldviewId {
    /// An ISO area counts as itself; a disputed unit as what a published destination list says, and as
    /// every claimant's where the list is silent.
    #[default]
    Destination,
    /// An area counts as everyone's who claims it.
    EveryClaimant,
}

impl WorldviewId {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Destination, Self::EveryClaimant];

    /// Its name in files and on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Destination => "destination",
            Self::EveryClaimant => "every-claimant",
        }
    }

    /// The worldview of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|worldview| worldview.name() == name)
    }
}
