//! Records of the outbox's file: length, checksum, content. A record that was cut short by a crash is the last one.

use lightcone::v1::SignedReport;
use sha2::{Digest, Sha256};

/// How the file begins; another version begins otherwise.
pub(super) const MAGIC: &[u8; 20] = b"lightcone/outbox/v1\0";
/// The largest content: a report as the contract has it, and what is before it.
const CONTENT_BYTES_MAX: usize = 65_536 + 128;
/// Length (u32) and checksum (the first 8 bytes of SHA-256) before each content.
const HEAD_BYTES: usize = 12;
const SIGNATURE_BYTES: usize = 64;
const KIND_REPORT: u8 = 1;
const KIND_DURABLE: u8 = 2;

/// One record.
pub(super) enum Record {
    /// A report that was finished.
    Report(SignedReport),
    /// Everything up to this number is the service's, and numbers go on after it.
    Durable(i64),
}

/// Appends a report's record.
pub(super) fn write_report(report: &SignedReport, out: &mut Vec<u8>) {
    let mut content = Vec::with_capacity(9 + SIGNATURE_BYTES + report.body.len());
    content.push(KIND_REPORT);
    content.extend_from_slice(&report.sequence.to_be_bytes());
    content.extend_from_slice(&report.signature);
    content.extend_from_slice(&report.body);
    frame(&content, out);
}

/// Appends the record of what the service has.
pub(super) fn write_durable(sequence: i64, out: &mut Vec<u8>) {
    let mut content = vec![KIND_DURABLE];
    content.extend_from_slice(&sequence.to_be_bytes());
    frame(&content, out);
}

fn frame(content: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(&(content.len() as u32).to_be_bytes());
    out.extend_from_slice(&checksum(content));
    out.extend_from_slice(content);
}

/// The next record and the bytes after it; nothing at the end, or where what follows is not whole.
pub(super) fn read(bytes: &[u8]) -> Option<(Record, &[u8])> {
    let (head, rest) = bytes.split_at_checked(HEAD_BYTES)?;
    let length = u32::from_be_bytes(*head.first_chunk()?) as usize;
    if length > CONTENT_BYTES_MAX {
        return None;
    }
    let (content, rest) = rest.split_at_checked(length)?;
    if checksum(content) != head[4..] {
        return None;
    }
    let (kind, content) = content.split_first()?;
    let (sequence, content) = content.split_first_chunk()?;
    let sequence = i64::from_be_bytes(*sequence);
    let record = match (*kind, content) {
        (KIND_DURABLE, []) => Record::Durable(sequence),
        (KIND_REPORT, content) => {
            let (signature, body) = content.split_at_checked(SIGNATURE_BYTES)?;
            Record::Report(SignedReport { sequence, body: body.to_vec(), signature: signature.to_vec() })
        }
        _ => return None,
    };
    Some((record, rest))
}

fn checksum(content: &[u8]) -> [u8; 8] {
    let digest = Sha256::digest(content);
    let mut sum = [0; 8];
    sum.copy_from_slice(&digest[..8]);
    sum
}
