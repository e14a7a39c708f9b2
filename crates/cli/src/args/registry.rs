//! What is entered in a server's registry, and what is asked of it.

use std::str::FromStr;

use clap::{Args, Subcommand, ValueEnum};
use lightcone_core::{Metres, Point};

use super::asking::Claim;
use super::way::WayArgs;

/// Which server.
#[derive(Debug, Args)]
#[command(next_help_heading = "Server")]
pub(crate) struct ServerArgs {
    /// Where `lightcone serve` is running
    #[arg(long, value_name = "URL", env = "LIGHTCONE_SERVER", default_value = "http://127.0.0.1:7443")]
    pub(crate) server: String,
    #[command(flatten)]
    pub(crate) way: WayArgs,
    /// How to show the answer
    #[arg(short, long, value_name = "FORMAT", default_value = "table", help_heading = "Output")]
    pub(crate) output: ShownFormat,
}

/// How records are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ShownFormat {
    /// For people
    Table,
    /// One object a line, as the API's JSON mapping has it
    Json,
}

/// How a record is entered.
#[derive(Debug, Args)]
#[command(next_help_heading = "Call")]
pub(crate) struct CreateArgs {
    /// A UUID of yours: the same command with the same one is done once
    #[arg(long, value_name = "UUID", default_value = "", hide_default_value = true)]
    pub(crate) request_id: String,
    /// Check only; nothing is kept
    #[arg(long)]
    pub(crate) validate_only: bool,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

/// What is entered.
#[derive(Debug, Subcommand)]
pub(crate) enum RegisterCommand {
    /// A landmark: a clock at a known place
    Landmark(RegisterLandmarkArgs),
    /// A site: a place where chips run, as its owner declares it
    Site(RegisterSiteArgs),
    /// An agent: the program on a host with chips
    Agent(RegisterAgentArgs),
    /// A chip, as goods
    Chip(RegisterChipArgs),
}

/// Arguments of `register landmark`.
#[derive(Debug, Args)]
pub(crate) struct RegisterLandmarkArgs {
    /// The last part of its name, such as oslo-1
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// Where it stands, in degrees
    #[arg(long, value_name = "LAT,LON", allow_hyphen_values = true)]
    pub(crate) at: Place,
    /// How far from there it may stand; there is no silent zero
    #[arg(long, value_name = "M", value_parser = metres)]
    pub(crate) position_error_m: Metres,
    /// How much longer than measured its round trips may have been, beyond its clock's own bound
    #[arg(long, value_name = "NS", default_value_t = 0)]
    pub(crate) clock_error_ns: i64,
    /// Who runs it
    #[arg(long, value_name = "NAME")]
    pub(crate) operator: String,
    /// Its trust group: who could lie together with it; else its operator
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    pub(crate) group: String,
    /// Ed25519 public key of its reports, as `lightcone keys show` prints it
    #[arg(long, value_name = "KEY")]
    pub(crate) signing_key: PublicKey,
    /// X25519 public key of its handshakes, as `lightcone keys show` prints it
    #[arg(long, value_name = "KEY")]
    pub(crate) exchange_key: PublicKey,
    /// Where agents reach it; up to four times
    #[arg(long, value_name = "ADDRESS:PORT", required = true)]
    pub(crate) address: Vec<String>,
    /// Code of the area that it is said to be in, held against its place
    #[arg(long, value_name = "CODE", default_value = "", hide_default_value = true)]
    pub(crate) area: String,
    #[command(flatten)]
    pub(crate) create: CreateArgs,
}

/// Arguments of `register site`.
#[derive(Debug, Args)]
pub(crate) struct RegisterSiteArgs {
    /// The last part of its name, such as jurong
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// What people call it
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub(crate) title: String,
    /// Where its owner says that it is: degrees, and how many km away still counts as there
    #[arg(long, value_name = "LAT,LON[,KM]", allow_hyphen_values = true)]
    pub(crate) claim: Option<Claim>,
    /// Ask of its agents: surely in one of these areas? Codes such as SG,MY
    #[arg(long, value_name = "CODES", value_delimiter = ',')]
    pub(crate) allow: Vec<String>,
    /// Ask of its agents: surely in none of these areas? Codes such as CN,HK,MO
    #[arg(long, value_name = "CODES", value_delimiter = ',')]
    pub(crate) deny: Vec<String>,
    /// Assume that they are not at sea (for --allow); a named assumption
    #[arg(long, requires = "allow")]
    pub(crate) on_land: bool,
    #[command(flatten)]
    pub(crate) create: CreateArgs,
}

/// Arguments of `register agent`.
#[derive(Debug, Args)]
pub(crate) struct RegisterAgentArgs {
    /// The last part of its name, such as rack-7
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// Where it is declared to be
    #[arg(long, value_name = "sites/SITE")]
    pub(crate) site: String,
    /// Ed25519 public key of its evidence, as `lightcone keys show` prints it
    #[arg(long, value_name = "KEY")]
    pub(crate) identity_key: PublicKey,
    #[command(flatten)]
    pub(crate) create: CreateArgs,
}

/// Arguments of `register chip`.
#[derive(Debug, Args)]
pub(crate) struct RegisterChipArgs {
    /// The last part of its name
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// The maker's serial number
    #[arg(long, value_name = "TEXT")]
    pub(crate) serial: String,
    /// The maker's stock-keeping unit, such as H20-96GB
    #[arg(long, value_name = "TEXT")]
    pub(crate) sku: String,
    /// A tenant that may be told how it stands and may pair it, such as its buyer; up to eight times
    #[arg(long, value_name = "TENANT")]
    pub(crate) party: Vec<String>,
    #[command(flatten)]
    pub(crate) create: CreateArgs,
}

/// Arguments of `pair`.
#[derive(Debug, Args)]
pub(crate) struct PairArgs {
    /// The chip
    #[arg(value_name = "chips/CHIP")]
    pub(crate) chip: String,
    /// The agent that answers for it; without one the chip is untied
    #[arg(long, value_name = "agents/AGENT", default_value = "", hide_default_value = true)]
    pub(crate) agent: String,
    /// Why, for the record
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    /// A return for repair that the maker knows of: raises no alert
    #[arg(long)]
    pub(crate) rma: bool,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

/// What is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// Clocks at known places
    Landmarks,
    /// Places where chips run
    Sites,
    /// Programs on hosts with chips
    Agents,
    /// Chips, as goods
    Chips,
    /// Rounds of questions to one agent (--agent), the latest first
    Sessions,
    /// What landmarks measured in one session (--session)
    Measurements,
    /// What was found of agents, the latest first
    Verdicts,
    /// What somebody should look at, the latest first
    Alerts,
    /// How chips stand that you may ask of: what others than their owner are told
    Standings,
    /// Why an agency looks, and who agreed, the latest first
    Cases,
    /// Who of another tenant was shown your records, the latest first
    Accesses,
    /// Every set of access rules that was ever in force, the latest first
    Policies,
}

/// Arguments of `list`.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// What to list
    #[arg(value_name = "KIND")]
    pub(crate) kind: Kind,
    /// Only of this agent (sessions, verdicts, chips)
    #[arg(long, value_name = "agents/AGENT", help_heading = "Which")]
    pub(crate) agent: Option<String>,
    /// Only of this session (measurements)
    #[arg(long, value_name = "NAME", help_heading = "Which")]
    pub(crate) session: Option<String>,
    /// Only of this site (agents)
    #[arg(long, value_name = "sites/SITE", help_heading = "Which")]
    pub(crate) site: Option<String>,
    /// Only about this record (alerts, accesses)
    #[arg(long, value_name = "NAME", help_heading = "Which")]
    pub(crate) subject: Option<String>,
    /// Only in this state, such as active or retired (landmarks, sites, agents, chips, cases)
    #[arg(long, value_name = "STATE", help_heading = "Which")]
    pub(crate) state: Option<String>,
    /// Only the latest of each agent (verdicts)
    #[arg(long, help_heading = "Which")]
    pub(crate) latest: bool,
    /// The most to show
    #[arg(long, value_name = "N", default_value_t = 1_000, help_heading = "Which")]
    pub(crate) limit: usize,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

/// Arguments of `standing`.
#[derive(Debug, Args)]
pub(crate) struct StandingArgs {
    /// The chip
    #[arg(value_name = "chips/CHIP")]
    pub(crate) chip: String,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

/// Arguments of `get`.
#[derive(Debug, Args)]
pub(crate) struct GetArgs {
    /// Its name, such as landmarks/oslo-1, agents/rack-7 or agents/rack-7/verdicts/latest
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

/// Arguments of `retire`.
#[derive(Debug, Args)]
pub(crate) struct RetireArgs {
    /// Its name, such as landmarks/oslo-1 or chips/c-1
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    /// Why, for the record
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

/// What is watched.
#[derive(Debug, Subcommand)]
pub(crate) enum WatchCommand {
    /// Verdicts, as they are given
    Verdicts(WatchVerdictsArgs),
}

/// Arguments of `watch verdicts`.
#[derive(Debug, Args)]
pub(crate) struct WatchVerdictsArgs {
    /// Only of this agent
    #[arg(long, value_name = "agents/AGENT", default_value = "agents/-", hide_default_value = true)]
    pub(crate) agent: String,
    /// End after so many
    #[arg(long, value_name = "N")]
    pub(crate) count: Option<usize>,
    /// Go on after what was seen before: the token that an interrupted watch printed
    #[arg(long, value_name = "TOKEN", default_value = "", hide_default_value = true)]
    pub(crate) resume: String,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

/// Arguments of `summon`.
#[derive(Debug, Args)]
pub(crate) struct SummonArgs {
    /// Whom to summon
    #[arg(value_name = "agents/AGENT")]
    pub(crate) agent: String,
    /// Wait until the session is judged or missed, and show the verdict
    #[arg(long)]
    pub(crate) wait: bool,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

/// A place of the command line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Place(pub(crate) Point);

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let shape = || "is not LAT,LON such as 59.91,10.75".to_owned();
        let (lat, lon) = text.split_once(',').ok_or_else(shape)?;
        let number = |part: &str| part.trim().parse::<f64>().map_err(|_| shape());
        let point = Point::from_degrees(number(lat)?, number(lon)?);
        point.map(Self).map_err(|error| error.to_string())
    }
}

/// 32 bytes that are no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PublicKey(pub(crate) Vec<u8>);

impl FromStr for PublicKey {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let shape = || "is not 64 hexadecimal digits, as `lightcone keys show FILE` prints them".to_owned();
        if text.len() != 64 || !text.is_ascii() {
            return Err(shape());
        }
        let byte = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).map_err(|_| shape());
        (0..64).step_by(2).map(byte).collect::<Result<_, _>>().map(Self)
    }
}

/// Metres of the command line.
pub(super) fn metres(text: &str) -> Result<Metres, String> {
    let metres: f64 = text.parse().map_err(|_| "is not a number of metres".to_owned())?;
    Metres::new(metres).map_err(|_| "is not within 0 and 20,100,000 m".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_keys_are_read_or_refused_with_their_shape() {
        let place: Place = "59.91, -10.75".parse().unwrap();
        assert_eq!(place.0.lon_ndeg(), -10_750_000_000);
        assert!("59.91".parse::<Place>().unwrap_err().contains("LAT,LON"));
        assert!("91,0".parse::<Place>().unwrap_err().contains("latitude"));
        assert_eq!("0f".repeat(32).parse::<PublicKey>().unwrap().0, [15; 32]);
        for text in ["", "0f", &"0g".repeat(32), &"é".repeat(32)] {
            assert!(text.parse::<PublicKey>().unwrap_err().contains("keys show"), "{text}");
        }
    }
}
