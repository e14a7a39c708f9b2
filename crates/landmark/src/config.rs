//! Settings of a landmark, checked before anything starts.

use std::fmt;
use std::net::{SocketAddr, SocketAddrV4, SocketAddrV6};
use std::path::PathBuf;
use std::time::Duration;

use hex::FromHex as _;
use lightcone::names::LandmarkName;
use lightcone_identity::{InvalidTls, TlsSettings, dial};
use lightcone_probe::VerifyingKey;
use serde::{Deserialize, Serialize};

use crate::carrier::{self, Listen};

/// The port where landmarks are greeted unless said otherwise.
pub const PORT: u16 = 7444;
/// The smallest outbox, in bytes: a thousand reports.
const OUTBOX_BYTES_MIN: u64 = 32 << 20;
/// The largest outbox, in bytes; what waits in it is held in memory too.
const OUTBOX_BYTES_MAX: u64 = 4 << 30;
/// The longest wait between two attempts to reach the service that may be set, in milliseconds: an hour.
const RECONNECT_MS_MAX: u64 = 3_600_000;

/// All settings. Texts that are empty mean what their comment says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The service, for example `https://lightcone.example.org:7443`.
    pub service: String,
    /// The name under which this landmark is registered, `landmarks/{landmark}`. Required.
    pub landmark: String,
    /// The version of its place that it stands at, as `lightcone get landmarks/{landmark}` shows it. When the service
    /// reckons with another one, measuring ends.
    pub position_version: u32,
    /// File of the Ed25519 key that signs reports; readable by its owner only. Required unless the keys are handed
    /// over by the program that runs the landmark.
    pub signing_key: PathBuf,
    /// File of the X25519 key of its handshakes; readable by its owner only. Required likewise.
    pub exchange_key: PathBuf,
    /// The service's Ed25519 public key: 64 hexadecimal digits, as `lightcone keys show` prints it. Plans to answer
    /// other landmarks are refused unless it signed them. Required.
    pub verifier_key: String,
    /// IPv4 address and port where agents greet it; port 0 takes a free one. Empty: no IPv4.
    pub listen_v4: String,
    /// IPv6 address and port where agents greet it; port 0 takes a free one. Empty: no IPv6.
    pub listen_v6: String,
    /// IPv4 or IPv6 address and port where it takes agents in over TLS on TCP, for halls that let no UDP out; needs
    /// `listen_v4`. Agents look for it where they look for UDP: under the address and port of the registry. Empty: nowhere.
    pub listen_tls: String,
    /// PEM file of the certificate that it shows there, and of those that lead to its authority. Agents take any, a proxy
    /// on their way may not. Empty: one of its own, made at each start.
    pub tls_chain: PathBuf,
    /// PEM file of that certificate's private key.
    pub tls_key: PathBuf,
    /// Folder of the reports that the service does not have yet. Made if it is not there. Required.
    pub data: PathBuf,
    /// The most bytes of such reports; beyond it the oldest are dropped, which is said in the log.
    pub outbox_bytes_max: u64,
    /// The first wait after a connection is lost, in milliseconds; each further one is twice as long, plus chance.
    pub reconnect_min_ms: u64,
    /// The longest of these waits, in milliseconds, at most an hour.
    pub reconnect_max_ms: u64,
    /// Who this landmark is to the service, and by whose word it knows the service. Needed for `https`.
    pub tls: TlsSettings,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            service: "http://127.0.0.1:7443".to_owned(),
            landmark: String::new(),
            position_version: 1,
            signing_key: PathBuf::new(),
            exchange_key: PathBuf::new(),
            verifier_key: String::new(),
            listen_v4: format!("0.0.0.0:{PORT}"),
            listen_v6: format!("[::]:{PORT}"),
            listen_tls: String::new(),
            tls_chain: PathBuf::new(),
            tls_key: PathBuf::new(),
            data: PathBuf::new(),
            outbox_bytes_max: 256 << 20,
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

