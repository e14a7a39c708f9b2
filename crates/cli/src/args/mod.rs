//! The command line: one definition feeds parser, help and completions.

#[cfg(feature = "server")]
mod access;
mod asking;
#[cfg(feature = "attest")]
mod attest;
#[cfg(feature = "server")]
mod authority;
#[cfg(any(feature = "landmark", feature = "agent"))]
mod daemons;
mod input;
#[cfg(feature = "access")]
mod policies;
#[cfg(feature = "server")]
mod registry;
#[cfg(feature = "demo")]
mod rehearsal;
#[cfg(feature = "relay")]
mod relay;
#[cfg(feature = "policy")]
mod rules;
#[cfg(any(feature = "server", feature = "landmark", feature = "agent"))]
mod tls;
#[cfg(feature = "server")]
mod way;

use std::path::PathBuf;

use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use lightcone_core::Metres;

#[cfg(feature = "server")]
pub(crate) use access::{CanIArgs, CaseCommand, RequestCaseArgs, RoleName, WhoamiArgs};
pub(crate) use asking::{QuestionArgs, SettingArgs};
#[cfg(feature = "attest")]
pub(crate) use attest::{AttestCommand, ReferencesCommand, SheetFormat, VerifyArgs};
#[cfg(feature = "server")]
pub(crate) use authority::{
    CaCommand, EnrolArgs, EnrolCommand, IssueArgs, RenewArgs, TokenArgs, TokenCommand, TokenLandmarkArgs,
    Whose,
};
#[cfg(feature = "landmark")]
pub(crate) use daemons::LandmarkArgs;
#[cfg(feature = "agent")]
pub(crate) use daemons::{AgentArgs, AgentCommand};
#[cfg(any(feature = "landmark", feature = "agent"))]
pub(crate) use daemons::{KeyKind, KeysCommand, LogArgs, LogFormat};
pub(crate) use input::{MeshArgs, kilometres};
#[cfg(feature = "access")]
pub(crate) use policies::{AccessCheckArgs, AccessCommand, AccessCompareArgs, AccessShowArgs};
#[cfg(feature = "server")]
pub(crate) use registry::{
    GetArgs, Kind, ListArgs, PairArgs, RegisterAgentArgs, RegisterChipArgs, RegisterCommand,
    RegisterLandmarkArgs, RegisterSiteArgs, RetireArgs, ServerArgs, ShownFormat, StandingArgs, SummonArgs,
    WatchCommand, WatchVerdictsArgs,
};

#[cfg(feature = "demo")]
pub(crate) use rehearsal::{AttackCommand, AttackRelayArgs, AttackRunArgs, DemoArgs};
#[cfg(feature = "relay")]
pub(crate) use relay::RelayArgs;
#[cfg(feature = "policy")]
pub(crate) use rules::{
    BookArgs, PolicyCheckArgs, PolicyCommand, PolicyDiffArgs, PolicyExplainArgs, PolicyShowArgs,
    PolicySignArgs, PolicyTestArgs, RulesFormat, SkuClassifyArgs, SkuCommand, StandArgs,
};
#[cfg(any(feature = "server", feature = "landmark", feature = "agent"))]
pub(crate) use tls::TlsArgs;
#[cfg(feature = "server")]
pub(crate) use way::{LoginArgs, WayArgs};

