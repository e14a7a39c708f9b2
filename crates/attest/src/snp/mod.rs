//! `sev-snp`: the report of a confidential virtual machine, signed by AMD's secure processor. A machine whose measured
//! image is known keeps its key in memory that the host cannot read: residency R2.
//!
//! The layouts are read here and not by a library: they are small and fixed, and the crate that is there refuses
//! reports that hide their chip, and comes with calls to devices.

mod evidence;
mod policy;
mod report;
mod signer;
mod tcb;

pub use evidence::Evidence;
pub use report::REPORT_BYTES;

use crate::appraisal::Appraisal;
use crate::case::Case;
use crate::check::Check;
use crate::guest;
use crate::kind::Kind;
use crate::rejection::Rejection;
use crate::trust::Tier;
use crate::verifier::Verifier;
use crate::x509::{Certificate, Chain};

use report::Report;
use signer::{Of, Signer};

/// The certificates of a chain: the signer's, AMD's for a product, AMD's root of that product.
const CERTIFICATES: usize = 3;

/// The verifier of `sev-snp`. The evidence is an [`Evidence`] in JSON.
#[derive(Clone, Copy, Debug)]
pub struct SevSnp;

impl Verifier for SevSnp {
    fn kind(&self) -> Kind {
        Kind::SevSnp
    }

    fn verify(&self, evidence: &[u8], case: &Case<'_>) -> Result<Appraisal, Rejection> {
        let evidence = Evidence::parse(evidence)?;
        let report = Report::parse(&evidence.report)?;
        let chain = chain(&evidence.chain, case)?;
        let signer = Signer::read(chain.leaf())?;
        signer.signed(chain.leaf(), &report)?;
        signer.has_firmware_of(&report)?;
        signer.is_of_chip(&report)?;
        let mut appraisal = of_machine(&report, &signer, chain.leaf());
        policy::is_closed(&report, &mut appraisal)?;
        policy::is_new_enough(&signer, case, &mut appraisal)?;
        guest::bind(&mut appraisal, &report.report_data, case)?;
        guest::run(&mut appraisal, policy::code(&report, case));
        claim(&mut appraisal, &report, &signer);
        Ok(appraisal)
    }
}

/// The chain, if it ends at one of AMD's roots and none of its keys is revoked.
fn chain(list: &[Vec<u8>], case: &Case<'_>) -> Result<Chain, Rejection> {
    if list.len() != CERTIFICATES {
        let why =
            format!("a chain of {} certificates; give {CERTIFICATES}: VCEK or VLEK, ASK, ARK", list.len());
        return Err(Rejection::new(Check::Size, why));
    }
    let certificates = list.iter().map(|der| Certificate::parse(der)).collect::<Result<_, _>>()?;
    let chain = Chain::verify(certificates, case.now)?;
    guest::is_pinned(chain.root(), Kind::SevSnp, case)?;
    guest::is_not_revoked(chain.all(), case)?;
    Ok(chain)
}

/// What the signature shows of the hardware, before any policy.
fn of_machine(report: &Report, signer: &Signer, leaf: &Certificate) -> Appraisal {
    let hidden = report.hides_chip();
    // A key of a chip tells chips apart where the report does not; a cloud's does not, and the check stays open.
    let instance = if hidden { hex::encode(leaf.key_sha256()) } else { hex::encode(report.chip_id) };
    let mut appraisal = Appraisal::of(Kind::SevSnp, format!("snp:{instance}"));
    appraisal.model = format!("AMD {}", signer.model);
    appraisal.trust.hardware = Tier::Affirming;
    let done = [
        Check::Format,
        Check::Size,
        Check::Chain,
        Check::Root,
        Check::Revoked,
        Check::Signature,
        Check::Statement,
    ];
    for check in done.into_iter().chain([Check::Firmware]) {
        appraisal.pass(check);
    }
    appraisal.leave(Check::Revocation);
    if hidden {
        appraisal.leave(Check::Identity);
    } else {
        appraisal.pass(Check::Identity);
    }
    appraisal
}

fn claim(appraisal: &mut Appraisal, report: &Report, signer: &Signer) {
    let numbers: [(&'static str, u64); 8] = [
        ("policy", report.policy),
        ("platform_info", report.platform_info),
        ("guest_svn", report.guest_svn.into()),
        ("tcb_fmc", signer.tcb.fmc.into()),
        ("tcb_bootloader", signer.tcb.bootloader.into()),
        ("tcb_tee", signer.tcb.tee.into()),
        ("tcb_snp", signer.tcb.snp.into()),
        ("tcb_microcode", signer.tcb.microcode.into()),
    ];
    for (name, number) in numbers {
        appraisal.claim(name, number);
    }
    let bytes: [(&'static str, &[u8]); 9] = [
        ("measurement", &report.measurement),
        ("report_data", &report.report_data),
        ("host_data", &report.host_data),
        ("family_id", &report.family_id),
        ("image_id", &report.image_id),
        ("id_key_digest", &report.id_key_digest),
        ("author_key_digest", &report.author_key_digest),
        ("report_id", &report.report_id),
        ("chip_id", &report.chip_id),
    ];
    for (name, bytes) in bytes {
        appraisal.claim(name, bytes);
    }
    appraisal.claim("product", signer.product.name());
    match &signer.of {
        Of::Chip(_) => appraisal.claim("signed_by", "VCEK"),
        Of::Cloud(cloud) => {
            appraisal.claim("signed_by", "VLEK");
            appraisal.claim("cloud", cloud.as_str());
        }
    }
}
