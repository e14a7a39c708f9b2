//! `tdx`: the quote of a trust domain, signed for by Intel's quoting enclave. A domain whose measured image is known
//! keeps its key in memory that the host cannot read: residency R2.

mod evidence;
mod intel;
mod policy;
mod quote;

pub use evidence::Evidence;

use dcap_qvl::quote::TDReport10;
use dcap_qvl::{PckIdentity, QuoteClaims};

use crate::appraisal::Appraisal;
use crate::case::Case;
use crate::check::Check;
use crate::guest;
use crate::kind::Kind;
use crate::rejection::Rejection;
use crate::verifier::Verifier;

/// The verifier of `tdx`. The evidence is an [`Evidence`] in JSON.
#[derive(Clone, Copy, Debug)]
pub struct Tdx;

impl Verifier for Tdx {
    fn kind(&self) -> Kind {
        Kind::Tdx
    }

    fn verify(&self, evidence: &[u8], case: &Case<'_>) -> Result<Appraisal, Rejection> {
        let evidence = Evidence::parse(evidence)?;
        let quote = quote::read(&evidence.quote)?;
        let claims = intel::verify(&quote, &evidence.quote, evidence.collateral(case)?, case)?;
        let domain = quote::domain(&quote)?;
        let mut appraisal = of_platform(&claims);
        policy::firmware(&claims, &mut appraisal);
        policy::is_closed(domain, &mut appraisal)?;
        guest::bind(&mut appraisal, &domain.report_data, case)?;
        guest::run(&mut appraisal, policy::code(domain, case));
        claim(&mut appraisal, &claims, domain);
        Ok(appraisal)
    }
}

/// What the signatures show of the hardware, before any policy.
///
/// The instance is the platform's provisioning identifier (PPID): Intel certifies it with the platform's key, and it
/// stays when new firmware brings a new key.
fn of_platform(claims: &QuoteClaims) -> Appraisal {
    let PckIdentity { ppid, fmspc, .. } = &claims.platform.pck;
    let mut appraisal = Appraisal::of(Kind::Tdx, format!("tdx:{}", hex::encode(ppid)));
    appraisal.model = format!("Intel TDX, FMSPC {}", hex::encode(fmspc));
    for check in [
        Check::Format,
        Check::Size,
        Check::Chain,
        Check::Root,
        Check::Revocation,
        Check::Revoked,
        Check::KeyAttributes,
        Check::Signature,
        Check::Statement,
        Check::Migration,
        Check::Firmware,
    ] {
        appraisal.pass(check);
    }
    // A platform can keep its identifier to itself; then nothing tells it apart.
    if ppid.iter().any(|byte| *byte != 0) {
        appraisal.pass(Check::Identity);
    } else {
        appraisal.leave(Check::Identity);
    }
    appraisal
}

fn claim(appraisal: &mut Appraisal, claims: &QuoteClaims, domain: &TDReport10) {
    appraisal.claim("tcb_status", claims.tcb.status.to_string());
    appraisal.claim("tcb_evaluation", claims.tcb.eval_data_number);
    appraisal.claim("advisories", claims.tcb.advisory_ids.clone());
    appraisal.claim("collateral_expires_s", claims.earliest_expiration_date);
    appraisal.claim("fmspc", claims.platform.pck.fmspc.as_slice());
    let [rtmr0, rtmr1, rtmr2, rtmr3] = policy::registers(domain);
    let bytes: [(&'static str, &[u8]); 12] = [
        ("mrtd", &domain.mr_td),
        ("rtmr0", rtmr0),
        ("rtmr1", rtmr1),
        ("rtmr2", rtmr2),
        ("rtmr3", rtmr3),
        ("mrseam", &domain.mr_seam),
        ("mrconfigid", &domain.mr_config_id),
        ("mrowner", &domain.mr_owner),
        ("mrownerconfig", &domain.mr_owner_config),
        ("td_attributes", &domain.td_attributes),
        ("xfam", &domain.xfam),
        ("report_data", &domain.report_data),
    ];
    for (name, bytes) in bytes {
        appraisal.claim(name, bytes);
    }
}
