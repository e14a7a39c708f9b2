//! Red flags: circumstances that the authority told exporters to look into. A flag decides nothing: it asks for a person.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::measure::Measure;
use crate::source::Source;

/// What the service can look for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sign {
    /// The first orders of advanced chips came after October 2022.
    FirstOrderAfterControls,
    /// The address is residential or cannot be verified.
    DoubtfulAddress,
    /// Little or an odd presence on the web.
    DoubtfulWebPresence,
    /// The data centre cannot affirm power, cooling and space.
    CapacityNotAffirmed,
    /// A forwarder or reseller is consignee.
    UnusualConsignee,
    /// No reason for the volume.
    UnexplainedVolume,
    /// User, headquarters or end use are not disclosed.
    NotDisclosed,
    /// Installation or service was declined.
    DeclinedInstallation,
    /// Goods go on through a destination of the transshipment watch.
    Transshipment,
    /// Parties of other transfers have the same address.
    SharedAddress,
    /// Parties of other transfers have the same forwarder.
    SharedForwarder,
    /// Small orders of linked parties add up.
    SplitOrders,
    /// A party is linked to one on a list without being on it.
    LinkedToListed,
    /// The declared place was found impossible.
    ImpossibleClaim,
}

/// A flag of the book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlagRule {
    /// Its identifier, such as `RF5`.
    pub id: String,
    /// What is looked for.
    pub sign: Sign,
    /// In plain words.
    pub text: String,
    /// Where it is published. A flag of the house says so.
    pub source: Source,
    /// Since when it is known.
    pub known: crate::date::Date,
    /// Its figures by name, such as `window_days`: where a book is silent, the figure that the sign has by itself.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub limits: BTreeMap<String, Measure>,
}

/// A flag that is up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Raised {
    /// The flag's identifier.
    pub id: String,
    /// What was looked for.
    pub sign: Sign,
    /// What was found, in words that name parties by identifier and hold no place.
    pub found: String,
    /// Parties and transfers that it is about.
    pub about: Vec<String>,
    /// Where the flag is published, and how well that is known.
    pub source: Source,
}
