//! Certificates in PEM (RFC 7468).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{CHAIN_MAX, Certificate};
use crate::check::Check;
use crate::rejection::Rejection;

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";
/// The digits of one line.
const LINE_DIGITS: usize = 64;

/// Reads all certificates of a text, in their order. Text between them is not looked at.
pub(crate) fn certificates(text: &str) -> Result<Vec<Certificate>, Rejection> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once(BEGIN) {
        let (body, after) = after
            .split_once(END)
            .ok_or_else(|| Rejection::format("a certificate begins in PEM and does not end"))?;
        if found.len() == CHAIN_MAX {
            return Err(Rejection::new(Check::Size, format!("more than {CHAIN_MAX} certificates")));
        }
        let digits: String = body.chars().filter(|letter| !letter.is_ascii_whitespace()).collect();
        let der = STANDARD
            .decode(digits)
            .map_err(|error| Rejection::format(format!("a certificate in PEM is not base64: {error}")))?;
        found.push(Certificate::parse(&der)?);
        rest = after;
    }
    Ok(found)
}

/// Writes certificates in their order.
pub(crate) fn to_pem(certificates: &[Certificate]) -> String {
    let written = certificates.iter().map(|certificate| {
        let digits = STANDARD.encode(certificate.der());
        let lines: Vec<String> = digits
            .as_bytes()
            .chunks(LINE_DIGITS)
            .map(|line| String::from_utf8_lossy(line).into_owned())
            .collect();
        format!("{BEGIN}\n{}\n{END}\n", lines.join("\n"))
    });
    written.collect()
}
