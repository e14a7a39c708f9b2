use std::sync::Arc;

use lightcone_oidc::Verifier;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::house::{House, cause, verify};
use crate::signing::Signer;

#[tokio::test]
async fn only_the_named_authorities_vouch_for_a_provider() {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let other = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let signer = Signer::p256("a");
    let house = House::open_with_tls(&[signer.public()], TlsAcceptor::from(Arc::new(config))).await;
    let folder = tempfile::tempdir().unwrap();
    let mut settings = house.settings();
    settings.providers[0].ca = folder.path().join("ca.pem");
    for (pem, is_trusted) in [(made.cert.pem(), true), (other.cert.pem(), false)] {
        std::fs::write(&settings.providers[0].ca, pem).unwrap();
        let verifier = Verifier::start(&settings).await.unwrap();
        let token = signer.token(&house);
        if is_trusted {
            assert!(verify(&verifier, &token).await.is_ok());
        } else {
            assert_eq!(cause(&verifier, &token).await, "token_issuer");
        }
    }
}
