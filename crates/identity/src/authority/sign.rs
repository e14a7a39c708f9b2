//! What stands in the certificates that an authority signs.

use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyUsagePurpose, SanType, SerialNumber,
};

use super::{AuthorityError, Name};
use crate::SpiffeId;

/// Clocks of others may be late by so much.
const EARLIER: Duration = Duration::from_secs(300);
/// Bytes of a serial number, drawn at random.
const SERIAL_BYTES: usize = 16;

/// A root or issuer.
pub(super) fn authority(
    own: &SpiffeId,
    what: &str,
    is_ca: BasicConstraints,
    life: Duration,
) -> Result<CertificateParams, AuthorityError> {
    // Two of one trust domain must not have one name: a path would be looked for with the wrong one.
    let name = format!("Lightcone {what} {} {}", own.trust_domain(), &hex(&random::<4>()?));
    let mut params = params(&name, own, SystemTime::now() + life)?;
    params.is_ca = IsCa::Ca(is_ca);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    Ok(params)
}

/// A leaf, for either end of a connection.
pub(super) fn leaf(
    id: &SpiffeId,
    names: &[Name],
    not_after: SystemTime,
) -> Result<CertificateParams, AuthorityError> {
    let name = id.path().rsplit('/').next().unwrap_or_default();
    let mut params = params(name, id, not_after)?;
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages =
        vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
    for name in names {
        params.subject_alt_names.push(match name {
            Name::Dns(name) => SanType::DnsName(name.as_str().try_into()?),
            Name::Address(address) => SanType::IpAddress(*address),
        });
    }
    Ok(params)
}

/// What leaves and authorities have in common.
fn params(name: &str, id: &SpiffeId, not_after: SystemTime) -> Result<CertificateParams, AuthorityError> {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.subject_alt_names = vec![SanType::URI(id.to_string().as_str().try_into()?)];
    params.not_before = (SystemTime::now() - EARLIER).into();
    params.not_after = not_after.into();
    let mut serial = random::<SERIAL_BYTES>()?;
    // Positive, and as long as the others (RFC 5280, section 4.1.2.2).
    serial[0] = serial[0] & 0x7f | 0x40;
    params.serial_number = Some(SerialNumber::from_slice(&serial));
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}

/// Seconds since 1970 as a time.
pub(super) fn time(seconds: i64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds.max(0).unsigned_abs())
}

fn random<const N: usize>() -> Result<[u8; N], AuthorityError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
