//! The `[tls]` settings of a server, landmark or agent, and of a client.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::SpiffeId;

/// The scheme of a Workload API's address.
const SOCKET: &str = "unix:";

/// Where a program has its identity from: three PEM files, or the SPIFFE Workload API.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TlsSettings {
    /// Certificate and those above it but the root, PEM.
    pub certificate: PathBuf,
    /// Its private key, PEM, PKCS #8 or SEC 1; for its owner only.
    pub private_key: PathBuf,
    /// The roots to trust, PEM.
    pub trust_bundle: PathBuf,
    /// The Workload API's socket, such as `unix:///run/spire/agent.sock`, in place of the files.
    pub workload_api: String,
    /// The SPIFFE ID that a server must have to be spoken to. Empty: the name in its address must be in its certificate.
    pub server_id: String,
}

/// A setting that cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key} is `{value}`: {remedy}")]
pub struct InvalidTls {
    /// Which setting, such as `certificate`; the caller knows under which name it stands.
    pub key: &'static str,
    /// What it is.
    pub value: String,
    /// What to do about it.
    pub remedy: String,
}

impl InvalidTls {
    /// The setting's name where it stands in a table `tls`.
    pub fn in_table(&self) -> &'static str {
        match self.key {
            "certificate" => "tls.certificate",
            "private_key" => "tls.private_key",
            "trust_bundle" => "tls.trust_bundle",
            "workload_api" => "tls.workload_api",
            "server_id" => "tls.server_id",
            other => other,
        }
    }
}

impl TlsSettings {
    /// Whether anything is set.
    pub fn is_set(&self) -> bool {
        *self != Self::default()
    }

    /// Whether there is nothing but whom to trust: enough for a client that says with a token who it is.
    pub fn is_trust_alone(&self) -> bool {
        is_set(&self.trust_bundle)
            && !is_set(&self.certificate)
            && !is_set(&self.private_key)
            && self.workload_api.is_empty()
    }

    /// Whether the settings make an identity: all three files or the Workload API, not parts of both.
    ///
    /// # Errors
    /// [`InvalidTls`], with the first setting that is wrong.
    pub fn check(&self) -> Result<(), InvalidTls> {
        let refused =
            |key, value: &str, remedy: &str| InvalidTls { key, value: value.into(), remedy: remedy.into() };
        self.check_server_id()?;
        let files = self.files();
        if !self.workload_api.is_empty() {
            if !self.workload_api.starts_with(SOCKET) {
                let remedy = "write the path of its socket, such as unix:///run/spire/agent.sock";
                return Err(refused("workload_api", &self.workload_api, remedy));
            }
            let file = files.iter().find(|(_, path)| is_set(path));
            return file.map_or(Ok(()), |(key, path)| {
                let remedy =
                    "the Workload API gives certificate, key and bundle; leave this empty, or workload_api";
                Err(refused(key, &path.to_string_lossy(), remedy))
            });
        }
        let absent = files.iter().find(|(_, path)| !is_set(path));
        absent.map_or(Ok(()), |(key, _)| {
            let remedy = "certificate, private_key and trust_bundle go together; name a PEM file, as `lightcone ca \
                          issue` writes them, or set workload_api";
            Err(refused(key, "", remedy))
        })
    }

    /// Reads `server_id`.
    pub(crate) fn check_server_id(&self) -> Result<Option<SpiffeId>, InvalidTls> {
        if self.server_id.is_empty() {
            return Ok(None);
        }
        SpiffeId::parse(&self.server_id).map(Some).map_err(|error| InvalidTls {
            key: "server_id",
            value: error.id.clone(),
            remedy: error.to_string(),
        })
    }

    fn files(&self) -> [(&'static str, &Path); 3] {
        [
            ("certificate", &self.certificate),
            ("private_key", &self.private_key),
            ("trust_bundle", &self.trust_bundle),
        ]
    }
}

fn is_set(path: &Path) -> bool {
    !path.as_os_str().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_go_together_and_not_with_the_workload_api() {
        let files = TlsSettings {
            certificate: "a".into(),
            private_key: "b".into(),
            trust_bundle: "c".into(),
            ..Default::default()
        };
        let socket = TlsSettings { workload_api: "unix:///run/a.sock".into(), ..Default::default() };
        assert!(files.check().is_ok() && socket.check().is_ok());
        assert!(files.is_set() && socket.is_set() && !TlsSettings::default().is_set());

        let cases = [
            (TlsSettings { certificate: PathBuf::new(), ..files.clone() }, "certificate"),
            (TlsSettings { private_key: PathBuf::new(), ..files.clone() }, "private_key"),
            (TlsSettings { trust_bundle: PathBuf::new(), ..files.clone() }, "trust_bundle"),
            (TlsSettings { workload_api: "unix:/a".into(), ..files.clone() }, "certificate"),
            (TlsSettings { workload_api: "tcp://a:1".into(), ..Default::default() }, "workload_api"),
            (TlsSettings { server_id: "service/a".into(), ..files }, "server_id"),
        ];
        for (settings, key) in cases {
            assert_eq!(settings.check().unwrap_err().key, key);
        }
    }
}
