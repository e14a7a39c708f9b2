//! Names that tell one machine from all others, hidden before they leave it.

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use lightcone_attest::inventory::Identifiers;
use sha2::Sha256;
use zeroize::Zeroizing;

/// What is hashed begins with this.
const LABEL: &[u8] = b"lightcone/conceal/v1\0";
/// Bytes of a hash that are sent.
const HASH_BYTES: usize = 16;
/// What a hashed name begins with.
const PREFIX: &str = "hmac:";

/// How names leave a host.
///
/// Hashed, a name is `hmac:` and the first half of HMAC-SHA-256 over the agent's name, the kind of name, and the name in
/// small letters. Whoever reads it sees whether a part was exchanged and not which it is, cannot tell whether two agents
/// mean the same part, and cannot try all serial numbers, for the key never leaves the host.
#[derive(Clone)]
pub struct Concealer {
    agent: String,
    /// None: in the clear.
    key: Option<Zeroizing<[u8; 32]>>,
}

impl Concealer {
    /// Hashes with a secret of the host's own that stays the same, such as a key derived from the agent's identity.
    #[must_use]
    pub fn hashed(agent: impl Into<String>, secret: [u8; 32]) -> Self {
        Self { agent: agent.into(), key: Some(Zeroizing::new(secret)) }
    }

    /// Hides nothing: for an owner who asks for it.
    #[must_use]
    pub fn clear(agent: impl Into<String>) -> Self {
        Self { agent: agent.into(), key: None }
    }

    /// Which of the two.
    #[must_use]
    pub fn identifiers(&self) -> Identifiers {
        if self.key.is_some() { Identifiers::Hashed } else { Identifiers::Clear }
    }

    /// A name as it may leave the host. The kind keeps equal texts of different meaning apart.
    pub(crate) fn name(&self, kind: &str, name: &str) -> String {
        let Some(key) = &self.key else { return name.to_owned() };
        let mut block = Zeroizing::new([0; 64]);
        block.iter_mut().zip(key.iter()).for_each(|(to, from)| *to = *from);
        let mut mac = Hmac::<Sha256>::new((&*block).into());
        mac.update(LABEL);
        for part in [self.agent.as_str(), kind, &name.to_lowercase()] {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        let digest = mac.finalize().into_bytes();
        let sent: Vec<u8> = digest.iter().copied().take(HASH_BYTES).collect();
        format!("{PREFIX}{}", hex::encode(sent))
    }
}

impl fmt::Debug for Concealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Concealer")
            .field("agent", &self.agent)
            .field("identifiers", &self.identifiers())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_depends_on_secret_agent_kind_and_name_and_on_nothing_else() {
        let hash = |secret, agent: &str, kind, name| Concealer::hashed(agent, [secret; 32]).name(kind, name);
        let one = hash(1, "agents/a", "mac", "02:00:00:00:00:01");
        assert_eq!(one, hash(1, "agents/a", "mac", "02:00:00:00:00:01"));
        assert_eq!(hash(1, "a", "uuid", "GPU-AB"), hash(1, "a", "uuid", "gpu-ab"));
        assert!(one.starts_with("hmac:") && one.len() == 5 + 32, "{one}");
        for other in [
            hash(2, "agents/a", "mac", "02:00:00:00:00:01"),
            hash(1, "agents/b", "mac", "02:00:00:00:00:01"),
            hash(1, "agents/a", "serial", "02:00:00:00:00:01"),
            hash(1, "agents/a", "mac", "02:00:00:00:00:02"),
            hash(1, "agents/am", "ac", "02:00:00:00:00:01"),
        ] {
            assert_ne!(one, other);
        }
    }

    #[test]
    fn the_secret_is_not_shown() {
        let shown = format!("{:?}", Concealer::hashed("a", [0xAB; 32]));
        assert!(!shown.contains("171") && !shown.to_lowercase().contains("ab, ab"), "{shown}");
        assert_eq!(Concealer::clear("a").name("mac", "Ab"), "Ab");
    }
}
