//! The certificate that signs reports: of one chip (VCEK) or of a cloud's fleet (VLEK). AMD document 57230, the
//! specification of both, has the extensions.

use der::Decode as _;
use der::asn1::{Ia5StringRef, ObjectIdentifier};

use super::report::Report;
use super::tcb::{Product, Tcb};
use crate::check::Check;
use crate::rejection::Rejection;
use crate::signature::Scheme;
use crate::x509::Certificate;

const PRODUCT: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.3704.1.2");
const BOOTLOADER: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.3704.1.3.1");
const TEE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.3704.1.3.2");
const SNP: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.3704.1.3.3");
const MICROCODE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.3704.1.3.8");
const FMC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.3704.1.3.9");
const CHIP_ID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.3704.1.4");
const CLOUD: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.3704.1.5");

/// The number of ECDSA on P-384 with SHA-384 in a report.
const ECDSA_P384_SHA384: u32 = 1;
/// Where a report says which key signed it.
const KEY_SHIFT: u32 = 2;
const KEY_MASK: u32 = 0b111;

/// What a certificate says of the key that signs reports.
#[derive(Clone, Debug)]
pub(super) struct Signer {
    pub(super) product: Product,
    /// The product with its stepping, as the certificate has it.
    pub(super) model: String,
    pub(super) tcb: Tcb,
    pub(super) of: Of,
}

/// Whose the key is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Of {
    /// One chip's, by its identifier.
    Chip(Vec<u8>),
    /// A cloud's, by name: all of its machines share it.
    Cloud(String),
}

impl Of {
    /// The key's number in a report.
    const fn number(&self) -> u32 {
        match self {
            Self::Chip(_) => 0,
            Self::Cloud(_) => 1,
        }
    }
}

impl Signer {
    /// Reads what the first certificate of a chain says.
    pub(super) fn read(certificate: &Certificate) -> Result<Self, Rejection> {
        let model = text(certificate, PRODUCT)?.ok_or_else(|| no_signer("names no product"))?;
        let product = Product::named(&model)
            .ok_or_else(|| no_signer(&format!("is of `{model}`; Milan, Genoa and Turin are read")))?;
        let of = match (certificate.extension(CHIP_ID), text(certificate, CLOUD)?) {
            (Some(chip), None) => Of::Chip(chip.to_vec()),
            (None, Some(cloud)) => Of::Cloud(cloud),
            _ => return Err(no_signer("names not exactly one of a chip and a cloud")),
        };
        let part = |id| part(certificate, id);
        let fmc = if product == Product::Turin { part(FMC)? } else { 0 };
        let (bootloader, tee) = (part(BOOTLOADER)?, part(TEE)?);
        let (snp, microcode) = (part(SNP)?, part(MICROCODE)?);
        Ok(Self { product, model, tcb: Tcb { fmc, bootloader, tee, snp, microcode }, of })
    }

    /// Whether the key of `certificate` signed a report, as the report says.
    pub(super) fn signed(&self, certificate: &Certificate, report: &Report) -> Result<(), Rejection> {
        if !Scheme::P384Sha384Raw.holds(certificate.key(), &report.signed, &report.signature) {
            let why = "the report is not signed by the first certificate of its chain";
            return Err(Rejection::new(Check::Signature, why));
        }
        let (algorithm, key) = (report.signature_algorithm, report.key_info >> KEY_SHIFT & KEY_MASK);
        if (algorithm, key) != (ECDSA_P384_SHA384, self.of.number()) {
            let why = format!("the report names algorithm {algorithm} and key {key}, its certificate others");
            return Err(Rejection::new(Check::Statement, why));
        }
        Ok(())
    }

    /// Whether the report is of the firmware that the key was made for. A key is derived from these versions, so that
    /// older firmware cannot have it.
    pub(super) fn has_firmware_of(&self, report: &Report) -> Result<(), Rejection> {
        if Tcb::read(self.product, report.reported_tcb) == Some(self.tcb) {
            return Ok(());
        }
        let why = format!(
            "the report names platform firmware {}, its certificate {:?}",
            hex::encode(report.reported_tcb),
            self.tcb
        );
        Err(Rejection::new(Check::Firmware, why))
    }

    /// Whether the report is of the chip that its certificate names. None: the report hides its chip, or the
    /// certificate is of a whole cloud and the signed report alone names the chip.
    pub(super) fn is_of_chip(&self, report: &Report) -> Result<(), Rejection> {
        let Of::Chip(of) = &self.of else { return Ok(()) };
        // Turin's identifiers are shorter than the field that reports have for them.
        let (start, rest) = report.chip_id.split_at_checked(of.len()).unwrap_or_default();
        if report.hides_chip() || (start == of && rest.iter().all(|byte| *byte == 0)) {
            return Ok(());
        }
        let why = "the report names another chip than its certificate";
        Err(Rejection::new(Check::Identity, why))
    }
}

impl Report {
    /// Whether the machine was told to hide which chip it is.
    pub(super) fn hides_chip(&self) -> bool {
        self.chip_id == [0; 64]
    }
}

/// A part of the firmware's version.
fn part(certificate: &Certificate, id: ObjectIdentifier) -> Result<u8, Rejection> {
    let value = certificate.extension(id).and_then(|value| u8::from_der(value).ok());
    value.ok_or_else(|| no_signer(&format!("has no version of firmware in extension {id}")))
}

/// A text in an extension.
fn text(certificate: &Certificate, id: ObjectIdentifier) -> Result<Option<String>, Rejection> {
    let Some(value) = certificate.extension(id) else { return Ok(None) };
    let text =
        Ia5StringRef::from_der(value).map_err(|_| no_signer(&format!("has no text in extension {id}")))?;
    Ok(Some(text.as_str().to_owned()))
}

fn no_signer(why: &str) -> Rejection {
    Rejection::format(format!("the first certificate {why}: give the VCEK or VLEK of the machine first"))
}
