//! Assumptions about who asks and for what, as rules that forbid everything else: what is denied then is denied to
//! whomever the assumption is about.

use std::fmt::Write as _;

use lightcone_access::Role;
use lightcone_access::grid::Relation;

/// The record is the machine that asks.
const ITSELF: &str = "(principal.landmark != \"\" && resource.id == principal.landmark) || \
                      (principal.agent != \"\" && resource.id == principal.agent)";

/// What is taken for granted of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assumption {
    /// Policies that forbid what is not so.
    rules: String,
}

impl Assumption {
    /// Nothing.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// The service does not run in development mode.
    #[must_use]
    pub fn authenticated(self) -> Self {
        self.but("principal.proof == Proof::\"development\"")
    }

    /// The subject has none of these roles. It may have all others.
    #[must_use]
    pub fn without(self, roles: impl IntoIterator<Item = Role>) -> Self {
        roles.into_iter().fold(self, |rest, role| rest.but(&format!("principal in Role::\"{role}\"")))
    }

    /// The subject has no role but this one.
    #[must_use]
    pub fn with_only(self, role: Role) -> Self {
        self.without(Role::ALL.into_iter().filter(|other| *other != role))
    }

    /// The subject is one that a directory can tell of: a landmark, an agent, of a tenant, or in development mode.
    #[must_use]
    pub fn possible(self) -> Self {
        let unless_developing = |rest: Self, text: &str| {
            rest.but(&format!("principal.proof != Proof::\"development\" && ({text})"))
        };
        [
            "principal.landmark != \"\" && principal.agent != \"\"",
            "(principal.landmark != \"\" || principal.agent != \"\") && principal.tenant != \"\"",
            "(principal.landmark != \"\") != (principal in Role::\"landmark\")",
            "(principal.agent != \"\") != (principal in Role::\"agent\")",
        ]
        .into_iter()
        .fold(self, unless_developing)
    }

    /// The record stands so to the subject, whose tenant is a tenant and does not look after all areas. For requests
    /// about records only.
    #[must_use]
    pub fn with_record(self, relation: Relation) -> Self {
        use Relation::{Case, CaseAbroad, Held, InArea, Itself, Own, Party, PartyHeld};
        let own = ("resource.tenant == principal.tenant", relation == Own);
        let held = ("resource.holder == principal.tenant", relation == Held);
        let party = ("resource.parties.contains(principal.tenant)", matches!(relation, Party | PartyHeld));
        let free = ("resource.holder == \"\"", relation == Party);
        let area = ("principal.areas.containsAny(resource.areas)", matches!(relation, InArea | Case));
        let case = ("context.open_case", matches!(relation, Case | CaseAbroad));
        let told: &[(&str, bool)] = match relation {
            Own => &[own, area, case],
            Party | PartyHeld => &[own, held, party, free, area, case],
            Held | Itself | Relation::Foreign | InArea | Case | CaseAbroad => &[own, held, party, area, case],
        };
        let told = told.iter().fold(self.but("principal.areas.contains(\"*\")"), |rest, (text, holds)| {
            rest.but(&if *holds { format!("!({text})") } else { (*text).to_owned() })
        });
        // A machine of the house has no tenant, everybody else has.
        if relation == Itself {
            told.but(&format!("!({ITSELF})"))
        } else {
            told.but(ITSELF).but("principal.tenant == \"\"")
        }
    }

    /// The record is of this kind. For requests about records only.
    #[must_use]
    pub fn with_kind(self, kind: lightcone_access::Kind) -> Self {
        self.but(&format!("resource.kind != Kind::\"{}\"", kind.as_str()))
    }

    /// Whatever this condition, in Cedar's language, is true of is left out.
    #[must_use]
    pub fn but(mut self, condition: &str) -> Self {
        // Writing to a text does not fail.
        let _ = writeln!(self.rules, "forbid (principal, action, resource) when {{ {condition} }};");
        self
    }

    pub(crate) fn rules(&self) -> &str {
        &self.rules
    }
}
