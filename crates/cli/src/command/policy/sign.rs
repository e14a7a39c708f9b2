//! `lightcone policy sign`: who stands for a rule book.

use std::fs;
use std::io::Write;
use std::path::Path;

use lightcone_keyring::SigningIdentity;
use lightcone_policy::Book;
use lightcone_policy::signature::{self, Trusted};

use crate::args::PolicySignArgs;
use crate::data::book;
use crate::exit::{Exit, Failure, Outcome};
use crate::out::{Out, note};

/// Bytes of a signature.
const SIGNATURE_BYTES: usize = 64;
/// Bytes of a public key.
const KEY_BYTES: usize = 32;

/// Signs, or checks a signature.
pub(crate) fn run(args: &PolicySignArgs) -> Outcome<Exit> {
    let folder = Some(args.folder.as_path());
    let book = book::read(&book::files(folder)?, folder)?;
    match (&args.key, &args.check, &args.public_key) {
        (Some(key), ..) => sign(&book, key, args.out.as_deref())?,
        (None, Some(file), Some(key)) => check(&book, file, key)?,
        _ => {
            return Err(Failure::usage("name a key to sign with (--key), or a signature to check (--check)"));
        }
    }
    Ok(Exit::Answered)
}

fn sign(book: &Book, key: &Path, path: Option<&Path>) -> Outcome<()> {
    let key = SigningIdentity::load(key).map_err(|error| Failure::input(error.to_string()))?;
    let mut out = Out::open(path)?;
    writeln!(out, "{}", text(&signature::sign(key.signing_key(), book)))?;
    out.finish()?;
    note(&format!("signed {} with {}, sha256 {}", book.name, key.public_text(), book.digest));
    Ok(())
}

fn check(book: &Book, file: &Path, key: &str) -> Outcome<()> {
    let read = fs::read_to_string(file);
    let read = read.map_err(|error| Failure::input(format!("cannot read `{}`: {error}", file.display())))?;
    let signature = digits::<SIGNATURE_BYTES>(&read).ok_or_else(|| {
        let remedy = "give the file that `policy sign` wrote: 128 hexadecimal digits";
        Failure::input(format!("`{}` is no signature: {remedy}", file.display()))
    })?;
    let key = digits::<KEY_BYTES>(key).ok_or_else(|| {
        Failure::usage(format!(
            "--public-key `{key}` is not 64 hexadecimal digits, as `lightcone keys show` prints them"
        ))
    })?;
    let trusted = Trusted::new(&[("--public-key".to_owned(), key)]);
    let trusted = trusted.map_err(|refused| Failure::usage(refused.to_string()))?;
    trusted.signer(book, &signature).map_err(|refused| Failure::input(refused.to_string()))?;
    let mut out = Out::open(None)?;
    writeln!(out, "signed: {}, sha256 {}", book.name, book.digest)?;
    out.finish()
}

fn text(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Bytes of as many pairs of hexadecimal digits.
fn digits<const N: usize>(text: &str) -> Option<[u8; N]> {
    let text = text.trim();
    if text.len() != 2 * N || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; N];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(bytes)
}
