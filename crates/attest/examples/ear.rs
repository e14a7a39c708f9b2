//! Writes one result as a JWT and as a CWT, signed by a key for tests, and that key's public half:
//! `cargo run -p lightcone-attest --example ear -- FOLDER`. Clients in other languages are tried on them.

#![allow(clippy::expect_used, unreachable_pub, reason = "what the tests make, which also has callers there")]

#[path = "../tests/ear/results.rs"]
mod results;

use std::path::PathBuf;
use std::{env, fs, io};

use ed25519_dalek::{Signer as _, SigningKey};
use lightcone_attest::ear::{cwt, jwt};

fn main() -> io::Result<()> {
    let folder: PathBuf = env::args().nth(1).unwrap_or_else(|| ".".to_owned()).into();
    let key = SigningKey::from_bytes(&[42; 32]);
    let sign = |bytes: &[u8]| key.sign(bytes).to_bytes();
    let ear = results::ear();
    fs::write(folder.join("ear.jwt"), jwt::seal(&ear, "test-key", sign))?;
    fs::write(folder.join("ear.cwt"), cwt::seal(&ear, "test-key", sign))?;
    fs::write(folder.join("key.hex"), hex::encode(key.verifying_key().to_bytes()))
}
