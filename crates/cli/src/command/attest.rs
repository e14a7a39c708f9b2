//! `lightcone attest`: evidence from files, appraised here. Asks no network.

use std::fs;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use hex::FromHex as _;
use lightcone_attest::ear::{Ear, GOOD_FOR_S, Terms, VerifierId, jwt};
use lightcone_attest::references::References;
use lightcone_attest::{
    Activated, Attestation, Case, Kind, Occasion, PIECES_MAX, Piece, Policy, Residency, UnixTime, appraise,
};
use lightcone_keyring::SigningIdentity;
use serde_json::Value;

use super::references;
use crate::args::{AttestCommand, SheetFormat, VerifyArgs};
use crate::exit::{Exit, Failure, Outcome};
use crate::out::Out;
use crate::render::attestation as sheet;

/// A piece of evidence and the file that it is from.
struct Found {
    kind: Kind,
    payload: Vec<u8>,
    file: String,
}

/// Does what is asked.
pub(crate) fn run(command: &AttestCommand) -> Outcome<Exit> {
    let AttestCommand::Verify(args) = command;
    verify(args)
}

fn verify(args: &VerifyArgs) -> Outcome<Exit> {
    let residency_min =
        Residency::named(&args.residency_min).filter(|residency| *residency <= Residency::R3).ok_or_else(
            || Failure::usage(format!("--residency-min `{}`: choose R0 to R3", args.residency_min)),
        )?;
    let format = args.format.as_deref().map(named).transpose()?;
    let binding = args.binding.as_deref().map(|text| digits::<32>("--binding", text)).transpose()?;
    let identity_key =
        args.identity_key.as_deref().map(|text| digits::<32>("--identity-key", text)).transpose()?;
    let activated = args.activated.iter().map(|text| activated(text)).collect::<Outcome<Vec<_>>>()?;
    let references = match &args.references {
        Some(file) => references::open(file, &args.references_key)?,
        None => References::built_in(),
    };
    let now = UnixTime::from_s(args.at.unwrap_or_else(now_s));
    let mut found = Vec::new();
    for file in &args.files {
        found.extend(read(file, format)?);
    }
    let pieces: Vec<Piece<'_>> =
        found.iter().map(|found| Piece { kind: found.kind, payload: &found.payload }).collect();
    let case = Case {
        binding: binding.as_ref(),
        identity_key: identity_key.as_ref(),
        activated: &activated,
        references: &references,
        collateral: None,
        now,
    };
    let mut out = Out::open(None)?;
    let style = out.style();
    let occasion = Occasion { today: UnixTime::from_s(now_s()), is_signed: false };
    let exit = match appraise(&pieces, occasion, &case) {
        Err(refused) => {
            let file = found.get(refused.place).map_or("", |found| &found.file);
            match args.output {
                SheetFormat::Table => sheet::refused(&mut out, file, &refused, style)?,
                SheetFormat::Json => sheet::json_refused(&mut out, file, &refused)?,
            }
            Exit::Amiss
        }
        Ok(attestation) => {
            match args.output {
                SheetFormat::Table => sheet::write(&mut out, &attestation, style)?,
                SheetFormat::Json => sheet::json(&mut out, &attestation)?,
            }
            result(args, &attestation, binding.as_ref(), now)?;
            let policy = Policy { residency_min, age_max_s: u32::MAX };
            if policy.admit(&attestation).is_ok() { Exit::Answered } else { Exit::Amiss }
        }
    };
    out.finish()?;
    Ok(exit)
}

/// Writes the signed result where it is asked for.
fn result(
    args: &VerifyArgs,
    attestation: &Attestation,
    nonce: Option<&[u8; 32]>,
    now: UnixTime,
) -> Outcome<()> {
    let Some((key, path)) = args.ear_key.as_ref().zip(args.ear_out.as_ref()) else { return Ok(()) };
    let key = SigningIdentity::load(key).map_err(|error| Failure::input(error.to_string()))?;
    let terms = Terms {
        issued: now,
        expires: UnixTime::from_s(now.as_s().saturating_add(GOOD_FOR_S)),
        verifier: VerifierId::own(),
        nonce: nonce.map(|nonce| &nonce[..]),
        policy: &attestation.references,
    };
    let ear = Ear::of(&attestation.devices, terms).map_err(|unfit| Failure::input(unfit.to_string()))?;
    let token = jwt::seal(&ear, &hex::encode(key.public()), |bytes| key.sign(bytes));
    fs::write(path, token)
        .map_err(|error| Failure::machine(format!("cannot write `{}`: {error}", path.display())))
}

