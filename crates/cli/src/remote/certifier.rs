//! Enrolment and renewal.

use lightcone::v1;
use lightcone::v1::enrolment_service_client::EnrolmentServiceClient;
use lightcone_identity::possession;
use lightcone_keyring::SigningIdentity;

use super::line::{Line, limited};
use crate::args::TlsArgs;
use crate::exit::{Failure, Outcome};

/// A server that enrols.
pub(crate) struct Certifier {
    line: Line,
}

/// Who asks to be taken in.
pub(crate) struct Application<'a> {
    pub(crate) token: &'a str,
    pub(crate) signing: &'a SigningIdentity,
    /// A landmark's; none for an agent.
    pub(crate) exchange: Option<[u8; 32]>,
    pub(crate) addresses: &'a [String],
    pub(crate) certificate_request: &'a [u8],
}

/// What it was given.
pub(crate) struct Granted {
    pub(crate) name: String,
    pub(crate) position_version: i32,
    pub(crate) verifier_key: Vec<u8>,
    pub(crate) certificate: Option<Certificate>,
}

/// A certificate, and whom to trust.
pub(crate) struct Certificate {
    pub(crate) chain_pem: String,
    pub(crate) bundle_pem: String,
}

impl Certifier {
    /// Connects to a server such as `https://lightcone.example.org:7443`.
    pub(crate) fn connect(url: &str, tls: &TlsArgs) -> Outcome<Self> {
        Ok(Self { line: Line::connect(url, &tls.settings())? })
    }

    /// Asks to be taken in.
    pub(crate) fn enrol(&self, application: &Application<'_>) -> Outcome<Granted> {
        let key = application.signing.public();
        let (exchange, csr) = (application.exchange.as_ref(), application.certificate_request);
        let signed = possession::signed_bytes(application.token, &key, exchange, csr);
        let request = v1::EnrolRequest {
            token: application.token.to_owned(),
            signing_key: key.to_vec(),
            exchange_key: application.exchange.map(|key| key.to_vec()).unwrap_or_default(),
            addresses: application.addresses.to_vec(),
            signature: application.signing.sign(&signed).to_vec(),
            certificate_request: csr.to_vec(),
        };
        let mut client = EnrolmentServiceClient::new(self.line.channel());
        let answer = self.line.call(client.enrol(limited(request)))?;
        Ok(Granted {
            name: answer.name,
            position_version: answer.position_version,
            verifier_key: answer.verifier_key,
            certificate: answer.certificate.map(Certificate::from),
        })
    }

    /// Asks for the next certificate of who calls.
    pub(crate) fn renew(&self, certificate_request: &[u8]) -> Outcome<Certificate> {
        let request = v1::RenewCertificateRequest { certificate_request: certificate_request.to_vec() };
        let mut client = EnrolmentServiceClient::new(self.line.channel());
        let answer = self.line.call(client.renew_certificate(limited(request)))?;
        let certificate = answer.certificate.map(Certificate::from);
        certificate.ok_or_else(|| Failure::server("the server's answer holds no certificate"))
    }
}

impl From<v1::Certificate> for Certificate {
    fn from(wire: v1::Certificate) -> Self {
        Self { chain_pem: wire.chain_pem, bundle_pem: wire.bundle_pem }
    }
}
