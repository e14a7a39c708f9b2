//! Parties: who sells, carries, receives and uses, who owns them, and which list names them.

use serde::{Deserialize, Serialize};

use crate::country::Country;
use crate::date::Date;
use crate::source::Source;

/// A share of a party in another's hands, from one day to another.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Stake {
    /// The owner's identifier.
    pub owner: String,
    /// Its share, in parts per million.
    pub share_ppm: u32,
    /// From this day.
    pub from: Date,
    /// To this day, included.
    pub to: Date,
    /// How that is known.
    pub source: Source,
}

/// A party is on a list, from one day to another.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Listing {
    /// The list, such as `EL` (Entity List), `MEU`, `DPL` (denied persons), `UVL`, `VEU` (validated end users).
    pub list: String,
    /// From this day.
    pub from: Date,
    /// To this day, included.
    pub to: Date,
    /// How that is known.
    pub source: Source,
}

/// What a party does with goods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trade {
    /// It carries goods for others.
    Forwarder,
    /// It sells on.
    Reseller,
    /// It runs data centres.
    DataCentre,
    /// It rents computing out.
    Cloud,
    /// Anything else.
    Other,
}

/// A party. Absent: not known, which is not the same as none.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Party {
    /// Its identifier.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Other names.
    pub aliases: Vec<String>,
    /// Its addresses, as they are written on papers.
    pub addresses: Vec<String>,
    /// Where it is headquartered; none: not disclosed.
    pub headquarters: Option<Country>,
    /// What it does.
    pub trades: Vec<Trade>,
    /// Who owns it.
    pub stakes: Vec<Stake>,
    /// Whether `stakes` names every owner of a fifth or more; if not, an ultimate parent may be missing.
    pub owners_complete: bool,
    /// Lists that name it.
    pub listings: Vec<Listing>,
    /// When it first ordered advanced chips; none: not known.
    pub first_order: Option<Date>,
    /// What was found out about it, for red flags.
    pub traits: Traits,
}

/// What was found out about a party. Absent: nobody looked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Traits {
    /// Its address is residential or cannot be verified.
    pub address_doubtful: Option<bool>,
    /// It has little or an odd presence on the web.
    pub web_presence_doubtful: Option<bool>,
    /// It affirmed that its data centre has the power, cooling and space for the goods.
    pub capacity_affirmed: Option<bool>,
    /// It gave a reason for the volume that fits its business.
    pub volume_explained: Option<bool>,
    /// It named user, headquarters and end use when asked.
    pub end_use_disclosed: Option<bool>,
    /// It declined installation, service or training that are usual for such goods.
    pub declined_installation: Option<bool>,
}

/// All parties that a decision may have to look at, by identifier: those of a transfer and all owners above them.
pub type Parties = std::collections::BTreeMap<String, Party>;
