//! The rows: plain records whose fields are columns. Times are nanoseconds since 1970; ids are the last part of
//! a resource name.

mod access;
mod agent;
mod alert;
mod attestation;
mod case;
mod chip;
mod comparison;
mod landmark;
mod measurement;
mod mesh;
mod paper;
mod party;
mod placement;
mod report;
mod resource;
mod rules;
mod scan;
mod session;
mod site;
mod sku;
mod standing;
mod transfer;
mod verdict;

pub use access::{Access, PolicyVersion};
pub use agent::{Agent, AgentState};
pub use alert::Alert;
pub use attestation::{AttestationKey, DeviceSighting};
pub use case::{Case, CaseState};
pub use chip::{Chip, ChipState, ChipTie};
pub use comparison::{Comparison, ComparisonShard, ComparisonState, Flip, ShardKind};
pub use landmark::{Landmark, LandmarkState, LandmarkVersion};
pub use measurement::Measurement;
pub use mesh::MeshPair;
pub use paper::KeyKind;
pub use party::{Party, PartyState};
pub use placement::{PlacedChip, PlacedVerdict, Usage};
pub use report::{Report, ReportState};
pub use rules::{Decision, RuleBook, RuleBookState, RuleFile};
pub use scan::{ScannedChip, Seen, UnplacedVerdict};
pub use session::{Session, SessionState, SubjectKind};
pub use site::{Site, SiteState};
pub use sku::{Sku, SkuState};
pub use standing::Standing;
pub use transfer::{Transfer, TransferState};
pub use verdict::Verdict;

pub(crate) use chip::ChipTenant;
pub(crate) use paper::PaperKey;
pub(crate) use resource::{Mortal, Resource, Trail};
pub(crate) use rules::DecisionKey;

use crate::error::StoreError;
use crate::value::{Kind, Value};

/// A record that is a row of a table.
pub(crate) trait Row: Sized + Send + Sync + 'static {
    /// What an error calls it.
    const KIND: &'static str;
    const TABLE: &'static str;
    /// The columns in the order of [`Row::values`].
    const COLUMNS: &'static [&'static str];
    const KINDS: &'static [Kind];
    fn values(&self) -> Vec<Value>;
    fn of_values(values: Vec<Value>) -> Result<Self, StoreError>;
}
