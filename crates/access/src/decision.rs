//! Decisions: what the policy set says, and by which rules.

/// What the policy set says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Whether it is allowed.
    pub allowed: bool,
    /// The rules that decided, by name, in order: those that allow, or those that forbid. Empty: nothing allows it.
    pub rules: Vec<String>,
}

impl Decision {
    /// Nothing allows it.
    pub const DENIED: Self = Self { allowed: false, rules: Vec::new() };
}
