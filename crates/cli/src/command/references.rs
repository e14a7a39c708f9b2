//! `lightcone references`: reference values, signed, shown, and imported from their makers.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use lightcone_attest::nvidia::rim;
use lightcone_attest::references::{Document, Envelope, References};
use lightcone_keyring::SigningIdentity;

use super::attest::{digits, now_s};
use crate::args::ReferencesCommand;
use crate::exit::{Exit, Failure, Outcome};
use crate::out::{Out, note, printable};

/// The tool that checks XML signatures: no library in Rust does so well.
const TOOL: &str = "xmlsec1";
/// How long a new document is good, in seconds: a quarter of a year.
const GOOD_S: i64 = 92 * 86_400;

/// Does what is asked.
pub(crate) fn run(command: &ReferencesCommand) -> Outcome<Exit> {
    match command {
        ReferencesCommand::Sign { file, key, out } => sign(file, key, out)?,
        ReferencesCommand::Show { file, key } => show(&open(file, key)?)?,
        ReferencesCommand::ImportRim { file, into, root, at } => import(file, into, root, at.as_deref())?,
    }
    Ok(Exit::Answered)
}

/// Signed references that one of `keys` signed.
pub(super) fn open(file: &Path, keys: &[String]) -> Outcome<References> {
    let keys = keys.iter().map(|key| digits::<32>("key", key)).collect::<Outcome<Vec<_>>>()?;
    References::open(&read(file)?, &keys).map_err(|refused| in_file(file, refused))
}

fn sign(file: &Path, key: &Path, out: &Path) -> Outcome<()> {
    let document = Document::parse(&read(file)?).map_err(|invalid| in_file(file, invalid))?;
    let key = SigningIdentity::load(key).map_err(|error| Failure::input(error.to_string()))?;
    let envelope = Envelope::seal(&document.to_json(), &key.public(), |bytes| key.sign(bytes));
    let json = serde_json::to_vec(&envelope).map_err(|error| Failure::machine(error.to_string()))?;
    write(out, &json)?;
    note(&format!("signed version {} with {}", document.version, key.public_text()));
    Ok(())
}

fn show(references: &References) -> Outcome<()> {
    let document = references.document();
    let mut out = Out::open(None)?;
    writeln!(out, "version    {}", references.version())?;
    writeln!(out, "issued     {} s of Unix time", document.issued_s)?;
    writeln!(out, "expires    {} s of Unix time", document.expires_s)?;
    for root in &document.roots {
        writeln!(out, "root       {} {} {}", root.kind, root.sha256, printable(&root.name))?;
    }
    for image in &document.images {
        let opens = if image.opens_accelerator { ", opens its accelerators" } else { "" };
        writeln!(out, "image      {}{opens}", printable(&image.name))?;
    }
    for it in &document.firmware {
        let checked = printable(&it.checked_by);
        let (version, count) = (printable(&it.version), it.measurements.len());
        writeln!(out, "firmware   {} {version}, {count} values, checked by {checked}", it.kind)?;
    }
    for it in &document.snp_floors {
        let (boot, tee, snp, code) = (it.bootloader, it.tee, it.snp, it.microcode);
        let product = printable(&it.product);
        writeln!(out, "SNP floor  {product}: boot loader {boot}, TEE {tee}, SNP {snp}, microcode {code}")?;
    }
    for it in &document.revoked {
        writeln!(out, "revoked    {} {}", it.key_sha256, printable(&it.reason))?;
    }
    out.finish()
}

fn import(file: &Path, into: &Path, root: &Path, at: Option<&str>) -> Outcome<()> {
    let firmware = rim::parse(&read(file)?).map_err(|invalid| in_file(file, invalid))?;
    let checked_by = check_signature(file, root, at)?;
    let mut document = if into.exists() {
        Document::parse(&read(into)?).map_err(|invalid| in_file(into, invalid))?
    } else {
        let issued_s = now_s();
        Document { issued_s, expires_s: issued_s.saturating_add(GOOD_S), ..Document::default() }
    };
    let (id, version) = (firmware.id.clone(), firmware.version.clone());
    document.firmware.retain(|other| other.id != id);
    document.firmware.push(lightcone_attest::references::Firmware { checked_by, ..firmware });
    document.version += 1;
    let json = serde_json::to_vec_pretty(&document).map_err(|error| Failure::machine(error.to_string()))?;
    write(into, &json)?;
    note(&format!("{version} is in `{}`, version {}; sign it to use it", into.display(), document.version));
    Ok(())
}

/// Has the tool check the manifest's signature: by a certificate in the manifest that leads to this root and no other, over
/// the whole document. The system's own authorities are kept out: the tool would trust them as much.
fn check_signature(file: &Path, root: &Path, at: Option<&str>) -> Outcome<String> {
    let as_of: Vec<&str> = at.map(|at| vec!["--verification-gmt-time", at]).unwrap_or_default();
    let checked = Command::new(TOOL)
        .args([
            "--verify",
            "--enabled-key-data",
            "x509",
            "--enabled-reference-uris",
            "empty",
            "--trusted-pem",
        ])
        .arg(root)
        .args(as_of)
        .arg(file)
        .env("SSL_CERT_FILE", "/dev/null")
        .env("SSL_CERT_DIR", "/dev/null")
        .stdin(Stdio::null())
        .output();
    let output = checked.map_err(|error| {
        Failure::machine(format!(
            "cannot run `{TOOL}`, which checks the manifest's signature: {error}; install it"
        ))
    })?;
    if output.status.success() {
        let as_of = at.map(|at| format!(", as of {at} UTC")).unwrap_or_default();
        return Ok(format!("{TOOL} at {} s of Unix time{as_of}", now_s()));
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said: Vec<&str> = said.lines().take(4).collect();
    let why = format!("{TOOL} does not accept the signature of `{}`: {}", file.display(), said.join("; "));
    let remedy = match said.iter().any(|line| line.contains("expired")) && at.is_none() {
        true => "; a signature from before the certificate ran out can be checked with --at",
        false => "",
    };
    Err(Failure::input(format!("{}{remedy}", printable(&why))))
}

fn read(file: &Path) -> Outcome<Vec<u8>> {
    fs::read(file).map_err(|error| Failure::input(format!("cannot read `{}`: {error}", file.display())))
}

fn write(file: &Path, bytes: &[u8]) -> Outcome<()> {
    fs::write(file, bytes)
        .map_err(|error| Failure::machine(format!("cannot write `{}`: {error}", file.display())))
}

fn in_file(file: &Path, why: impl std::fmt::Display) -> Failure {
    Failure::input(format!("`{}`: {why}", file.display()))
}
