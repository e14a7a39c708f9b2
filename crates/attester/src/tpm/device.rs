//! An open TPM: what is asked of it, and what it means when it fails.

use std::collections::BTreeSet;
use std::str::FromStr as _;

use lightcone_attest::tpm2::{Credential, Pcrs};
use tss_esapi::abstraction::{AsymmetricAlgorithmSelection, ek};
use tss_esapi::interface_types::key_bits::RsaKeyBits;
use tss_esapi::structures::PcrSelectionList;
use tss_esapi::{Context, TctiNameConf};

use super::commands::{self, Quoted};
use super::failure::{Failure, Outcome};
use super::registers;

/// The most registers that a TPM gives at once.
const REGISTERS_AT_ONCE: usize = 8;

/// A TPM that is open; closed when dropped.
#[derive(Debug)]
pub(super) struct Device {
    context: Context,
}

impl Device {
    /// Opens the TPM behind a TCTI.
    pub(super) fn open(device: &str) -> Outcome<Self> {
        let remedy =
            "name a TCTI such as `device:/dev/tpmrm0`, and let the agent's user read and write the device";
        let tcti = TctiNameConf::from_str(device).map_err(Failure::of("it is no TCTI", remedy))?;
        let context = Context::new(tcti).map_err(Failure::of("it cannot be opened", remedy))?;
        Ok(Self { context })
    }

    /// The certificate of the RSA endorsement key, in DER: what the maker wrote at NV index 0x01c00002.
    pub(super) fn endorsement_certificate(&mut self) -> Outcome<Vec<u8>> {
        let remedy =
            "use a TPM whose maker certified it, with its RSA 2048 certificate at NV index 0x01c00002";
        let failed = Failure::of("no endorsement certificate", remedy);
        let rsa = AsymmetricAlgorithmSelection::Rsa(RsaKeyBits::Rsa2048);
        let stored = ek::retrieve_ek_pubcert(&mut self.context, rsa).map_err(failed)?;
        let certificate = certificate_of(&stored).map(<[u8]>::to_vec);
        certificate.ok_or_else(|| Failure::new("what is stored there is no certificate", remedy))
    }

    /// A quote over registers by the attestation key, with 32 bytes in it.
    pub(super) fn quote(&mut self, nonce: &[u8; 32], selection: &PcrSelectionList) -> Outcome<Quoted> {
        let remedy = "see that the endorsement hierarchy is enabled and has no password, and that no other program \
                      holds the TPM's memory";
        commands::quote(&mut self.context, nonce, selection).map_err(Failure::of("no quote", remedy))
    }

    /// The values of registers.
    pub(super) fn registers(&mut self, pcrs: &BTreeSet<u8>) -> Outcome<Pcrs> {
        let remedy = "see that the TPM's SHA-256 bank is on in the firmware's settings";
        let numbers: Vec<u8> = pcrs.iter().copied().collect();
        let mut values = Pcrs::new();
        for some in numbers.chunks(REGISTERS_AT_ONCE) {
            let selection = registers::selection(&some.iter().copied().collect())?;
            let read = commands::registers(&mut self.context, selection)
                .map_err(Failure::of("the registers cannot be read", remedy))?;
            if read.len() != some.len() {
                let why = format!("{} of registers {some:?} have a value", read.len());
                return Err(Failure::new(why, remedy));
            }
            values.extend(some.iter().copied().zip(read));
        }
        Ok(values)
    }

    /// The secret of a credential.
    pub(super) fn activate(&mut self, credential: &Credential) -> Outcome<Vec<u8>> {
        let remedy = "ask for a credential for this TPM's certificate and this attestation key";
        commands::activate(&mut self.context, credential)
            .map_err(Failure::of("the credential does not open", remedy))
    }
}

/// The certificate at the start of what is stored: some makers fill the rest up. Longer than 255 bytes in all cases.
fn certificate_of(stored: &[u8]) -> Option<&[u8]> {
    let [0x30, 0x82, high, low, ..] = stored else { return None };
    stored.get(..4 + usize::from(u16::from_be_bytes([*high, *low])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_makers_fill_up_behind_a_certificate_is_cut() {
        let certificate = [&[0x30, 0x82, 1, 0][..], &[7; 256]].concat();
        assert_eq!(certificate_of(&certificate), Some(&certificate[..]));
        let filled = [&certificate[..], &[0xff; 40]].concat();
        assert_eq!(certificate_of(&filled), Some(&certificate[..]));
        assert_eq!(certificate_of(&certificate[..200]), None);
        assert_eq!(certificate_of(&[0xff; 300]), None);
    }
}
