//! `lightcone ca`: a private authority.

use std::io::Write;
use std::path::Path;
use std::time::{Duration, SystemTime};

use clap::ValueEnum as _;
use lightcone_identity::SpiffeId;
use lightcone_identity::authority::{self, Authority, AuthorityError, Name};
use lightcone_identity::enrolment::{Affiliation, AgentClaims, Kind, LandmarkClaims, TokenSigner};

use super::Notes;
use crate::args::{CaCommand, IssueArgs, TokenArgs, TokenCommand, TokenLandmarkArgs, Whose};
use crate::exit::{Exit, Failure, Outcome};
use crate::out::{Out, printable};

/// Does what is asked.
pub(crate) fn run(command: &CaCommand, notes: Notes) -> Outcome<Exit> {
    match command {
        CaCommand::Init { folder, trust_domain } => init(folder, trust_domain, notes),
        CaCommand::Issuer { folder, out } => issuer(folder, out, notes),
        CaCommand::Issue { folder, whose } => issue(folder, whose),
        CaCommand::Show { file } => show(file),
        CaCommand::Token { folder, what } => token(folder, what),
    }
}

fn init(folder: &Path, trust_domain: &str, notes: Notes) -> Outcome<Exit> {
    authority::init(folder, trust_domain).map_err(told)?;
    let shown = folder.display();
    notes.say(&format!("{shown} answers for spiffe://{trust_domain} now; take a copy of it off the network"));
    notes.say(&format!(
        "a server needs {shown}/issuer alone, to enrol landmarks and agents: authority.folder = \"{shown}/issuer\""
    ));
    notes.say(&format!(
        "next: lightcone ca issue {shown} service --dns localhost --ip 127.0.0.1 --out {shown}/server"
    ));
    Ok(Exit::Answered)
}

fn issuer(folder: &Path, out: &Path, notes: Notes) -> Outcome<Exit> {
    authority::init_issuer(folder, out).map_err(told)?;
    notes.say(&format!("next: authority.folder = \"{}\"", out.display()));
    Ok(Exit::Answered)
}

fn issue(folder: &Path, whose: &Whose) -> Outcome<Exit> {
    let authority = Authority::open(folder).map_err(told)?;
    let (segments, names, args) = asked(whose)?;
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let id = SpiffeId::within(authority.trust_domain(), &segments);
    let id = id.map_err(|error| Failure::usage(error.to_string()))?;
    let issued = authority.issue(&id, &names, args.life()).map_err(told)?;
    issued.write(&args.out, args.replace).map_err(told)?;
    let mut out = Out::open(None)?;
    writeln!(out, "{id}  until {}", moment(issued.issued.not_after))?;
    out.finish()?;
    Ok(Exit::Answered)
}

fn asked(whose: &Whose) -> Outcome<(Vec<String>, Vec<Name>, &IssueArgs)> {
    Ok(match whose {
        Whose::Service { name, dns, ip, issue } => {
            if dns.is_empty() && ip.is_empty() {
                let remedy = "name it as clients call it: --dns localhost, --ip 127.0.0.1, or both";
                return Err(Failure::usage(remedy));
            }
            let names = dns.iter().cloned().map(Name::Dns).chain(ip.iter().copied().map(Name::Address));
            (vec!["service".to_owned(), name.clone()], names.collect(), issue)
        }
        Whose::Landmark { id, issue } => (vec!["landmark".to_owned(), id.clone()], Vec::new(), issue),
        Whose::Agent { id, issue } => (vec!["agent".to_owned(), id.clone()], Vec::new(), issue),
        Whose::Tenant { tenant, role, name, issue } => {
            let role = role.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
            (vec!["tenant".to_owned(), tenant.clone(), role, name.clone()], Vec::new(), issue)
        }
    })
}

fn show(file: &Path) -> Outcome<Exit> {
    let sheets = authority::show(file).map_err(told)?;
    let mut out = Out::open(None)?;
    for sheet in &sheets {
        let whose = if sheet.uris.is_empty() { "no URI".to_owned() } else { sheet.uris.join(", ") };
        writeln!(out, "{}", printable(&whose))?;
        if !sheet.names.is_empty() {
            writeln!(out, "  called  {}", printable(&sheet.names.join(", ")))?;
        }
        if sheet.is_authority {
            writeln!(out, "  signs others")?;
        }
        writeln!(out, "  signed by  {}", printable(&sheet.issuer))?;
        writeln!(out, "  holds  {} to {}", moment(sheet.not_before), moment(sheet.not_after))?;
        let thumbprint: String = sheet.thumbprint.iter().map(|byte| format!("{byte:02x}")).collect();
        writeln!(out, "  sha256  {thumbprint}")?;
    }
    out.finish()?;
    let now = SystemTime::now();
    if sheets.iter().any(|sheet| now < sheet.not_before || sheet.not_after < now) {
        crate::out::note("note: not all of them hold now");
    }
    Ok(Exit::Answered)
}

fn token(folder: &Path, what: &TokenCommand) -> Outcome<Exit> {
    let signer = TokenSigner::open(folder).map_err(told)?;
    let (id, kind, args) = match what {
        TokenCommand::Landmark(args) => (&args.id, landmark(args)?, &args.token),
        TokenCommand::Agent { id, site, token } => {
            (id, Kind::Agent(AgentClaims { site: site.clone() }), token)
        }
    };
    let TokenArgs { tenant, hours } = args;
    let life = Duration::from_secs(hours.saturating_mul(3_600));
    let token = signer.sign(tenant, id, kind, life, SystemTime::now());
    let token = token.map_err(|error| Failure::usage(error.to_string()))?;
    let mut out = Out::open(None)?;
    writeln!(out, "{token}")?;
    out.finish()?;
    Ok(Exit::Answered)
}

fn landmark(args: &TokenLandmarkArgs) -> Outcome<Kind> {
    let wrong = |_| Failure::usage("--position-error-m is too large");
    Ok(Kind::Landmark(LandmarkClaims {
        latitude_ndeg: args.point.0.lat_ndeg(),
        longitude_ndeg: args.point.0.lon_ndeg(),
        position_error_mm: millimetres(args.position_error_m.get()).map_err(wrong)?,
        clock_error_ns: args.clock_error_ns,
        affiliation: Affiliation {
            operator: args.operator.clone(),
            site: args.site.clone(),
            custodian: args.custodian.clone(),
            hosting_provider: args.hosting_provider.clone(),
            network_asn: args.asn,
            virtual_host: args.virtual_host.clone(),
        },
    }))
}

/// Rounded up: an error that is said too small excludes the truth.
fn millimetres(metres: f64) -> Result<u64, std::num::TryFromIntError> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "at most 20,100,000 m, by the type that it comes from"
    )]
    u64::try_from((metres * 1_000.0).ceil() as i64)
}

/// A time, in UTC.
pub(super) fn moment(time: SystemTime) -> String {
    prost_types::Timestamp::from(time).to_string()
}

/// What a failure of the authority is to scripts.
pub(super) fn told(error: AuthorityError) -> Failure {
    let text = error.to_string();
    match error {
        AuthorityError::Make(_) | AuthorityError::Chance(_) => Failure::machine(text),
        AuthorityError::File { .. } | AuthorityError::Read(_) | AuthorityError::Malformed { .. } => {
            Failure::input(text)
        }
        _ => Failure::usage(text),
    }
}
