//! Machines that do not exist: evidence with the right form, signed under roots of our own. Each test file uses a part.
#![expect(dead_code, reason = "each test file uses a part of it")]

pub(crate) mod snp;
pub(crate) mod tdx;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The certificates of a text in PEM, in DER.
pub(crate) fn from_pem(text: &str) -> Vec<Vec<u8>> {
    let bodies = text.split("-----BEGIN CERTIFICATE-----").skip(1);
    let bodies = bodies.map(|rest| rest.split("-----END").next().unwrap().split_whitespace().collect());
    bodies.map(|digits: String| STANDARD.decode(digits).unwrap()).collect()
}

/// Certificates in DER, in PEM.
pub(crate) fn to_pem(chain: &[&rcgen::Certificate]) -> String {
    let block = |der: &[u8]| {
        format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", STANDARD.encode(der))
    };
    chain.iter().map(|certificate| block(certificate.der())).collect()
}
