//! Registers of the SHA-256 bank.

use std::collections::BTreeSet;

use lightcone_attest::tpm2::Pcrs;
use sha2::{Digest as _, Sha256};
use tss_esapi::interface_types::algorithm::HashingAlgorithm;
use tss_esapi::structures::{PcrSelectionList, PcrSelectionListBuilder, PcrSlot};

use super::failure::{Failure, Outcome};

/// The registers that a TPM has.
const COUNT: u8 = 24;

/// Some registers, as TPMs are asked for them.
pub(super) fn selection(pcrs: &BTreeSet<u8>) -> Outcome<PcrSelectionList> {
    let refused = |why: String| Failure::new(why, "name at least one register from 0 to 23");
    if pcrs.is_empty() {
        return Err(refused("no register is to be quoted".to_owned()));
    }
    let slot = |number: &u8| {
        let bit = (*number < COUNT).then(|| 1_u32 << number);
        bit.and_then(|bit| PcrSlot::try_from(bit).ok())
            .ok_or_else(|| refused(format!("no register {number}")))
    };
    let slots = pcrs.iter().map(slot).collect::<Outcome<Vec<PcrSlot>>>()?;
    PcrSelectionListBuilder::new()
        .with_selection(HashingAlgorithm::Sha256, &slots)
        .build()
        .map_err(|error| refused(error.to_string()))
}

/// What a quote signs of registers: SHA-256 over their values, the lowest register first.
pub(super) fn digest(pcrs: &Pcrs) -> Vec<u8> {
    let hash = pcrs.values().fold(Sha256::new(), Sha256::chain_update);
    hash.finalize().to_vec()
}
