//! `tpm2-quote`: the TPM of this host signs what was measured when it booted.
//!
//! The attestation key is made anew for each call, from a fixed template and the TPM's own endorsement seed: always the
//! same key, kept nowhere. Nothing is written into the TPM, and nothing is held in it between calls.

mod commands;
mod device;
mod failure;
mod registers;
mod templates;

use std::collections::BTreeSet;

use lightcone_attest::Kind;
use lightcone_attest::tpm2::{Credential, Evidence};
use tss_esapi::structures::PcrSelectionList;

use crate::source::{Piece, Source, Unavailable};
use device::Device;
use failure::{Failure, Outcome};

/// The registers that are quoted unless others are asked for: firmware, boot loader and keys (0 to 7), and what Linux
/// measured since (10).
pub const PCRS: [u8; 9] = [0, 1, 2, 3, 4, 5, 6, 7, 10];
/// Quotes that are asked for until one is over the values that were read beside it.
const QUOTES_MAX: usize = 3;

/// A TPM of this host. Each call opens the device, waits for as long as the TPM takes, and closes it again: some tenths of a
/// second for a quote, seconds for an activation. To be called off the threads that serve sockets.
#[derive(Clone, Debug)]
pub struct Tpm {
    device: String,
    issuers: Vec<Vec<u8>>,
    pcrs: BTreeSet<u8>,
}

impl Tpm {
    /// The TPM behind a TCTI, as tools name it: `device:/dev/tpmrm0`, or `swtpm:host=127.0.0.1,port=2321`. Devices without a
    /// resource manager, such as `/dev/tpm0`, must have no other user meanwhile. `issuers` are the certificates above the
    /// endorsement key's, in DER, the maker's root last.
    #[must_use]
    pub fn new(device: impl Into<String>, issuers: Vec<Vec<u8>>) -> Self {
        Self { device: device.into(), issuers, pcrs: BTreeSet::from(PCRS) }
    }

    /// The same, over other registers: those that the reference values name.
    #[must_use]
    pub fn over(self, pcrs: impl IntoIterator<Item = u8>) -> Self {
        Self { pcrs: pcrs.into_iter().collect(), ..self }
    }

    /// Opens a credential that was made for this TPM's endorsement key and for the attestation key of its quotes: what
    /// comes back is the secret. Waits for the TPM, which makes an RSA key for it: seconds on some.
    ///
    /// # Errors
    /// The TPM is not there, or the credential is for another TPM or key.
    pub fn activate(&mut self, credential: &Credential) -> Result<Vec<u8>, Unavailable> {
        self.open()
            .and_then(|mut device| device.activate(credential))
            .map_err(|failure| self.unavailable(failure))
    }

    fn open(&self) -> Outcome<Device> {
        Device::open(&self.device)
    }

    fn quote(&self, binding: &[u8; 32]) -> Outcome<Evidence> {
        let selection: PcrSelectionList = registers::selection(&self.pcrs)?;
        let mut device = self.open()?;
        let endorsement = device.endorsement_certificate()?;
        let ek_chain: Vec<Vec<u8>> =
            std::iter::once(endorsement).chain(self.issuers.iter().cloned()).collect();
        for _ in 0..QUOTES_MAX {
            let quoted = device.quote(binding, &selection)?;
            let pcrs = device.registers(&self.pcrs)?;
            if registers::digest(&pcrs) == quoted.digest {
                let (attest, signature, ak_public) = (quoted.attest, quoted.signature, quoted.ak_public);
                return Ok(Evidence { attest, signature, ak_public, ek_chain, pcrs });
            }
        }
        Err(Failure::new(
            format!("the registers changed while they were read, {QUOTES_MAX} times over"),
            "leave out registers that change while the system runs",
        ))
    }

    fn unavailable(&self, failure: Failure) -> Unavailable {
        let Failure { why, remedy } = failure;
        Unavailable { kind: Kind::Tpm2Quote, device: self.device.clone(), why, remedy }
    }
}

impl Source for Tpm {
    fn kind(&self) -> Kind {
        Kind::Tpm2Quote
    }

    fn collect(&mut self, binding: &[u8; 32]) -> Result<Vec<Piece>, Unavailable> {
        let evidence = self.quote(binding).map_err(|failure| self.unavailable(failure))?;
        Ok(vec![Piece { kind: Kind::Tpm2Quote, payload: evidence.to_json() }])
    }
}
