//! Rules as data: what an instrument says, from when, and how well that is known.
//!
//! A book's files are read into these. Three dates are kept apart for each instrument: since when it is *known*, since
//! when its text is *in force*, and in which spans it is *enforced*. They differ more often than not.

use serde::{Deserialize, Serialize};

use crate::country::{Countries, Country};
use crate::date::Date;
use crate::measure::Measure;
use crate::sku::{Market, Metric};
use crate::source::{Grade, Source};

/// An identifier such as `P02`, `P02.3A090.a` or `B2`.
pub type RuleId = String;
/// A class of goods such as `3A090.a`, or `is-informed` for what a letter names.
pub type Class = String;

/// What kind of text an instrument is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A published rule.
    Rule,
    /// A letter to single exporters.
    Letter,
    /// Guidance or a statement of how a text is applied.
    Guidance,
    /// Announced, without a text that could be applied. Never applied, always shown.
    Announcement,
    /// A bill: proposed, not law. Applied in drafts only.
    Bill,
}

/// Whether a text is applied, in a span of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Enforcement {
    /// It is.
    Enforced,
    /// The text stands and the agency said that it does not apply it.
    NotEnforced,
    /// Suspended by a later text.
    Suspended,
    /// Nobody checked: it may be either.
    Unverified,
}

/// From when to when a text is applied or not, and since when that is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phase {
    /// From this day.
    pub from: Date,
    /// To this day, included; [`Date::MAX`]: no end is known.
    pub to: Date,
    /// What holds then.
    pub state: Enforcement,
    /// Since when that is known.
    pub known: Date,
    /// By which instrument; empty: its own.
    pub by: RuleId,
    /// How well that is known.
    pub source: Source,
}

/// One text: a rule, letter, announcement or bill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instrument {
    /// Its identifier, such as `P02`.
    pub id: RuleId,
    /// Who made it, such as `US`.
    pub authority: Country,
    /// What it is called.
    pub title: String,
    /// Where it is published, such as `88 FR 73458`.
    pub citation: String,
    /// What kind of text.
    pub kind: Kind,
    /// Since when it is known: the day of publication.
    pub known: Date,
    /// Since when its text is in force; none: it is not, as of an announcement or bill.
    pub in_force: Option<Date>,
    /// The last day of its text, included.
    pub to: Date,
    /// When it is applied or not. Without a gap or overlap from `in_force` to `to`, for each day on which it is known.
    pub phases: Vec<Phase>,
    /// How well it is known.
    pub source: Source,
    /// In a few plain words, what it does.
    pub summary: String,
    /// What of the text is not encoded, and why; empty: nothing is left out that is known to matter.
    pub left_out: String,
    /// Instruments, or single rules of them, that end when this is in force and enforced.
    pub replaces: Vec<RuleId>,
    /// What is controlled.
    pub items: Vec<ItemRule>,
    /// When a licence is needed.
    pub licences: Vec<LicenceRule>,
    /// How applications for licences are reviewed.
    pub reviews: Vec<ReviewRule>,
    /// When no licence is needed after all.
    pub exceptions: Vec<ExceptionRule>,
    /// How much may go where.
    pub caps: Vec<CapRule>,
    /// Whose listing reaches whom.
    pub ownership: Vec<OwnershipRule>,
    /// What was only announced: shown, never applied.
    pub announced: Vec<Announced>,
}

/// Goods of a class.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemRule {
    /// Its identifier, such as `P02.3A090.a`.
    pub id: RuleId,
    /// The class.
    pub class: Class,
    /// Any of these makes it so.
    pub any: Vec<Clause>,
    /// Any of these takes it out again.
    pub except: Vec<Clause>,
    /// SKUs that the text names: they are of the class whatever their figures.
    pub named: Vec<String>,
    /// Rules of the same instrument that catch some of the same goods: what they catch is of their class and not of
    /// this one.
    pub overlaps: Vec<RuleId>,
    /// How well the rule is known, where that is not as the instrument is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<Grade>,
    /// In plain words, what the text says.
    pub text: String,
}

/// Bounds that all hold together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clause {
    /// What the clause is called, such as `Note 2`; may be empty.
    pub name: String,
    /// All of these hold.
    pub bounds: Vec<Bound>,
    /// And it was made for this market, where the clause says so.
    pub market: Option<Market>,
    /// How well the clause is known, where that is not as the instrument is.
    pub grade: Option<Grade>,
}

/// A line: a metric is at least, or below, a threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Bound {
    /// Of what.
    pub metric: Metric,
    /// On which side of the line.
    pub side: Side,
    /// The line.
    pub line: Measure,
}

/// A side of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Side {
    /// `>=`: the line and what is above it.
    #[serde(rename = ">=")]
    AtLeast,
    /// `>`: what is above the line.
    #[serde(rename = ">")]
    Above,
    /// `<`: what is below the line.
    #[serde(rename = "<")]
    Below,
    /// `<=`: the line and what is below it.
    #[serde(rename = "<=")]
    AtMost,
}

/// Places by group and by name. `D:5` is the name of a group of the book.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Places {
    /// In any of these groups,
    pub groups: Vec<String>,
    /// or one of these,
    pub countries: Countries,
    /// or anywhere at all,
    pub anywhere: bool,
    /// and in none of these groups,
    pub not_groups: Vec<String>,
    /// nor one of these.
    pub not_countries: Countries,
}

/// A way of goods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Movement {
    /// Out of the country that controls it.
    Export,
    /// From one other country to another.
    Reexport,
    /// Within a country, from one hand to another.
    InCountry,
    /// It stays: somebody's work runs on it, perhaps from elsewhere.
    Use,
}

