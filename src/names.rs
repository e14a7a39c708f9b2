//! Resource names: `landmarks/{landmark}`, `agents/{agent}/sessions/{session}` and the like, as AIP-122 has them.

use std::fmt;

/// The longest identifier within a name, in bytes.
pub const ID_BYTES_MAX: usize = 63;

/// A name that is not one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidName {
    /// The name, cut short.
    pub name: String,
    /// The form that was wanted.
    pub pattern: &'static str,
}

impl fmt::Display for InvalidName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not of the form `{}`", self.name, self.pattern)
    }
}

impl std::error::Error for InvalidName {}

/// Whether a text may be an identifier: 1 to 63 of `a-z`, `0-9` and `-`, a letter or digit first and last.
#[must_use]
pub fn is_id(text: &str) -> bool {
    let allowed = |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'-';
    let bytes = text.as_bytes();
    (1..=ID_BYTES_MAX).contains(&bytes.len())
        && bytes.iter().all(|letter| allowed(*letter))
        && bytes.first() != Some(&b'-')
        && bytes.last() != Some(&b'-')
}

macro_rules! names {
    ($($(#[$doc:meta])* $kind:ident($($part:ident),+) = $pattern:literal, $shape:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $kind {
            $(
                #[doc = concat!("The identifier `", stringify!($part), "`.")]
                pub $part: String,
            )+
        }

        impl $kind {
            /// The form of these names.
            pub const PATTERN: &'static str = $pattern;

            /// Reads a name.
            ///
            /// # Errors
            /// [`InvalidName`] when it has another form.
            pub fn parse(name: &str) -> Result<Self, InvalidName> {
                let invalid = || InvalidName { name: name.chars().take(200).collect(), pattern: Self::PATTERN };
                let mut ids = parts(name, Self::PATTERN).ok_or_else(invalid)?.into_iter();
                Ok(Self { $($part: ids.next().ok_or_else(invalid)?,)+ })
            }
        }

        impl fmt::Display for $kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, $shape, $(self.$part),+)
            }
        }
    )+};
}

names! {
    /// A landmark in the registry.
    LandmarkName(landmark) = "landmarks/{landmark}", "landmarks/{}";
    /// A site.
    SiteName(site) = "sites/{site}", "sites/{}";
    /// An agent.
    AgentName(agent) = "agents/{agent}", "agents/{}";
    /// A chip.
    ChipName(chip) = "chips/{chip}", "chips/{}";
    /// A case of an agency.
    CaseName(case) = "cases/{case}", "cases/{}";
    /// A party to a tenant's business.
    PartyName(party) = "parties/{party}", "parties/{}";
    /// A transfer of goods.
    TransferName(transfer) = "transfers/{transfer}", "transfers/{}";
    /// A chip by its figures, of a tenant's own.
    SkuName(sku) = "skus/{sku}", "skus/{}";
    /// A decision that was recorded.
    DecisionName(decision) = "decisions/{decision}", "decisions/{}";
    /// A version of the rule book.
    PolicyVersionName(policy_version) = "policyVersions/{policy_version}", "policyVersions/{}";
    /// What a change of rules changes.
    ComparisonName(comparison) = "comparisons/{comparison}", "comparisons/{}";
    /// Work that takes long.
    OperationName(operation) = "operations/{operation}", "operations/{}";
    /// An alert.
    AlertName(alert) = "alerts/{alert}", "alerts/{}";
    /// A session of an agent.
    SessionName(agent, session) = "agents/{agent}/sessions/{session}", "agents/{}/sessions/{}";
    /// A session in which one landmark answers another.
    MeshSessionName(landmark, session) = "landmarks/{landmark}/sessions/{session}", "landmarks/{}/sessions/{}";
    /// A verdict on an agent.
    VerdictName(agent, verdict) = "agents/{agent}/verdicts/{verdict}", "agents/{}/verdicts/{}";
}

/// The identifiers of a name, if it has the form of the pattern.
fn parts(name: &str, pattern: &str) -> Option<Vec<String>> {
    let (mut found, mut wanted) = (name.split('/'), pattern.split('/'));
    let mut ids = Vec::new();
    loop {
        match (found.next(), wanted.next()) {
            (None, None) => return Some(ids),
            (Some(id), Some(part)) if part.starts_with('{') => {
                if !is_id(id) {
                    return None;
                }
                ids.push(id.to_owned());
            }
            (Some(found), Some(part)) if found == part => {}
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_written_alike() {
        for name in ["agents/a-1/sessions/0f3c", "agents/x/sessions/y"] {
            assert_eq!(SessionName::parse(name).unwrap().to_string(), name);
        }
        assert_eq!(LandmarkName::parse("landmarks/oslo-1").unwrap().landmark, "oslo-1");
    }

    #[test]
    fn other_forms_are_refused() {
        let long = "x".repeat(ID_BYTES_MAX + 1);
        for name in [
            "",
            "landmarks",
            "landmarks/",
            "landmarks/Oslo",
            "landmarks/a/b",
            "sites/a",
            "landmarks/-a",
            &long,
        ] {
            let refused = LandmarkName::parse(name).unwrap_err();
            assert_eq!(refused.pattern, "landmarks/{landmark}", "{name}");
        }
        assert!(LandmarkName::parse(&format!("landmarks/{long}")).is_err());
    }
}
