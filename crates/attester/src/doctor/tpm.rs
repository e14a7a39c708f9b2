//! Whether a TPM can quote.

use lightcone_attest::Kind;

use super::{Built, Row, State, device};
use crate::root::Root;

/// A TPM behind the kernel's resource manager: several programs can use it, and nothing stays loaded in it.
const MANAGED: &str = "dev/tpmrm0";
/// A TPM as such.
const BARE: &str = "dev/tpm0";
/// The generation of a TPM: 1 or 2.
const GENERATION: &str = "sys/class/tpm/tpm0/tpm_version_major";
const NONE: &str = "turn the TPM on in the machine's firmware (Intel PTT, AMD fTPM), give a virtual machine a TPM, or \
    for a trial run swtpm";

pub(super) fn row(root: &Root, built: Built) -> Row {
    const KIND: &str = Kind::Tpm2Quote.name();
    if !built.tpm {
        return Row::not_built(KIND, "tpm");
    }
    if root.number(GENERATION) == Some(1) {
        return Row::new(
            KIND,
            State::Missing,
            "the TPM is of version 1.2",
            "a TPM 2.0 is needed: look for it in the firmware",
        );
    }
    let missing = if root.has(BARE) {
        let why = format!("/{BARE} is there without the kernel's resource manager");
        Row::new(KIND, State::Missing, why, "use a kernel of 4.12 or later")
    } else {
        Row::new(KIND, State::Missing, format!("no /{MANAGED}"), NONE)
    };
    let why = format!(
        "/{MANAGED} opens; it counts if its endorsement certificate leads to a pinned root, which that of a software TPM \
         (swtpm) does not"
    );
    device(KIND, root.access(MANAGED), MANAGED, why, missing)
}