/// When a licence is needed: for these classes, by any of destination, headquarters and end use.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LicenceRule {
    /// Its identifier.
    pub id: RuleId,
    /// For goods of these classes; empty: any goods, of a class or not, as lists and end uses reach.
    pub classes: Vec<Class>,
    /// For these movements; empty: export, re-export and transfer in a country.
    pub movements: Vec<Movement>,
    /// Only if the goods leave one of these or pass through it; absent: from wherever.
    pub origins: Option<Places>,
    /// If the destination is one of these,
    pub destinations: Option<Places>,
    /// or a party is headquartered, or its ultimate parent is, in one of these, wherever the goods go,
    pub headquarters: Option<Places>,
    /// or a party is on one of these lists, by itself or by ownership,
    pub lists: Vec<String>,
    /// or the use is one of these, to the knowledge of who exports,
    pub uses: Vec<EndUse>,
    /// which counts only where the destination is, or a party or its ultimate parent is headquartered in, one of these;
    /// absent: everywhere.
    pub uses_in: Option<Places>,
    /// The text says that a licence *may* be needed: where the rule would apply, whether one is stays open.
    pub may: bool,
    /// How well the rule is known, where that is not as the instrument is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<Grade>,
    /// In plain words.
    pub text: String,
}

/// What goods are used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndUse {
    /// Training of models.
    Training,
    /// Serving of models, and what else a data centre does.
    Inference,
    /// Supercomputers.
    Supercomputer,
    /// Military or intelligence.
    Military,
    /// Anything else that is stated.
    Other,
}

/// How an application for a licence is looked at. From lenient to strict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Review {
    /// Granted unless something speaks against it.
    PresumptionOfApproval,
    /// On its merits.
    CaseByCase,
    /// Denied unless something speaks for it.
    PresumptionOfDenial,
    /// Denied.
    PolicyOfDenial,
}

/// How applications are looked at, where the conditions hold. Of several that apply the one of the latest instrument
/// counts; where its conditions are not shown to hold, `otherwise`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewRule {
    /// Its identifier.
    pub id: RuleId,
    /// For these requirements, by identifier or by class; empty: all.
    pub requirements: Vec<String>,
    /// If the destination is one of these; absent: any.
    pub destinations: Option<Places>,
    /// If a party is headquartered in one of these; absent: whoever.
    pub headquarters: Option<Places>,
    /// For these movements; empty: all.
    pub movements: Vec<Movement>,
    /// If goods are from there; absent: from anywhere.
    pub origin: Option<Country>,
    /// If the goods were made for this market; absent: any.
    pub market: Option<Market>,
    /// If all of these lines are kept.
    pub bounds: Vec<Bound>,
    /// If all of these are met, by name, such as `third_party_test`.
    pub conditions: Vec<String>,
    /// If these caps are kept, by identifier.
    pub caps: Vec<RuleId>,
    /// Then so.
    pub policy: Review,
    /// Else so; absent: the rule says nothing.
    pub otherwise: Option<Review>,
    /// How well the rule is known, where that is not as the instrument is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<Grade>,
    /// In plain words.
    pub text: String,
}

/// When no licence is needed although one would be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExceptionRule {
    /// Its identifier.
    pub id: RuleId,
    /// Its name, such as `NAC`, `HBM`, `LPP`, `VEU`.
    pub name: String,
    /// For goods of these classes; empty: any.
    pub classes: Vec<Class>,
    /// For these movements; empty: all.
    pub movements: Vec<Movement>,
    /// If all of these lines are kept.
    pub bounds: Vec<Bound>,
    /// For this market; absent: any.
    pub market: Option<Market>,
    /// To these destinations; absent: any.
    pub destinations: Option<Places>,
    /// Never if a party is headquartered in one of these.
    pub not_headquarters: Option<Places>,
    /// If all of these are met, by name, such as `notification`, `veu_authorisation`.
    pub conditions: Vec<String>,
    /// If these caps are kept, by identifier.
    pub caps: Vec<RuleId>,
    /// Against these requirements, by identifier; empty: any.
    pub requirements: Vec<RuleId>,
    /// How well the rule is known, where that is not as the instrument is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<Grade>,
    /// In plain words.
    pub text: String,
}

/// What a cap sums up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CapOf {
    /// TPP to one consignee and its ultimate parent in a calendar year.
    ConsigneeYear,
    /// TPP to one country over the cap's whole time.
    Country,
    /// Units, as a share of the units of the same SKU shipped for use in the authority's own country.
    ShareOfHomeUnits,
    /// TPP of one validated end user in one country, as a share of all its TPP.
    ShareOfUser,
}

/// How much may go where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CapRule {
    /// Its identifier.
    pub id: RuleId,
    /// What is summed up.
    pub of: CapOf,
    /// The most: TPP, or a share in parts per million.
    pub limit: Measure,
    /// How well the number is known.
    pub grade: Grade,
    /// In plain words.
    pub text: String,
}

/// Whose listing reaches whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnershipRule {
    /// Its identifier.
    pub id: RuleId,
    /// Of which lists.
    pub lists: Vec<String>,
    /// From this share on, in parts per million.
    pub share_ppm: u32,
    /// Whether shares of several listed owners are added up.
    pub aggregate: bool,
    /// How well the rule is known, where that is not as the instrument is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<Grade>,
    /// In plain words.
    pub text: String,
}

/// What was said without a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announced {
    /// Its identifier.
    pub id: RuleId,
    /// SKUs that it names.
    pub skus: Vec<String>,
    /// Destinations that it names.
    pub destinations: Countries,
    /// What it would do.
    pub says: String,
}
