//! The attestation report of AMD SEV-SNP: table 23 of the SEV Secure Nested Paging Firmware ABI Specification (AMD
//! document 56860, revision 1.58). All numbers are little-endian; later versions of the layout fill bytes that
//! earlier ones reserve.

use crate::rejection::Rejection;

/// The bytes of a report.
pub const REPORT_BYTES: usize = 1184;
/// The bytes that its signature is over: all before the signature.
const SIGNED_BYTES: usize = 0x2A0;
/// The versions of the layout that are read.
const VERSIONS: std::ops::RangeInclusive<u32> = 2..=5;
/// The bytes of one half of a signature: a number of P-384, and zeros.
const HALF_BYTES: usize = 72;
/// The bytes of a number of P-384.
const SCALAR_BYTES: usize = 48;

/// A report, with the fields that something is decided on or said of.
#[derive(Clone, Debug)]
pub(super) struct Report {
    pub(super) guest_svn: u32,
    pub(super) policy: u64,
    pub(super) family_id: [u8; 16],
    pub(super) image_id: [u8; 16],
    pub(super) privilege_level: u32,
    pub(super) signature_algorithm: u32,
    pub(super) platform_info: u64,
    pub(super) key_info: u32,
    pub(super) report_data: [u8; 64],
    pub(super) measurement: [u8; 48],
    pub(super) host_data: [u8; 32],
    pub(super) id_key_digest: [u8; 48],
    pub(super) author_key_digest: [u8; 48],
    pub(super) report_id: [u8; 32],
    pub(super) reported_tcb: [u8; 8],
    pub(super) chip_id: [u8; 64],
    /// The bytes under the signature.
    pub(super) signed: Vec<u8>,
    /// Both numbers of the signature, big-endian, one after the other.
    pub(super) signature: Vec<u8>,
}

impl Report {
    /// Reads a report, to the last byte.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, Rejection> {
        if bytes.len() != REPORT_BYTES {
            let why = format!("the report has {} bytes; a report has {REPORT_BYTES}", bytes.len());
            return Err(Rejection::format(why));
        }
        let mut fields = Fields(bytes);
        let version = fields.u32()?;
        if !VERSIONS.contains(&version) {
            let (first, last) = (VERSIONS.start(), VERSIONS.end());
            let why = format!("the report is of version {version}; {first} to {last} are read");
            return Err(Rejection::format(why));
        }
        let (guest_svn, policy) = (fields.u32()?, fields.u64()?);
        let (family_id, image_id) = (fields.take()?, fields.take()?);
        let (privilege_level, signature_algorithm) = (fields.u32()?, fields.u32()?);
        let _current_tcb: [u8; 8] = fields.take()?;
        let (platform_info, key_info) = (fields.u64()?, fields.u32()?);
        let _reserved: [u8; 4] = fields.take()?;
        let (report_data, measurement, host_data) = (fields.take()?, fields.take()?, fields.take()?);
        let (id_key_digest, author_key_digest) = (fields.take()?, fields.take()?);
        let report_id = fields.take()?;
        let _report_id_of_migration_agent: [u8; 32] = fields.take()?;
        let reported_tcb = fields.take()?;
        let _processor_and_reserved: [u8; 24] = fields.take()?;
        let chip_id = fields.take()?;
        let (signed, signature) = bytes.split_at_checked(SIGNED_BYTES).unwrap_or_default();
        Ok(Self {
            guest_svn,
            policy,
            family_id,
            image_id,
            privilege_level,
            signature_algorithm,
            platform_info,
            key_info,
            report_data,
            measurement,
            host_data,
            id_key_digest,
            author_key_digest,
            report_id,
            reported_tcb,
            chip_id,
            signed: signed.to_vec(),
            signature: signature_of(signature)?,
        })
    }
}

/// Both numbers of a signature. They stand little-endian in fields that are wider than they are; what is left of the
/// fields, and what follows them, is zero: it is not signed, so that it must not say anything.
fn signature_of(bytes: &[u8]) -> Result<Vec<u8>, Rejection> {
    let mut fields = Fields(bytes);
    let (r, s): ([u8; HALF_BYTES], [u8; HALF_BYTES]) = (fields.take()?, fields.take()?);
    let mut signature = Vec::with_capacity(2 * SCALAR_BYTES);
    let mut rest = fields.0.to_vec();
    for half in [r, s] {
        let (number, above) = half.split_at_checked(SCALAR_BYTES).unwrap_or_default();
        signature.extend(number.iter().rev());
        rest.extend(above);
    }
    if rest.iter().any(|byte| *byte != 0) {
        return Err(Rejection::format("bytes around the signature are not zero"));
    }
    Ok(signature)
}

/// The fields that are not read yet.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], Rejection> {
        let (field, rest) =
            self.0.split_first_chunk().ok_or_else(|| Rejection::format("the report ends inside a field"))?;
        self.0 = rest;
        Ok(*field)
    }

    fn u32(&mut self) -> Result<u32, Rejection> {
        self.take().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Result<u64, Rejection> {
        self.take().map(u64::from_le_bytes)
    }
}
