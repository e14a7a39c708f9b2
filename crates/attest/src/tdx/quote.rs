//! The quote of Intel TDX: versions 4 and 5 of Intel's DCAP Quoting Library API. The library reads the fields; what it
//! skips over is looked at here, so that no byte of a quote says something that nobody signed.

use dcap_qvl::quote::{AuthData, AuthDataV4, Quote, TDReport10};

use crate::check::Check;
use crate::rejection::Rejection;
use crate::x509::{self, Certificate};

/// The certification data of a quote is a report of the quoting enclave with data of its own.
const QE_REPORT: u16 = 6;
/// Those are the certificates of the platform's key, in PEM.
const PCK_CHAIN: u16 = 5;
/// Signature, attestation key, type and length of the certification data.
const BEFORE_CERTIFICATION: usize = 64 + 64 + 2 + 4;
/// The quoting enclave's report and its signature, then a length, then a type and a length.
const AROUND_QE_DATA: usize = 384 + 64 + 2 + 2 + 4;

/// Reads a quote of a trust domain, to the last byte.
pub(super) fn read(bytes: &[u8]) -> Result<Quote, Rejection> {
    let quote = Quote::parse(bytes)
        .map_err(|error| Rejection::format(format!("the quote cannot be read: {error:#}")))?;
    if quote.header.is_sgx() || quote.report.as_td10().is_none() {
        let why = "this is a quote of an SGX enclave; one of a TDX domain is needed";
        return Err(Rejection::new(Check::Statement, why));
    }
    if is_whole(&quote, bytes) != Some(true) {
        return Err(Rejection::format(
            "the quote has bytes that belong to no field, or lengths that disagree",
        ));
    }
    Ok(quote)
}

/// What the domain measures of itself.
pub(super) fn domain(quote: &Quote) -> Result<&TDReport10, Rejection> {
    quote.report.as_td10().ok_or_else(|| Rejection::format("the quote has no report of a TDX domain"))
}

/// The certificates of the platform's key, its own first, Intel's root last: those in the quote, else those of the
/// collateral.
pub(super) fn chain(quote: &Quote, collateral: Option<&str>) -> Result<Vec<Certificate>, Rejection> {
    let inside = (quote.inner_cert_type() == PCK_CHAIN)
        .then(|| std::str::from_utf8(quote.inner_cert_data()))
        .transpose()
        .map_err(|_| Rejection::format("the quote's certificates are no PEM"))?;
    let pem = inside.or(collateral).ok_or_else(|| {
        let kind = quote.inner_cert_type();
        let why =
            format!("the quote has certification data {kind} and no chain: fetch it with the collateral");
        Rejection::new(Check::Chain, why)
    })?;
    x509::certificates(pem)
}

/// Whether each length is that of what it spans, and nothing but zeros follows.
fn is_whole(quote: &Quote, bytes: &[u8]) -> Option<bool> {
    let AuthData::V4(AuthDataV4 { certification_data, qe_report_data, .. }) = &quote.auth_data else {
        return Some(false);
    };
    let outer = certification_data.body.data.len();
    let inner = AROUND_QE_DATA
        + qe_report_data.qe_auth_data.data.len()
        + qe_report_data.certification_data.body.data.len();
    let (declared, rest) = bytes.get(quote.signed_length()..)?.split_first_chunk()?;
    let declared = usize::try_from(u32::from_le_bytes(*declared)).ok()?;
    let padding = rest.get(declared..)?;
    Some(
        certification_data.cert_type == QE_REPORT
            && outer == inner
            && declared == BEFORE_CERTIFICATION + outer
            && padding.iter().all(|byte| *byte == 0),
    )
}
