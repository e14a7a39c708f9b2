//! The bytes of a report: the request GET_MEASUREMENTS that the host sent and the device's response (DSP0274, SPDM
//! 1.1). The signature is over both, so that a verifier sees what was asked.

use std::collections::BTreeMap;

use super::opaque::Opaque;
use super::reader::Reader;
use crate::rejection::Rejection;

/// Version 1.1, GET_MEASUREMENTS, with a signature, of all measurements.
const REQUEST: [u8; 4] = [0x11, 0xE0, 0x01, 0xFF];
/// The slot of the certificates that the device signs under.
const SLOT: u8 = 0;
/// Version 1.1, MEASUREMENTS.
const RESPONSE: [u8; 2] = [0x11, 0x60];
/// How a block is written: as DMTF has it.
const DMTF: u8 = 1;
/// The signature: r and s on P-384.
const SIGNATURE_BYTES: usize = 96;
/// A nonce, the host's or the device's.
const NONCE_BYTES: usize = 32;

/// A report, read to its last byte; nothing in it is checked.
#[derive(Debug)]
pub(super) struct Report<'a> {
    /// The nonce that the host asked with.
    pub(super) nonce: &'a [u8],
    /// What was measured, by the index of the block; the first is 1.
    pub(super) blocks: BTreeMap<u8, &'a [u8]>,
    /// What the device says beside.
    pub(super) opaque: Opaque<'a>,
    /// What the signature is over.
    pub(super) signed: &'a [u8],
    /// The signature.
    pub(super) signature: &'a [u8],
}

impl<'a> Report<'a> {
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, Rejection> {
        let unsigned = bytes.len().saturating_sub(SIGNATURE_BYTES);
        let (signed, signature) = bytes.split_at(unsigned);
        let mut reader = Reader::new(signed);
        let nonce = request(&mut reader)?;
        let blocks = response(&mut reader)?;
        reader.take(NONCE_BYTES, "the device's nonce")?;
        let length = reader.u16("the length of the opaque data")?;
        let opaque = Opaque::parse(reader.take(length.into(), "the opaque data")?)?;
        reader.end("the opaque data and the signature")?;
        Ok(Self { nonce, blocks, opaque, signed, signature })
    }
}

/// The request's nonce.
fn request<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8], Rejection> {
    let head: [u8; 4] = reader.array("the request")?;
    if head != REQUEST {
        let (found, wanted) = (hex::encode(head), hex::encode(REQUEST));
        let why = format!("the request begins {found}; it must ask for all measurements, signed: {wanted}");
        return Err(Rejection::format(why));
    }
    let nonce = reader.take(NONCE_BYTES, "the request's nonce")?;
    match reader.u8("the request's slot")? {
        SLOT => Ok(nonce),
        slot => Err(Rejection::format(format!("the request names slot {slot}; it must name slot {SLOT}"))),
    }
}

/// The response's blocks.
fn response<'a>(reader: &mut Reader<'a>) -> Result<BTreeMap<u8, &'a [u8]>, Rejection> {
    let head: [u8; 2] = reader.array("the response")?;
    if head != RESPONSE {
        let (found, wanted) = (hex::encode(head), hex::encode(RESPONSE));
        return Err(Rejection::format(format!("the response begins {found}, not {wanted}")));
    }
    reader.take(2, "the response's parameters")?;
    let count = reader.u8("the number of blocks")?;
    let length = reader.u24("the length of the record")?;
    let mut record = Reader::new(reader.take(length, "the record")?);
    let mut blocks = BTreeMap::new();
    for _ in 0..count {
        let (index, value) = block(&mut record)?;
        if blocks.insert(index, value).is_some() {
            return Err(Rejection::format(format!("block {index} is there twice")));
        }
    }
    record.end("the last block")?;
    Ok(blocks)
}

/// One block: its index and the value that was measured.
fn block<'a>(record: &mut Reader<'a>) -> Result<(u8, &'a [u8]), Rejection> {
    let index = record.u8("the index of a block")?;
    let specification = record.u8("the specification of a block")?;
    if specification != DMTF {
        return Err(Rejection::format(format!("block {index} follows {specification}, not DMTF's {DMTF}")));
    }
    let length = record.u16("the length of a block")?;
    let mut body = Reader::new(record.take(length.into(), "a block")?);
    body.u8("the type of a measurement")?;
    let length = body.u16("the length of a measurement")?;
    let value = body.take(length.into(), "a measurement")?;
    body.end("a measurement")?;
    Ok((index, value))
}
