//! Certificates that a device does not hand out, from a file of the host's.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use lightcone_attest::tpm2::certificates;

/// The most bytes that a file of certificates may have.
const FILE_BYTES_MAX: u64 = 65_536;

/// The text of a file, for certificates in PEM.
///
/// # Errors
/// The file cannot be read, is too long, or is no text.
pub fn pem(path: &Path) -> io::Result<String> {
    let bytes = read(path)?;
    String::from_utf8(bytes).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "this is no PEM"))
}

/// The certificates of a file, each in DER, in their order: one in DER, or any number in PEM.
///
/// # Errors
/// The file cannot be read, is too long, or holds no certificate.
pub fn der(path: &Path) -> io::Result<Vec<Vec<u8>>> {
    certificates(&read(path)?).map_err(|rejection| io::Error::new(io::ErrorKind::InvalidData, rejection.why))
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        let why = format!("more than {FILE_BYTES_MAX} bytes: this is no chain of certificates");
        return Err(io::Error::new(io::ErrorKind::InvalidData, why));
    }
    Ok(bytes)
}
