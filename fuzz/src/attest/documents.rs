//! What is read as text: evidence as it comes, reference values, manifests, results.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer as _, SigningKey};
use lightcone_attest::ear::{cwt, jwt};
use lightcone_attest::inventory::{Expected, Inventory, Limits, disagreements, fields, works};
use lightcone_attest::nvidia::{self, rim};
use lightcone_attest::references::{Document, Envelope, References};
use lightcone_attest::{Case, Kind, tdx};

use super::{NOW, appraise, case};

/// The first byte picks the format, and in its highest bit whether there is a session.
pub fn evidence(data: &[u8]) {
    let Some((first, payload)) = data.split_first() else { return };
    let kind = Kind::ALL[usize::from(first & 0x7f) % Kind::ALL.len()];
    let references = References::built_in();
    let _refused_or_not = appraise(kind, payload, &case(&references, first & 0x80 != 0));
}

/// A document, an envelope around anything, and an envelope of ours around these bytes.
pub fn references(data: &[u8]) {
    if let Ok(document) = Document::parse(data) {
        assert_eq!(Document::parse(&document.to_json()).as_ref(), Ok(&document));
    }
    let key = SigningKey::from_bytes(&[1; 32]);
    let keys = [key.verifying_key().to_bytes()];
    if let Ok(envelope) = Envelope::parse(data) {
        let _signed_or_not = envelope.open(&keys);
    }
    let sealed = Envelope::seal(data, &keys[0], |bytes| key.sign(bytes).to_bytes());
    assert_eq!(sealed.open(&keys).as_deref(), Ok(data));
}

/// What a host says of itself.
pub fn inventory(data: &[u8]) {
    if let Ok(inventory) = Inventory::parse(data, &Limits::default()) {
        assert_eq!(Inventory::parse(&inventory.to_json(), &Limits::default()).as_ref(), Ok(&inventory));
        let _shown = (fields(&inventory, &[]), disagreements(&inventory, &[]));
        let _works_or_not = works(&inventory, &[], &Expected::default(), NOW);
    }
}

/// A maker's manifest of firmware.
pub fn manifest(data: &[u8]) {
    if let Ok(firmware) = rim::parse(data) {
        let document = Document { firmware: vec![firmware], ..Document::default() };
        assert_eq!(Document::parse(&document.to_json()), Ok(document));
    }
}

/// What NVIDIA's tool prints of a host.
pub fn nvidia_devices(data: &[u8]) {
    for (kind, piece) in nvidia::devices(data).unwrap_or_default() {
        let read = nvidia::Evidence::from_json(&piece).expect("its own writing");
        assert_eq!(read.kind(), kind);
    }
}

/// Collateral of Intel's service, for a real quote.
pub fn tdx_collateral(data: &[u8]) {
    const QUOTE: &[u8] = include_bytes!("../../../crates/attest/tests/vectors/tdx/tdx_quote");
    let evidence = tdx::Evidence { quote: QUOTE.to_vec(), collateral: None };
    let references = References::built_in();
    let case = Case { collateral: Some(data), ..case(&references, false) };
    let _refused_or_not = appraise(Kind::Tdx, &evidence.to_json(), &case);
}

/// A result as it comes, and these bytes as the claims of one that is signed as it should be.
pub fn ear_open(data: &[u8]) {
    let key = SigningKey::from_bytes(&[1; 32]);
    let keys = [key.verifying_key().to_bytes()];
    assert!(jwt::open(data, &keys, NOW).is_err(), "a token without the key");
    let header = format!("{{\"alg\":\"EdDSA\",\"typ\":\"{}\"}}", jwt::TYPE);
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(data));
    let sign = |bytes: &[u8]| key.sign(bytes).to_bytes();
    let token = format!("{message}.{}", URL_SAFE_NO_PAD.encode(sign(message.as_bytes())));
    let Ok(ear) = jwt::open(token.as_bytes(), &keys, NOW) else { return };
    assert_eq!(jwt::open(jwt::seal(&ear, "k", sign).as_bytes(), &keys, NOW).as_ref(), Ok(&ear));
    assert!(!cwt::seal(&ear, "k", sign).is_empty());
}
