//! Settings of an agent, checked before anything starts.

use std::fmt;
use std::net::{SocketAddr, SocketAddrV4, SocketAddrV6};
use std::path::PathBuf;
use std::time::Duration;

use hex::FromHex as _;
use lightcone::names::AgentName;
use lightcone_identity::{InvalidTls, TlsSettings, dial};
use lightcone_probe::VerifyingKey;
use serde::{Deserialize, Serialize};

use crate::carrier::{self, Way};
use crate::relays::Relays;

/// The most landmarks that a plan can name.
const LANDMARKS_MAX: usize = lightcone_probe::transcript::LANDMARKS_MAX;
/// The longest wait between two attempts to reach the service that may be set, in milliseconds: an hour.
const RECONNECT_MS_MAX: u64 = 3_600_000;

/// All settings. Texts that are empty mean what their comment says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The service, for example `https://lightcone.example.org:7443`.
    pub service: String,
    /// The name under which this agent is registered, `agents/{agent}`. Required.
    pub agent: String,
    /// File of the Ed25519 key that signs evidence; readable by its owner only. Required unless the key is handed
    /// over by the program that runs the agent.
    pub identity_key: PathBuf,
    /// The service's Ed25519 public key: 64 hexadecimal digits, as `lightcone keys show` prints it. A summons or plan
    /// of any other is refused. Required.
    pub verifier_key: String,
    /// What vouches for this agent: `software`, `tpm2-quote`, `sev-snp`, `tdx`, `nvidia-gpu`; several where the host has
    /// them. `software` alone proves nothing of the machine, and verdicts say so. `lightcone agent doctor` shows what
    /// this host can give.
    pub evidence: Vec<String>,
    /// The TPM of `tpm2-quote`, as tools name it: `device:/dev/tpmrm0`, or `swtpm:host=127.0.0.1,port=2321`.
    pub tpm_device: String,
    /// File of the certificates above that of the TPM's endorsement key, PEM, its maker's root last. Needed with `tpm2-quote`.
    pub tpm_chain: PathBuf,
    /// The registers that are quoted, 0 to 23: those that the reference values name.
    pub tpm_pcrs: Vec<u8>,
    /// File of AMD's certificates, PEM, for `sev-snp` where the host hands out none. Empty: it does.
    pub snp_chain: PathBuf,
    /// What is told of this host beside evidence: `hashed`, where serial numbers and names are hidden; `clear`; or
    /// `none`.
    pub inventory: String,
    /// Local IPv4 address and port to answer from; port 0 takes a free one. Empty: no IPv4.
    pub bind_v4: String,
    /// Local IPv6 address and port to answer from; port 0 takes a free one. Empty: no IPv6.
    pub bind_v6: String,
    /// How landmarks are reached: `udp`, or `tls` where a hall lets out nothing but TCP. Round trips are longer then, and
    /// verdicts say why; landmarks must listen for it.
    pub carrier: String,
    /// With `tls`, the HTTP proxy on the way, for example `http://proxy.example:3128`. Empty: none.
    pub proxy: String,
    /// File of one line `user:password` for that proxy, readable by its owner only. Empty: it asks for none.
    pub proxy_credentials: PathBuf,
    /// Relays that keep this host's address from landmarks, each as `landmark=relay`, both as address:port, such as
    /// `203.0.113.5:7444=10.0.0.9:7001`; at most 1,024. `lightcone relay` is one. Empty: landmarks see this host.
    pub site_relay: Vec<String>,
    /// What becomes of a landmark without a relay where any is set: it is left out, or (false) reached directly.
    pub site_relay_only: bool,
    /// The most landmarks to answer in one session, 1 to 64. A plan with more is refused.
    pub landmarks_max: usize,
    /// Whether to look for challenges without end while a session is open: some 3 µs sooner, half a kilometre of
    /// bound, for a whole core during sessions. Only where one is to spare.
    pub busy_poll: bool,
    /// The first wait after a connection is lost, in milliseconds; each further one is twice as long, plus chance.
    pub reconnect_min_ms: u64,
    /// The longest of these waits, in milliseconds, at most an hour.
    pub reconnect_max_ms: u64,
    /// Who this agent is to the service, and by whose word it knows the service. Needed for `https`.
    pub tls: TlsSettings,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            service: "http://127.0.0.1:7443".to_owned(),
            agent: String::new(),
            identity_key: PathBuf::new(),
            verifier_key: String::new(),
            evidence: vec!["software".to_owned()],
            tpm_device: "device:/dev/tpmrm0".to_owned(),
            tpm_chain: PathBuf::new(),
            tpm_pcrs: vec![0, 1, 2, 3, 4, 5, 6, 7, 10],
            snp_chain: PathBuf::new(),
            inventory: "hashed".to_owned(),
            bind_v4: "0.0.0.0:0".to_owned(),
            bind_v6: "[::]:0".to_owned(),
            carrier: "udp".to_owned(),
            proxy: String::new(),
            proxy_credentials: PathBuf::new(),
            site_relay: Vec::new(),
            site_relay_only: true,
            landmarks_max: LANDMARKS_MAX,
            busy_poll: false,
            reconnect_min_ms: 500,
            reconnect_max_ms: 60_000,
            tls: TlsSettings::default(),
        }
    }
}