/// Proves where attested chips can and cannot be, from round trips that cannot outrun light.
#[derive(Debug, Parser)]
#[command(
    name = "lightcone",
    subcommand_required = true,
    arg_required_else_help = true,
    max_term_width = 100
)]
#[command(
    after_help = "Exit codes: 0 answered, 1 machine fault, 2 usage, 3 bad input, 4 an answer says that \
    something is amiss (only with --exit-code; always for evidence that is refused), 5 server unreachable or refusing, 130 interrupted."
)]
pub(crate) struct Cli {
    /// Say nothing on standard error but failures
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// What to do
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Watch the whole story on this machine: chips proven in place, one that moves, delay, a lie, silence
    #[cfg(feature = "demo")]
    Demo(DemoArgs),
    /// Try attacks, in a world of their own or on landmarks and agents of yours
    #[cfg(feature = "demo")]
    #[command(subcommand)]
    Attack(Box<AttackCommand>),
    /// Locate chips: proven region, possible jurisdictions and findings from round trips
    Locate(Box<LocateArgs>),
    /// Audit a mesh of landmarks: who contradicts whom, who is suspended, whose coordinates are wrong
    Audit(AuditArgs),
    /// Judge the method, and a mesh, against nodes whose true place is known
    Evaluate(Box<EvaluateArgs>),
    /// Serve the same over gRPC
    #[cfg(feature = "server")]
    Serve(ServeArgs),
    /// Run a landmark: at a known place, challenge agents and hold the stopwatch
    #[cfg(feature = "landmark")]
    Landmark(Box<LandmarkArgs>),
    /// Run an agent: beside the chips, attest fresh keys and answer challenges
    #[cfg(feature = "agent")]
    Agent(Box<AgentArgs>),
    /// Run a relay: beside a hall, so that landmarks see its address and not those of agents
    #[cfg(feature = "relay")]
    Relay(RelayArgs),
    /// Appraise evidence of chips and machines from files
    #[cfg(feature = "attest")]
    #[command(subcommand)]
    Attest(Box<AttestCommand>),
    /// Sign, show and import reference values: what good hardware, firmware and code look like
    #[cfg(feature = "attest")]
    #[command(subcommand)]
    References(ReferencesCommand),
    /// Check, try and compare export rules, and decide on transfers by them: from files, without a server
    #[cfg(feature = "policy")]
    #[command(subcommand)]
    Policy(Box<PolicyCommand>),
    /// Classify chips by their figures under export rules
    #[cfg(feature = "policy")]
    #[command(subcommand)]
    Sku(Box<SkuCommand>),
    /// Make and show the keys of landmarks, agents and servers
    #[cfg(any(feature = "landmark", feature = "agent"))]
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Make a private authority, certificates of it, and enrolment tokens
    #[cfg(feature = "server")]
    #[command(subcommand)]
    Ca(Box<CaCommand>),
    /// Enrol this landmark or agent with a token: its keys, its place in the registry, its certificate
    #[cfg(feature = "server")]
    #[command(subcommand)]
    Enrol(Box<EnrolCommand>),
    /// Renew the certificate of a landmark or agent, in its files
    #[cfg(feature = "server")]
    Renew(Box<RenewArgs>),
    /// Enter a landmark, site, agent or chip in a server's registry
    #[cfg(feature = "server")]
    #[command(subcommand)]
    Register(Box<RegisterCommand>),
    /// Tie a chip to the agent that answers for it
    #[cfg(feature = "server")]
    Pair(PairArgs),
    /// Take a landmark, site, agent or chip out of use for good
    #[cfg(feature = "server")]
    Retire(RetireArgs),
    /// List what a server keeps: landmarks, sites, agents, chips, sessions, verdicts, alerts, cases, accesses and more
    #[cfg(feature = "server")]
    List(Box<ListArgs>),
    /// Show one record of a server
    #[cfg(feature = "server")]
    Get(GetArgs),
    /// Show how a chip stands: what others than its owner are told, the same for a week
    #[cfg(feature = "server")]
    Standing(StandingArgs),
    /// Watch what a server finds, as it finds it
    #[cfg(feature = "server")]
    #[command(subcommand)]
    Watch(WatchCommand),
    /// Summon an agent to a session now
    #[cfg(feature = "server")]
    Summon(SummonArgs),
    /// Show whom a server takes you for: subject, tenant, roles
    #[cfg(feature = "server")]
    Whoami(WhoamiArgs),
    /// Ask a server whether a call would be allowed to you, and by which rules
    #[cfg(feature = "server")]
    CanI(CanIArgs),
    /// Ask for a case on a site, agree to one, end one: why an agency looks
    #[cfg(feature = "server")]
    #[command(subcommand)]
    Case(CaseCommand),
    /// Check a server's policies and directory, and show what an edit of them allows
    #[cfg(feature = "access")]
    #[command(subcommand)]
    Access(AccessCommand),
    /// Log in with an identity provider, in a browser anywhere, so that commands here act for you
    #[cfg(feature = "server")]
    Login(Box<LoginArgs>),
    /// Give the login back
    #[cfg(feature = "server")]
    Logout,
    /// Look at the settings of the server
    #[cfg(feature = "server")]
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Show the border data that verdicts rest on: version, digest, areas, worldviews
    Borders(BordersArgs),
    /// Print shell completions
    Completions(CompletionsArgs),
}

/// Arguments of `locate`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("who").required(true).args(["target", "all"]))]
pub(crate) struct LocateArgs {
    #[command(flatten)]
    pub(crate) mesh: MeshArgs,
    /// Keep nodes flagged wrong (column quality) as landmarks
    #[arg(long, help_heading = "Input")]
    pub(crate) bad_landmarks: bool,
    /// Locate this one; may be repeated
    #[arg(long, value_name = "ID", help_heading = "Who")]
    pub(crate) target: Vec<String>,
    /// Locate everyone who has a round trip to a landmark
    #[arg(long, help_heading = "Who")]
    pub(crate) all: bool,
    /// Ask this server, such as http://127.0.0.1:7443, instead of computing here
    #[cfg(feature = "server")]
    #[arg(long, value_name = "URL", help_heading = "Who")]
    pub(crate) server: Option<String>,
    #[cfg(feature = "server")]
    #[command(flatten)]
    pub(crate) way: WayArgs,
    #[command(flatten)]
    pub(crate) questions: QuestionArgs,
    #[command(flatten)]
    pub(crate) settings: SettingArgs,
    /// Say how many liars each finding survives, and what would settle an inconclusive one
    #[arg(long, help_heading = "Output")]
    pub(crate) explain: bool,
    /// How to show the answer
    #[arg(short, long, value_name = "FORMAT", default_value = "table", help_heading = "Output")]
    pub(crate) output: LocateFormat,
    /// Write the answer to this file
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(crate) out: Option<PathBuf>,
    /// End with code 4 when an answer is DISPROVEN, IMPOSSIBLE or INCONSISTENT
    #[arg(long, help_heading = "Output")]
    pub(crate) exit_code: bool,
}

