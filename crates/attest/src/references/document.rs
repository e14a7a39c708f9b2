//! The document of references.

use serde::{Deserialize, Serialize};

use super::{Firmware, Image, Measured, Root};
use crate::kind::Kind;
use crate::time::UnixTime;

/// The format that a document names.
pub const FORMAT: &str = "lightcone-references/1";
/// The most bytes that a document may have.
const DOCUMENT_BYTES_MAX: usize = 16 * 1024 * 1024;
/// The registers that a TPM has.
const PCRS: u8 = 24;
/// The registers of TDX that are measured while it runs.
const RTMRS: u8 = 4;

/// Roots, known images, makers' firmware and devices that are revoked. Every list may be left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// [`FORMAT`].
    pub format: String,
    /// Goes up with every document of one issuer.
    pub version: u64,
    /// When it was issued, in seconds of Unix time.
    pub issued_s: i64,
    /// Until when it is to be used, in seconds of Unix time.
    pub expires_s: i64,
    /// Makers' roots.
    #[serde(default)]
    pub roots: Vec<Root>,
    /// Known code.
    #[serde(default)]
    pub images: Vec<Image>,
    /// Makers' firmware.
    #[serde(default)]
    pub firmware: Vec<Firmware>,
    /// The oldest platform firmware that is taken, of AMD's products.
    #[serde(default)]
    pub snp_floors: Vec<SnpFloor>,
    /// Devices and certificates that are not taken.
    #[serde(default)]
    pub revoked: Vec<Revoked>,
}

/// The oldest firmware of one AMD product that is taken. Parts that a product lacks are 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SnpFloor {
    /// The product: `Milan`, `Genoa` or `Turin`.
    pub product: String,
    /// Boot loader.
    pub bootloader: u8,
    /// The secure processor's system.
    pub tee: u8,
    /// SNP firmware.
    pub snp: u8,
    /// Microcode.
    pub microcode: u8,
}

/// A device or certificate that is not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revoked {
    /// SHA-256 of its SubjectPublicKeyInfo, 64 lower-case hexadecimal digits.
    pub key_sha256: String,
    /// Why.
    pub reason: String,
}

/// A document that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("references: `{field}` is `{value}`: {remedy}")]
pub struct InvalidReferences {
    /// Where.
    pub field: String,
    /// What stands there.
    pub value: String,
    /// What to do about it.
    pub remedy: String,
}

impl Default for Document {
    /// Nothing is known, at any time.
    fn default() -> Self {
        Self {
            format: FORMAT.to_owned(),
            version: 0,
            issued_s: 0,
            expires_s: i64::MAX,
            roots: Vec::new(),
            images: Vec::new(),
            firmware: Vec::new(),
            snp_floors: Vec::new(),
            revoked: Vec::new(),
        }
    }
}

impl Document {
    /// Reads a document and checks every value in it.
    ///
    /// # Errors
    /// The first value that cannot be, with its place and the remedy.
    pub fn parse(json: &[u8]) -> Result<Self, InvalidReferences> {
        if json.len() > DOCUMENT_BYTES_MAX {
            let remedy = format!("split it: at most {DOCUMENT_BYTES_MAX} bytes are read");
            return Err(invalid("document", format_args!("{} bytes", json.len()), remedy));
        }
        let document: Self = serde_json::from_slice(json)
            .map_err(|error| invalid("document", error, "write it as docs/attestation.md shows"))?;
        document.check()?;
        Ok(document)
    }

    /// The bytes that are signed: the same document gives the same.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Whether it is to be used at a moment.
    #[must_use]
    pub fn holds_at(&self, now: UnixTime) -> bool {
        (self.issued_s..self.expires_s).contains(&now.as_s())
    }

    fn check(&self) -> Result<(), InvalidReferences> {
        if self.format != FORMAT {
            return Err(invalid("format", &self.format, format!("write `{FORMAT}`")));
        }
        if self.issued_s >= self.expires_s {
            return Err(invalid("expires_s", self.expires_s, "name a second after `issued_s`"));
        }
        for (place, root) in self.roots.iter().enumerate() {
            kind(&format!("roots[{place}].kind"), &root.kind)?;
            digits(&format!("roots[{place}].sha256"), &root.sha256, 32)?;
        }
        for (place, image) in self.images.iter().enumerate() {
            measured(&format!("images[{place}].measured"), &image.measured)?;
        }
        for (place, firmware) in self.firmware.iter().enumerate() {
            kind(&format!("firmware[{place}].kind"), &firmware.kind)?;
            for (index, value) in firmware
                .measurements
                .iter()
                .flat_map(|(index, all)| all.iter().map(move |value| (index, value)))
            {
                let at = format!("firmware[{place}].measurements[{index}]");
                if !value.len().is_multiple_of(2) || !is_digits(value) {
                    return Err(invalid(&at, value, "write a digest in lower-case hexadecimal"));
                }
            }
        }
        for (place, revoked) in self.revoked.iter().enumerate() {
            digits(&format!("revoked[{place}].key_sha256"), &revoked.key_sha256, 32)?;
        }
        Ok(())
    }
}

fn measured(at: &str, measured: &Measured) -> Result<(), InvalidReferences> {
    match measured {
        Measured::Tpm2 { pcrs } => registers(&format!("{at}.pcrs"), pcrs, PCRS, 32),
        Measured::SevSnp { measurement } => digits(&format!("{at}.measurement"), measurement, 48),
        Measured::Tdx { mrtd, rtmrs } => {
            digits(&format!("{at}.mrtd"), mrtd, 48)?;
            registers(&format!("{at}.rtmrs"), rtmrs, RTMRS, 48)?;
            // Kernel, command line and first file system are in these two.
            match [1, 2].into_iter().find(|number| !rtmrs.contains_key(number)) {
                Some(number) => {
                    let remedy = "name registers 1 and 2: without them any kernel and command line will do";
                    Err(invalid(&format!("{at}.rtmrs[{number}]"), "", remedy))
                }
                None => Ok(()),
            }
        }
    }
}

fn registers(
    at: &str,
    registers: &std::collections::BTreeMap<u8, String>,
    count: u8,
    bytes: usize,
) -> Result<(), InvalidReferences> {
    if registers.is_empty() {
        return Err(invalid(at, "", "name at least one register: an image without any is every image"));
    }
    for (number, value) in registers {
        if *number >= count {
            return Err(invalid(at, number, format!("registers are 0 to {}", count - 1)));
        }
        digits(&format!("{at}[{number}]"), value, bytes)?;
    }
    Ok(())
}

fn kind(at: &str, name: &str) -> Result<(), InvalidReferences> {
    let known = || Kind::ALL.map(Kind::name).join(", ");
    Kind::named(name).map(drop).ok_or_else(|| invalid(at, name, format!("name one of {}", known())))
}

fn digits(at: &str, value: &str, bytes: usize) -> Result<(), InvalidReferences> {
    if value.len() == 2 * bytes && is_digits(value) {
        return Ok(());
    }
    Err(invalid(at, value, format!("write {} lower-case hexadecimal digits", 2 * bytes)))
}

fn is_digits(value: &str) -> bool {
    value.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
}

fn invalid(field: &str, value: impl std::fmt::Display, remedy: impl Into<String>) -> InvalidReferences {
    InvalidReferences { field: field.to_owned(), value: value.to_string(), remedy: remedy.into() }
}