/// A setting that cannot hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("setting `{key}` is `{value}`: {remedy}")]
pub struct InvalidSetting {
    /// The setting.
    pub key: &'static str,
    /// Its value.
    pub value: String,
    /// What to do about it.
    pub remedy: String,
}

impl InvalidSetting {
    pub(crate) fn new(key: &'static str, value: impl fmt::Display, remedy: impl Into<String>) -> Self {
        Self { key, value: value.to_string(), remedy: remedy.into() }
    }
}

/// Settings that hold, in the types that the agent works with.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) agent: AgentName,
    pub(crate) verifier: VerifyingKey,
    pub(crate) bind_v4: Option<SocketAddrV4>,
    pub(crate) bind_v6: Option<SocketAddrV6>,
    /// The fallback carrier; none: datagrams.
    pub(crate) way: Option<Way>,
    pub(crate) relays: Relays,
    pub(crate) landmarks_max: usize,
    pub(crate) busy_poll: bool,
    pub(crate) reconnect_min: Duration,
    pub(crate) reconnect_max: Duration,
}

impl Config {
    /// Checks every setting.
    ///
    /// # Errors
    /// The first that cannot hold, with its key, value and remedy.
    pub fn check(&self) -> Result<(), InvalidSetting> {
        self.settings().map(|_| ())
    }

    pub(crate) fn settings(&self) -> Result<Settings, InvalidSetting> {
        self.check_service()?;
        let agent = AgentName::parse(&self.agent).map_err(|_| {
            InvalidSetting::new(
                "agent",
                &self.agent,
                "give the name it is registered under, such as agents/a-1",
            )
        })?;
        let (bind_v4, bind_v6) = (self.bind_v4()?, self.bind_v6()?);
        if bind_v4.is_none() && bind_v6.is_none() {
            let remedy = "leave an address to `bind_v4` or to `bind_v6`; without both nobody can be answered";
            return Err(InvalidSetting::new("bind_v4", "", remedy));
        }
        if !(1..=LANDMARKS_MAX).contains(&self.landmarks_max) {
            let remedy = format!("choose 1 to {LANDMARKS_MAX}");
            return Err(InvalidSetting::new("landmarks_max", self.landmarks_max, remedy));
        }
        self.check_waits()?;
        self.kinds()?;
        Ok(Settings {
            agent,
            verifier: self.verifier()?,
            bind_v4,
            bind_v6,
            way: carrier::way(self)?,
            relays: Relays::of(self)?,
            landmarks_max: self.landmarks_max,
            busy_poll: self.busy_poll,
            reconnect_min: Duration::from_millis(self.reconnect_min_ms),
            reconnect_max: Duration::from_millis(self.reconnect_max_ms),
        })
    }

    fn check_service(&self) -> Result<(), InvalidSetting> {
        dial::endpoint(&self.service)
            .map_err(|error| InvalidSetting::new("service", &self.service, error.remedy))?;
        if self.tls.is_set() {
            let wrong =
                |error: InvalidTls| InvalidSetting::new(error.in_table(), &error.value, &error.remedy);
            return self.tls.check().map_err(wrong);
        }
        if dial::asks_for_tls(&self.service) {
            let remedy = "https needs the table [tls]: certificate, private_key and trust_bundle, as `lightcone ca \
                          issue` or `lightcone enrol` writes them";
            return Err(InvalidSetting::new("service", &self.service, remedy));
        }
        Ok(())
    }

