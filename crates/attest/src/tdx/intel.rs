//! Intel's rules for quotes: the platform's certificates, the lists of revoked ones, the quoting enclave and the
//! firmware's versions. The library `dcap-qvl` has the rules, this project's cryptography does the sums, and both the
//! root and the time are handed in.

use dcap_qvl::config::{Config, CryptoProvider};
use dcap_qvl::quote::Quote;
use dcap_qvl::signature::DerSigEncoder;
use dcap_qvl::verify::QuoteVerifier;
use dcap_qvl::x509::X509CertBackend;
use dcap_qvl::{QuoteClaims, QuoteCollateralV3, QuotePolicy};
use rustls_pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id};
use sha2::{Digest as _, Sha256, Sha384};

use crate::case::Case;
use crate::check::Check;
use crate::guest;
use crate::kind::Kind;
use crate::rejection::Rejection;
use crate::signature::Scheme;
use crate::x509;

use super::quote;

/// What the library says of a failure holds, then the check that failed. The first line that fits counts.
const FAILURES: [(&str, Check); 16] = [
    ("CertRevoked", Check::Revocation),
    ("Crl", Check::Revocation),
    ("CRL", Check::Revocation),
    ("UnknownRevocationStatus", Check::Revocation),
    ("certificate chain", Check::Chain),
    ("Cert", Check::Chain),
    ("TD migration", Check::Migration),
    ("SERVTD", Check::Migration),
    ("service TD", Check::Migration),
    ("TD attributes", Check::Debug),
    ("SEPT_VE_DISABLE", Check::Debug),
    ("TCB", Check::Tcb),
    ("SVN", Check::Tcb),
    ("QE Identity", Check::Tcb),
    ("TDX module", Check::Firmware),
    ("QE report hash", Check::KeyAttributes),
];

/// Holds a quote against collateral.
///
/// # Errors
/// The check that failed; [`Check::Signature`] where the library's words tell no other.
pub(super) fn verify(
    quote: &Quote,
    bytes: &[u8],
    mut collateral: QuoteCollateralV3,
    case: &Case<'_>,
) -> Result<QuoteClaims, Rejection> {
    let chain = quote::chain(quote, collateral.pck_certificate_chain.as_deref())?;
    let root = chain.last().ok_or_else(|| Rejection::new(Check::Chain, "the quote has no certificates"))?;
    guest::is_pinned(root, Kind::Tdx, case)?;
    guest::is_not_revoked(&chain, case)?;
    // The very certificates that were looked at here are those that the library looks at.
    collateral.pck_certificate_chain = Some(x509::to_pem(&chain));
    let now = u64::try_from(case.now.as_s())
        .map_err(|_| Rejection::new(Check::Chain, format!("no certificate is valid at {}", case.now)))?;
    // Debugging is no matter of signatures: it is asked of what was signed, and refused there.
    QuoteVerifier::<AwsLc>::new_with_config(root.der().to_vec())
        .allow_debug(true)
        .verify_with_policy(bytes, collateral, now, &QuotePolicy::claims_only(now))
        .map_err(|error| failed(&format!("{error:#}")))
}

fn failed(why: &str) -> Rejection {
    let check = FAILURES.iter().find(|(words, _)| why.contains(words)).map(|(_, check)| *check);
    Rejection::new(check.unwrap_or(Check::Signature), format!("Intel's rules refuse the quote: {why}"))
}

/// What the library is built from.
struct AwsLc;

impl Config for AwsLc {
    type X509 = X509CertBackend;
    type SigEncoder = DerSigEncoder;
    type Crypto = Self;
}

impl CryptoProvider for AwsLc {
    fn sig_algo() -> &'static dyn SignatureVerificationAlgorithm {
        &P256Sha256
    }

    fn sha256(data: &[u8]) -> [u8; 32] {
        Sha256::digest(data).into()
    }

    fn sha384(data: &[u8]) -> [u8; 48] {
        Sha384::digest(data).into()
    }
}

/// ECDSA on P-256 with SHA-256, the one way in which Intel signs.
#[derive(Debug)]
struct P256Sha256;

impl SignatureVerificationAlgorithm for P256Sha256 {
    fn verify_signature(&self, key: &[u8], message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        if Scheme::P256Sha256.holds(key, message, signature) { Ok(()) } else { Err(InvalidSignature) }
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_P256
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_SHA256
    }
}
