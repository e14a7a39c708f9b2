//! A chain from a device's certificate to a root.

use crate::check::Check;
use crate::rejection::Rejection;
use crate::time::UnixTime;

use super::Certificate;

/// The most certificates in one chain.
pub(crate) const CHAIN_MAX: usize = 10;

/// A chain that holds: each certificate is signed by the next, may sign, and is in its time; the last one signs itself.
/// Whether that root is to be trusted is asked apart, by its digest.
#[derive(Clone, Debug)]
pub(crate) struct Chain {
    certificates: Vec<Certificate>,
}

impl Chain {
    /// Checks a chain, the device's certificate first, its root last.
    pub(crate) fn verify(certificates: Vec<Certificate>, now: UnixTime) -> Result<Self, Rejection> {
        let failed = |why: String| Err(Rejection::new(Check::Chain, why));
        if certificates.is_empty() || certificates.len() > CHAIN_MAX {
            let why = format!("a chain of {} certificates; give 1 to {CHAIN_MAX}", certificates.len());
            return Err(Rejection::new(Check::Size, why));
        }
        for (place, certificate) in certificates.iter().enumerate() {
            if !certificate.is_in_time(now) {
                return failed(format!("`{}` is not valid at {now}", certificate.subject()));
            }
            // A root that stands alone was pinned as it is; it signs nobody here.
            if place > 0 && !certificate.may_sign(place - 1) {
                return failed(format!("`{}` may not sign certificates", certificate.subject()));
            }
            let issuer = certificates.get(place + 1).unwrap_or(certificate);
            certificate.is_signed_by(issuer)?;
        }
        Ok(Self { certificates })
    }

    /// The device's certificate.
    pub(crate) fn leaf(&self) -> &Certificate {
        &self.certificates[0]
    }

    /// The certificate at the end.
    pub(crate) fn root(&self) -> &Certificate {
        &self.certificates[self.certificates.len() - 1]
    }

    /// All of them, the device's first.
    pub(crate) fn all(&self) -> &[Certificate] {
        &self.certificates
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};

    use super::*;

    const NOW: UnixTime = UnixTime::from_s(1_750_000_000);

    fn params(name: &str, is_ca: bool) -> CertificateParams {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = if is_ca { IsCa::Ca(BasicConstraints::Constrained(0)) } else { IsCa::ExplicitNoCa };
        (params.not_before, params.not_after) = (date_time_ymd(2024, 1, 1), date_time_ymd(2026, 1, 1));
        params
    }

    fn pair() -> KeyPair {
        KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384).unwrap()
    }

    fn parse(certificate: &rcgen::Certificate) -> Certificate {
        Certificate::parse(certificate.der()).unwrap()
    }

    /// Leaf and root, the root an authority or not.
    fn chain(is_ca: bool) -> Vec<Certificate> {
        let (root_key, leaf_key) = (pair(), pair());
        let root = params("root", is_ca).self_signed(&root_key).unwrap();
        let issuer = Issuer::new(params("root", is_ca), &root_key);
        let leaf = params("leaf", false).signed_by(&leaf_key, &issuer).unwrap();
        vec![parse(&leaf), parse(&root)]
    }

    fn check(certificates: Vec<Certificate>, now: UnixTime) -> Option<Check> {
        Chain::verify(certificates, now).err().map(|rejection| rejection.check)
    }

    #[test]
    fn a_chain_holds_in_its_time_and_order() {
        let good = chain(true);
        assert_eq!(check(good.clone(), NOW), None);
        assert_eq!(check(good.clone(), UnixTime::from_s(1_800_000_000)), Some(Check::Chain));
        assert_eq!(check(good.clone(), UnixTime::from_s(-1)), Some(Check::Chain));
        assert_eq!(check(good.iter().rev().cloned().collect(), NOW), Some(Check::Chain));
        assert_eq!(check(good[..1].to_vec(), NOW), Some(Check::Chain), "a leaf without its root");
        assert_eq!(check(Vec::new(), NOW), Some(Check::Size));
        assert_eq!(check(vec![good[0].clone(); CHAIN_MAX + 1], NOW), Some(Check::Size));
    }

    #[test]
    fn who_may_not_sign_or_did_not_is_refused() {
        assert_eq!(check(chain(false), NOW), Some(Check::Chain), "the root is no authority");
        let (one, other) = (chain(true), chain(true));
        assert_eq!(check(vec![one[0].clone(), other[1].clone()], NOW), Some(Check::Chain), "another root");
    }

    #[test]
    fn every_flipped_byte_is_noticed() {
        let good = chain(true);
        for place in 0..good[0].der().len() {
            let mut der = good[0].der().to_vec();
            der[place] ^= 1;
            let refused =
                Certificate::parse(&der).and_then(|leaf| Chain::verify(vec![leaf, good[1].clone()], NOW));
            assert!(refused.is_err(), "byte {place}");
        }
    }
}
