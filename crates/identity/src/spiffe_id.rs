//! The name of a machine: `spiffe://trust-domain/path`.

use std::fmt;
use std::str::FromStr;

/// The longest SPIFFE ID in bytes (SPIFFE-ID, section 2.3).
pub(crate) const SPIFFE_ID_BYTES_MAX: usize = 2048;

/// A SPIFFE ID as the standard has it: a trust domain of at most 255 bytes, kept in small letters, and a path of
/// segments without dots alone, slash at the end, query or fragment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SpiffeId(spiffe::SpiffeId);

/// It is no SPIFFE ID.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{id}` is no SPIFFE ID: {why}; write spiffe://example.org/service/name")]
pub struct InvalidSpiffeId {
    /// What was given, cut short.
    pub id: String,
    /// What is wrong with it.
    pub why: String,
}

impl SpiffeId {
    /// Reads one.
    ///
    /// # Errors
    /// [`InvalidSpiffeId`], with what is wrong.
    pub fn parse(id: &str) -> Result<Self, InvalidSpiffeId> {
        let refused = |why: String| InvalidSpiffeId { id: id.chars().take(200).collect(), why };
        if id.len() > SPIFFE_ID_BYTES_MAX {
            return Err(refused(format!("it is longer than {SPIFFE_ID_BYTES_MAX} bytes")));
        }
        spiffe::SpiffeId::new(id).map(Self).map_err(|error| refused(error.to_string()))
    }

    /// The name of somebody in a trust domain, such as `["landmark", "oslo-1"]`.
    ///
    /// # Errors
    /// [`InvalidSpiffeId`]: a segment has a letter that none may have.
    pub fn within(trust_domain: &str, segments: &[&str]) -> Result<Self, InvalidSpiffeId> {
        let id = format!("spiffe://{trust_domain}/{}", segments.join("/"));
        if segments.iter().any(|segment| segment.contains('/')) {
            let why = "a segment of a path has no slash in it".to_owned();
            return Err(InvalidSpiffeId { id: id.chars().take(200).collect(), why });
        }
        Self::parse(&id)
    }

    /// The part that one authority answers for, in small letters.
    pub fn trust_domain(&self) -> &str {
        self.0.trust_domain_name()
    }

    /// What comes after it, with the slash it begins with; empty for the authority itself.
    pub fn path(&self) -> &str {
        self.0.path()
    }
}

impl fmt::Display for SpiffeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for SpiffeId {
    type Err = InvalidSpiffeId;

    fn from_str(id: &str) -> Result<Self, Self::Err> {
        Self::parse(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_the_standard_are_taken() {
        let id = SpiffeId::parse("spiffe://Example.org/landmark/oslo-1").unwrap();
        assert_eq!(
            (id.trust_domain(), id.path(), id.to_string().as_str()),
            ("example.org", "/landmark/oslo-1", "spiffe://example.org/landmark/oslo-1")
        );
        assert_eq!(SpiffeId::parse("spiffe://a").unwrap().path(), "");
        let longest = format!("spiffe://{}/{}", "d".repeat(255), "p".repeat(2048 - 9 - 255 - 1));
        assert!(SpiffeId::parse(&longest).is_ok());
    }

    #[test]
    fn others_are_refused() {
        let long_domain = format!("spiffe://{}/a", "d".repeat(256));
        let long = format!("spiffe://a/{}", "p".repeat(2048));
        for id in [
            "",
            "https://a/b",
            "spiffe://",
            "spiffe:///a",
            "spiffe://a/",
            "spiffe://a//b",
            "spiffe://a/./b",
            "spiffe://a/../b",
            "spiffe://a/b?c=d",
            "spiffe://a/b#c",
            "spiffe://a:443/b",
            "spiffe://user@a/b",
            "spiffe://a/b%20c",
            "spiffe://a/b c",
            "spiffe://ä/b",
            "spiffe://a/b\0",
            &long_domain,
            &long,
        ] {
            let told = SpiffeId::parse(id).unwrap_err();
            assert!(told.id.len() <= 200 && told.to_string().contains("no SPIFFE ID"), "{told}");
        }
    }
}
