//! `lightcone enrol` and `lightcone renew`: a landmark or agent gets its place and its certificate from a service.

use std::fs::File;
use std::io::{self, Read as _, Write};
use std::path::Path;
use std::time::{Duration, SystemTime};

use lightcone_identity::authority::{self, Places, Request};
use lightcone_keyring::{Error as KeyError, ExchangeIdentity, SigningIdentity};
use zeroize::Zeroizing;

use super::Notes;
use super::ca::{moment, told};
use crate::args::{EnrolArgs, EnrolCommand, RenewArgs};
use crate::exit::{Exit, Failure, Outcome};
use crate::out::Out;
use crate::remote::{Application, Certifier, Granted};
use crate::stop;

/// The longest token, with the line's end.
const TOKEN_BYTES_MAX: u64 = 4_098;
const SIGNING_KEY: &str = "signing.key";
const EXCHANGE_KEY: &str = "exchange.key";

/// Enrols a landmark or agent.
pub(crate) fn enrol(command: &EnrolCommand) -> Outcome<Exit> {
    let (args, addresses) = match command {
        EnrolCommand::Landmark { address, enrol } => (enrol, address.as_slice()),
        EnrolCommand::Agent { enrol } => (enrol, &[][..]),
    };
    let is_landmark = matches!(command, EnrolCommand::Landmark { .. });
    stop::listen()?;
    let token = token(&args.token)?;
    authority::make_folder(&args.out).map_err(told)?;
    // Before the call, and kept: whoever asks again after a lost answer must be the same.
    let signing = key(SigningIdentity::open(&args.out.join(SIGNING_KEY)))?;
    let exchange =
        is_landmark.then(|| key(ExchangeIdentity::open(&args.out.join(EXCHANGE_KEY)))).transpose()?;
    let request = Request::new().map_err(told)?;
    let application = Application {
        token: &token,
        signing: &signing,
        exchange: exchange.map(|key| key.public()),
        addresses,
        certificate_request: &request.der,
    };
    let granted = Certifier::connect(&args.server, &args.tls)?.enrol(&application)?;
    if let Some(certificate) = &granted.certificate {
        let places = Places::within(&args.out);
        places
            .write(&request.key_pem, &certificate.chain_pem, &certificate.bundle_pem, true)
            .map_err(told)?;
    }
    print(args, is_landmark, &granted)?;
    Ok(Exit::Answered)
}

/// Renews a certificate, in its files.
pub(crate) fn renew(args: &RenewArgs, notes: Notes) -> Outcome<Exit> {
    stop::listen()?;
    let settings = args.tls.settings();
    if !settings.workload_api.is_empty() || settings.certificate.as_os_str().is_empty() {
        let remedy = "--certificate, --private-key and --trust-bundle name the files to renew; the Workload API \
                      renews by itself";
        return Err(Failure::usage(remedy));
    }
    if let Some(left) = enough_left(&settings.certificate, args.hours_left)? {
        notes.say(&format!("the certificate holds for {} h more", left.as_secs() / 3_600));
        return Ok(Exit::Answered);
    }
    let request = Request::new().map_err(told)?;
    let certificate = Certifier::connect(&args.server, &args.tls)?.renew(&request.der)?;
    let places = Places {
        certificate: settings.certificate,
        private_key: settings.private_key,
        trust_bundle: settings.trust_bundle,
    };
    places.write(&request.key_pem, &certificate.chain_pem, &certificate.bundle_pem, true).map_err(told)?;
    let sheets = authority::show(&places.certificate).map_err(told)?;
    if let Some(leaf) = sheets.first() {
        let mut out = Out::open(None)?;
        writeln!(out, "{}  until {}", leaf.uris.join(", "), moment(leaf.not_after))?;
        out.finish()?;
    }
    Ok(Exit::Answered)
}

/// How long a certificate holds, if that is longer than asked for.
fn enough_left(certificate: &Path, hours: Option<u64>) -> Outcome<Option<Duration>> {
    let Some(hours) = hours else { return Ok(None) };
    let sheets = authority::show(certificate).map_err(told)?;
    let left = sheets.first().and_then(|leaf| leaf.not_after.duration_since(SystemTime::now()).ok());
    Ok(left.filter(|left| *left > Duration::from_secs(hours.saturating_mul(3_600))))
}

fn token(path: &Path) -> Outcome<Zeroizing<String>> {
    let failed =
        |error: io::Error| Failure::input(format!("cannot read the token from {}: {error}", path.display()));
    let mut text = Zeroizing::new(String::with_capacity(TOKEN_BYTES_MAX as usize));
    if path == Path::new("-") {
        io::stdin().take(TOKEN_BYTES_MAX).read_to_string(&mut text).map_err(failed)?;
    } else {
        File::open(path)
            .and_then(|file| file.take(TOKEN_BYTES_MAX).read_to_string(&mut text))
            .map_err(failed)?;
    }
    Ok(Zeroizing::new(text.trim().to_owned()))
}

fn key<K>(opened: Result<K, KeyError>) -> Outcome<K> {
    opened.map_err(|error| Failure::input(error.to_string()))
}

/// Prints the settings that hold now.
fn print(args: &EnrolArgs, is_landmark: bool, granted: &Granted) -> Outcome<()> {
    let mut out = Out::open(None)?;
    let file = |name: &str| toml::Value::from(args.out.join(name).display().to_string()).to_string();
    let text = |text: &str| toml::Value::from(text).to_string();
    writeln!(out, "service = {}", text(&args.server))?;
    if is_landmark {
        writeln!(out, "landmark = {}", text(&granted.name))?;
        writeln!(out, "position_version = {}", granted.position_version)?;
        writeln!(out, "signing_key = {}", file(SIGNING_KEY))?;
        writeln!(out, "exchange_key = {}", file(EXCHANGE_KEY))?;
    } else {
        writeln!(out, "agent = {}", text(&granted.name))?;
        writeln!(out, "identity_key = {}", file(SIGNING_KEY))?;
    }
    let verifier: String = granted.verifier_key.iter().map(|byte| format!("{byte:02x}")).collect();
    writeln!(out, "verifier_key = {}", text(&verifier))?;
    if granted.certificate.is_some() {
        writeln!(out, "\n[tls]\ncertificate = {}", file("certificate.pem"))?;
        writeln!(out, "private_key = {}", file("key.pem"))?;
        writeln!(out, "trust_bundle = {}", file("bundle.pem"))?;
        let server_id = args.tls.settings().server_id;
        if !server_id.is_empty() {
            writeln!(out, "server_id = {}", text(&server_id))?;
        }
    }
    out.finish()?;
    Ok(())
}