/// The pieces of evidence in a file.
fn read(path: &Path, format: Option<Kind>) -> Outcome<Vec<Found>> {
    let file = path.display().to_string();
    let bytes = fs::read(path).map_err(|error| Failure::input(format!("cannot read `{file}`: {error}")))?;
    let pieces = match format {
        Some(kind @ (Kind::NvidiaGpu | Kind::NvidiaSwitch)) => of_nvidia(&file, &bytes, Some(kind))?,
        Some(kind) => vec![(kind, bytes)],
        None => recognised(&file, bytes)?,
    };
    if pieces.len() > PIECES_MAX {
        let why =
            format!("`{file}` holds evidence of {} devices; at most {PIECES_MAX} are taken", pieces.len());
        return Err(Failure::input(why));
    }
    Ok(pieces.into_iter().map(|(kind, payload)| Found { kind, payload, file: file.clone() }).collect())
}

/// Tells formats apart by what stands in them.
fn recognised(file: &str, bytes: Vec<u8>) -> Outcome<Vec<(Kind, Vec<u8>)>> {
    let unknown = |why: &str| {
        let known = Kind::ALL.map(Kind::name).join(", ");
        Failure::input(format!("`{file}` {why}; name its format with --format: {known}"))
    };
    let value: Value = serde_json::from_slice(&bytes)
        .map_err(|_| unknown("is no JSON document of evidence (docs/attestation.md)"))?;
    if let Some(set) = value.get("evidence").and_then(Value::as_array) {
        return set.iter().map(|piece| of_set(file, piece)).collect();
    }
    let has = |key| value.get(key).is_some();
    if has("attest") && has("ak_public") {
        return Ok(vec![(Kind::Tpm2Quote, bytes)]);
    }
    if has("report") && has("chain") {
        return Ok(vec![(Kind::SevSnp, bytes)]);
    }
    if has("quote") {
        return Ok(vec![(Kind::Tdx, bytes)]);
    }
    of_nvidia(file, &bytes, None)
}

fn of_nvidia(file: &str, bytes: &[u8], only: Option<Kind>) -> Outcome<Vec<(Kind, Vec<u8>)>> {
    let devices = lightcone_attest::nvidia::devices(bytes)
        .map_err(|rejection| Failure::input(format!("`{file}`: {}", rejection.why)))?;
    Ok(devices.into_iter().filter(|(kind, _)| only.is_none_or(|only| only == *kind)).collect())
}

/// One piece of a set: its format, and its payload in base64 or as JSON.
fn of_set(file: &str, piece: &Value) -> Outcome<(Kind, Vec<u8>)> {
    use base64::Engine as _;
    let wrong = |what: &str| Failure::input(format!("`{file}`: a piece of `evidence` {what}"));
    let format = piece.get("format").and_then(Value::as_str).ok_or_else(|| wrong("has no `format`"))?;
    let payload = match piece.get("payload") {
        Some(Value::String(text)) => base64::engine::general_purpose::STANDARD
            .decode(text)
            .map_err(|error| wrong(&format!("has a `payload` that is no base64: {error}")))?,
        Some(json @ Value::Object(_)) => json.to_string().into_bytes(),
        _ => return Err(wrong("has no `payload`")),
    };
    Ok((named(format)?, payload))
}

fn named(name: &str) -> Outcome<Kind> {
    let known = || Kind::ALL.map(Kind::name).join(", ");
    Kind::named(name)
        .ok_or_else(|| Failure::usage(format!("`{name}` is no format of evidence; choose of {}", known())))
}

fn activated(text: &str) -> Outcome<Activated> {
    let (name, endorsement) = text.split_once(':').ok_or_else(|| {
        Failure::usage(format!(
            "--activated `{text}`: write the key's name, a colon, the endorsement's SHA-256"
        ))
    })?;
    let name = hex::decode(name)
        .map_err(|_| Failure::usage(format!("--activated `{text}`: the name is not hexadecimal")))?;
    Ok(Activated { name, endorsement: digits("--activated", endorsement)? })
}

/// Bytes in hexadecimal.
pub(super) fn digits<const N: usize>(option: &str, text: &str) -> Outcome<[u8; N]>
where
    [u8; N]: hex::FromHex,
{
    <[u8; N]>::from_hex(text)
        .map_err(|_| Failure::usage(format!("{option} `{text}`: write {} hexadecimal digits", 2 * N)))
}

/// Seconds since 1970, by this machine's clock.
pub(super) fn now_s() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