    fn check_waits(&self) -> Result<(), InvalidSetting> {
        if !(1..=RECONNECT_MS_MAX).contains(&self.reconnect_max_ms) {
            let remedy = format!("choose 1 to {RECONNECT_MS_MAX} milliseconds");
            return Err(InvalidSetting::new("reconnect_max_ms", self.reconnect_max_ms, remedy));
        }
        if !(1..=self.reconnect_max_ms).contains(&self.reconnect_min_ms) {
            let remedy = "choose at least 1 millisecond and at most `reconnect_max_ms`";
            return Err(InvalidSetting::new("reconnect_min_ms", self.reconnect_min_ms, remedy));
        }
        Ok(())
    }

    fn verifier(&self) -> Result<VerifyingKey, InvalidSetting> {
        let remedy =
            "give the service's public key, 64 hexadecimal digits, as `lightcone keys show` prints it";
        let bytes = <[u8; 32]>::from_hex(&self.verifier_key).ok();
        let key = bytes.and_then(|bytes| VerifyingKey::from_bytes(&bytes).ok()).filter(|key| !key.is_weak());
        key.ok_or_else(|| InvalidSetting::new("verifier_key", &self.verifier_key, remedy))
    }

    fn bind_v4(&self) -> Result<Option<SocketAddrV4>, InvalidSetting> {
        match address(&self.bind_v4) {
            Some(None) => Ok(None),
            Some(Some(SocketAddr::V4(address))) => Ok(Some(address)),
            _ => {
                let remedy = "write an IPv4 address and port, for example 0.0.0.0:0, or leave it empty";
                Err(InvalidSetting::new("bind_v4", &self.bind_v4, remedy))
            }
        }
    }

    fn bind_v6(&self) -> Result<Option<SocketAddrV6>, InvalidSetting> {
        match address(&self.bind_v6) {
            Some(None) => Ok(None),
            Some(Some(SocketAddr::V6(address))) => Ok(Some(address)),
            _ => {
                let remedy = "write an IPv6 address and port, for example [::]:0, or leave it empty";
                Err(InvalidSetting::new("bind_v6", &self.bind_v6, remedy))
            }
        }
    }
}

/// An address, or none where there is no text; nothing when the text is not one.
fn address(text: &str) -> Option<Option<SocketAddr>> {
    if text.is_empty() { Some(None) } else { text.parse().ok().map(Some) }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The public key of RFC 8032, section 7.1, test 1.
    const KEY: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

    /// A setting, and what makes it wrong.
    type Change = (&'static str, fn(&mut Config));

    /// Settings that hold.
    pub(crate) fn valid() -> Config {
        Config { agent: "agents/a-1".to_owned(), verifier_key: KEY.to_owned(), ..Config::default() }
    }

    #[test]
    fn each_setting_that_cannot_hold_is_told_with_its_value() {
        valid().check().unwrap();
        let changes: [Change; 16] = [
            ("service", |config| config.service = "https://a:1".to_owned()),
            ("service", |config| config.service = "ftp://a:1".to_owned()),
            ("tls.private_key", |config| config.tls.certificate = PathBuf::from("certificate.pem")),
            ("tls.workload_api", |config| config.tls.workload_api = "/run/agent.sock".to_owned()),
            ("agent", |config| config.agent = "a-1".to_owned()),
            ("verifier_key", |config| config.verifier_key.clear()),
            ("verifier_key", |config| config.verifier_key = "00".repeat(32)),
            ("bind_v4", |config| config.bind_v4 = "[::1]:0".to_owned()),
            ("bind_v6", |config| config.bind_v6 = "127.0.0.1:0".to_owned()),
            ("bind_v4", |config| (config.bind_v4, config.bind_v6) = (String::new(), String::new())),
            ("carrier", |config| config.carrier = "quic".to_owned()),
            ("proxy", |config| config.proxy = "http://proxy:3128".to_owned()),
            ("proxy_credentials", |config| config.proxy_credentials = PathBuf::from("/no/such/file")),
            ("landmarks_max", |config| config.landmarks_max = 65),
            ("reconnect_min_ms", |config| config.reconnect_min_ms = 0),
            ("reconnect_max_ms", |config| config.reconnect_max_ms = RECONNECT_MS_MAX + 1),
        ];
        for (key, change) in changes {
            let mut config = valid();
            change(&mut config);
            assert_eq!(config.check().unwrap_err().key, key);
        }
    }

    #[test]
    fn a_key_that_no_setting_has_is_refused() {
        let told = toml::from_str::<Config>("agnet = 'agents/a-1'").unwrap_err().to_string();
        assert!(told.contains("agnet") && told.contains("verifier_key"), "{told}");
    }
}