/// How `locate` shows its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LocateFormat {
    /// For people
    Table,
    /// One line a target: the canonical verdict body, integers only
    Json,
    /// One row a target and question
    Csv,
    /// Region, landmarks and binding disks as RFC 7946 features
    Geojson,
    /// A map as vector graphics; one target
    Svg,
    /// A map as pixels; one target
    Png,
}

/// Arguments of `audit`.
#[derive(Debug, Args)]
pub(crate) struct AuditArgs {
    #[command(flatten)]
    pub(crate) mesh: MeshArgs,
    /// What light can do: vacuum, chord or fibre:N with a refractive index N (an assumption)
    #[arg(long, value_name = "MODE", default_value = "vacuum")]
    pub(crate) mode: lightcone_core::LightMode,
    /// How to show the result
    #[arg(short, long, value_name = "FORMAT", default_value = "table")]
    pub(crate) output: PlainFormat,
    /// Write the result to this file
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// End with code 4 when the audit finds anything
    #[arg(long)]
    pub(crate) exit_code: bool,
}

/// How lists are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlainFormat {
    /// For people
    Table,
    /// One object
    Json,
    /// One row an entry
    Csv,
}

/// Arguments of `evaluate`.
#[derive(Debug, Args)]
pub(crate) struct EvaluateArgs {
    /// Folder with nodes.csv and rtt.csv; every target is located from all other nodes
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// Folder whose nodes are the only landmarks; targets are then the nodes that it does not have
    #[arg(long, value_name = "DIR")]
    pub(crate) landmarks: Option<PathBuf>,
    /// How far landmarks may stand from their coordinates; else column pos_err_km says it
    #[arg(long, value_name = "K", value_parser = kilometres)]
    pub(crate) position_error_km: Option<Metres>,
    /// Keep nodes flagged wrong as landmarks
    #[arg(long)]
    pub(crate) bad_landmarks: bool,
    /// Ignore landmarks this close to the true place
    #[arg(long, value_name = "K", default_value = "0", value_parser = kilometres, hide_default_value = true)]
    pub(crate) hide_near_km: Metres,
    /// Judge only the first N targets
    #[arg(long, value_name = "N")]
    pub(crate) max_targets: Option<usize>,
    /// Locate targets without a known place too (anycast addresses, for example)
    #[arg(long)]
    pub(crate) all_targets: bool,
    /// Ask whether each target is surely in one of these areas
    #[arg(long, value_name = "CODES", value_delimiter = ',')]
    pub(crate) allow: Vec<String>,
    /// Ask whether each target is surely in none of these areas
    #[arg(long, value_name = "CODES", value_delimiter = ',', conflicts_with = "allow")]
    pub(crate) deny: Vec<String>,
    #[command(flatten)]
    pub(crate) settings: SettingArgs,
    /// Write one row a target to this CSV file
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(crate) out: Option<PathBuf>,
}

/// Arguments of `serve`. Flags win over the environment, which wins over the file.
#[cfg(feature = "server")]
#[derive(Clone, Debug, Args)]
pub(crate) struct ServeArgs {
    /// TOML file of settings
    #[arg(long, value_name = "FILE", env = "LIGHTCONE_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// Address and port of gRPC
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<String>,
    /// Address and port of gRPC-web
    #[arg(long, value_name = "ADDR")]
    pub(crate) web_listen: Option<String>,
    /// Development: the API describes itself by reflection
    #[arg(long)]
    pub(crate) dev: bool,
    /// Any setting, such as pool.threads=4; may be repeated
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
}

/// What to do with settings.
#[cfg(feature = "server")]
#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Check settings and print all that would hold, defaults included
    Check {
        /// TOML file of settings; else as for `serve`
        #[arg(value_name = "FILE", conflicts_with = "config")]
        file: Option<PathBuf>,
        #[command(flatten)]
        args: ServeArgs,
    },
}

/// Arguments of `borders`.
#[derive(Debug, Args)]
pub(crate) struct BordersArgs {
    /// How to show them
    #[arg(short, long, value_name = "FORMAT", default_value = "table")]
    pub(crate) output: PlainFormat,
}

/// Arguments of `completions`.
#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// For which shell
    pub(crate) shell: Shell,
}
