//! What a TPM says of itself and signs.

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};

use super::evidence::Pcrs;
use super::key::ALG_SHA256;
use super::reader::Reader;
use crate::appraisal::Counters;
use crate::check::Check;
use crate::rejection::Rejection;

/// Begins everything that a TPM makes by itself and signs; a restricted key signs nothing else that begins so.
const GENERATED: u32 = 0xff54_4347;
/// The type of a quote.
const QUOTE: u16 = 0x8018;

/// A quote: a `TPMS_ATTEST` of that type.
#[derive(Clone, Debug)]
pub(super) struct Statement<'a> {
    /// What the one who asked gave along: `extraData`.
    pub(super) nonce: &'a [u8],
    /// What counts up.
    pub(super) counters: Counters,
    /// The version of the TPM's firmware, as its maker counts.
    pub(super) firmware: u64,
    selected: BTreeSet<u8>,
    digest: &'a [u8],
}

impl<'a> Statement<'a> {
    /// Reads a quote, to the last byte.
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, Rejection> {
        let mut reader = Reader::new(bytes, "attest");
        let (magic, kind) = (reader.u32()?, reader.u16()?);
        if (magic, kind) != (GENERATED, QUOTE) {
            let why = format!(
                "the statement begins {magic:08x} {kind:04x}; a quote of a TPM begins {GENERATED:08x} {QUOTE:04x}"
            );
            return Err(Rejection::new(Check::Statement, why));
        }
        let _signer = reader.sized()?;
        let nonce = reader.sized()?;
        let counters = counters(&mut reader)?;
        let firmware = reader.u64()?;
        let selected = selection(&mut reader)?;
        let digest = reader.sized()?;
        reader.end()?;
        Ok(Self { nonce, counters, firmware, selected, digest })
    }

    /// Whether it bears the binding.
    pub(super) fn bears(&self, binding: &[u8; 32]) -> Result<(), Rejection> {
        if self.nonce == binding {
            return Ok(());
        }
        let why = "the quote is over another binding: quote anew with the session's as qualifying data";
        Err(Rejection::new(Check::Binding, why))
    }

    /// Whether it is over exactly these registers and values.
    pub(super) fn measures(&self, pcrs: &Pcrs) -> Result<(), Rejection> {
        if self.selected.is_empty() || !self.selected.iter().eq(pcrs.keys()) {
            let (quoted, shown) = (&self.selected, pcrs.keys().collect::<Vec<_>>());
            let why = format!("the quote is over registers {quoted:?}, the evidence shows {shown:?}");
            return Err(Rejection::new(Check::PcrSelection, why));
        }
        let values: Vec<u8> = pcrs.values().flatten().copied().collect();
        if self.digest == Sha256::digest(values).as_slice() {
            return Ok(());
        }
        Err(Rejection::new(Check::PcrDigest, "the values of the registers are not those that were quoted"))
    }
}

/// A `TPMS_CLOCK_INFO`.
fn counters(reader: &mut Reader<'_>) -> Result<Counters, Rejection> {
    let (clock_ms, resets, restarts) = (reader.u64()?, reader.u32()?, reader.u32()?);
    let safe = match reader.byte()? {
        0 => false,
        1 => true,
        other => return Err(Rejection::format(format!("`attest`: safe is {other}, neither yes nor no"))),
    };
    Ok(Counters { resets, restarts, clock_ms, safe })
}

/// A `TPML_PCR_SELECTION` of one bank, SHA-256: a map of bits, the lowest register first.
fn selection(reader: &mut Reader<'_>) -> Result<BTreeSet<u8>, Rejection> {
    let refused = |why: String| Err(Rejection::new(Check::PcrSelection, why));
    let banks = reader.u32()?;
    if banks != 1 {
        return refused(format!("the quote is over {banks} banks of registers; quote SHA-256 alone"));
    }
    let bank = reader.u16()?;
    if bank != ALG_SHA256 {
        return refused(format!("the quote is over bank {bank:#06x}; quote SHA-256, {ALG_SHA256:#06x}"));
    }
    let size = reader.byte()?;
    let map = reader.bytes(usize::from(size))?;
    let is_set =
        |number: &u8| map.get(usize::from(number / 8)).is_some_and(|bits| bits >> (number % 8) & 1 == 1);
    if map.len() > usize::from(u8::MAX / 8) {
        return refused(format!("the map of registers has {size} bytes; a TPM has 3"));
    }
    Ok((0..u8::MAX).filter(is_set).collect())
}