/// Settings that hold, in the types that the landmark works with.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) landmark: LandmarkName,
    pub(crate) position_version: u32,
    pub(crate) verifier: VerifyingKey,
    pub(crate) listen_v4: Option<SocketAddrV4>,
    pub(crate) listen_v6: Option<SocketAddrV6>,
    /// The fallback carrier; none: datagrams only.
    pub(crate) listen_tls: Option<Listen>,
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
        let landmark = LandmarkName::parse(&self.landmark).map_err(|_| {
            let remedy = "give the name it is registered under, such as landmarks/oslo-1";
            InvalidSetting::new("landmark", &self.landmark, remedy)
        })?;
        if !(1..=i32::MAX.cast_unsigned()).contains(&self.position_version) {
            let remedy = "versions begin with 1";
            return Err(InvalidSetting::new("position_version", self.position_version, remedy));
        }
        let (listen_v4, listen_v6) = (self.listen_v4()?, self.listen_v6()?);
        if listen_v4.is_none() && listen_v6.is_none() {
            let remedy =
                "leave an address to `listen_v4` or to `listen_v6`; without both nobody can greet it";
            return Err(InvalidSetting::new("listen_v4", "", remedy));
        }
        self.check_outbox()?;
        self.check_waits()?;
        Ok(Settings {
            landmark,
            position_version: self.position_version,
            verifier: self.verifier()?,
            listen_v4,
            listen_v6,
            listen_tls: carrier::listen(self, listen_v4.is_some())?,
            reconnect_min: Duration::from_millis(self.reconnect_min_ms),
            reconnect_max: Duration::from_millis(self.reconnect_max_ms),
        })
    }

    fn check_outbox(&self) -> Result<(), InvalidSetting> {
        if self.data.as_os_str().is_empty() {
            let remedy = "name a folder for reports that wait, such as /var/lib/lightcone-landmark";
            return Err(InvalidSetting::new("data", "", remedy));
        }
        if !(OUTBOX_BYTES_MIN..=OUTBOX_BYTES_MAX).contains(&self.outbox_bytes_max) {
            let remedy = format!("choose {OUTBOX_BYTES_MIN} to {OUTBOX_BYTES_MAX} bytes");
            return Err(InvalidSetting::new("outbox_bytes_max", self.outbox_bytes_max, remedy));
        }
        Ok(())
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

    fn listen_v4(&self) -> Result<Option<SocketAddrV4>, InvalidSetting> {
        match address(&self.listen_v4) {
            Some(None) => Ok(None),
            Some(Some(SocketAddr::V4(address))) => Ok(Some(address)),
            _ => {
                let remedy = "write an IPv4 address and port, for example 0.0.0.0:7444, or leave it empty";
                Err(InvalidSetting::new("listen_v4", &self.listen_v4, remedy))
            }
        }
    }

    fn listen_v6(&self) -> Result<Option<SocketAddrV6>, InvalidSetting> {
        match address(&self.listen_v6) {
            Some(None) => Ok(None),
            Some(Some(SocketAddr::V6(address))) => Ok(Some(address)),
            _ => {
                let remedy = "write an IPv6 address and port, for example [::]:7444, or leave it empty";
                Err(InvalidSetting::new("listen_v6", &self.listen_v6, remedy))
            }
        }
    }
}

/// An address, or none where there is no text; nothing when the text is not one.
pub(crate) fn address(text: &str) -> Option<Option<SocketAddr>> {
    if text.is_empty() { Some(None) } else { text.parse().ok().map(Some) }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The public key of RFC 8032, section 7.1, test 1.
    const KEY: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

    /// A setting, and what makes it wrong.
    pub(crate) type Change = (&'static str, fn(&mut Config));

    /// Settings that hold.
    pub(crate) fn valid() -> Config {
        Config {
            landmark: "landmarks/oslo-1".to_owned(),
            verifier_key: KEY.to_owned(),
            data: PathBuf::from("data"),
            ..Config::default()
        }
    }

    /// The setting that is refused after a change.
    pub(crate) fn refused_key(change: impl Fn(&mut Config)) -> &'static str {
        let mut config = valid();
        change(&mut config);
        config.check().unwrap_err().key
    }

    #[test]
    fn each_setting_that_cannot_hold_is_told_with_its_value() {
        valid().check().unwrap();
        let changes: [Change; 14] = [
            ("service", |config| config.service = "https://a:1".to_owned()),
            ("service", |config| config.service = "ftp://a:1".to_owned()),
            ("tls.private_key", |config| config.tls.certificate = PathBuf::from("certificate.pem")),
            ("tls.workload_api", |config| config.tls.workload_api = "/run/agent.sock".to_owned()),
            ("landmark", |config| config.landmark = "oslo".to_owned()),
            ("position_version", |config| config.position_version = 0),
            ("verifier_key", |config| config.verifier_key.clear()),
            ("listen_v4", |config| config.listen_v4 = "[::1]:0".to_owned()),
            ("listen_v6", |config| config.listen_v6 = "127.0.0.1:0".to_owned()),
            ("listen_v4", |config| (config.listen_v4, config.listen_v6) = (String::new(), String::new())),
            ("data", |config| config.data = PathBuf::new()),
            ("outbox_bytes_max", |config| config.outbox_bytes_max = OUTBOX_BYTES_MIN - 1),
            ("reconnect_min_ms", |config| config.reconnect_min_ms = 0),
            ("reconnect_max_ms", |config| config.reconnect_max_ms = RECONNECT_MS_MAX + 1),
        ];
        for (key, change) in changes {
            assert_eq!(refused_key(change), key);
        }
    }

    #[test]
    fn a_key_that_no_setting_has_is_refused() {
        let told = toml::from_str::<Config>("landmrk = 'landmarks/a'").unwrap_err().to_string();
        assert!(told.contains("landmrk") && told.contains("verifier_key"), "{told}");
    }
}
