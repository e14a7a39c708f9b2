//! What one set allows and another does not: shown where it is, proven where it is not.

use lightcone_access::{Policy, Role};

use crate::{Ask, Assumption, Prover, ScrutinyError, Witness};

/// What the second of two sets allows and the first does not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// One witness for each call or act and each role by which it is newly allowed. None: it is proven that the second
    /// allows nobody anything that the first does not.
    pub newly_allowed: Vec<Witness>,
}

impl Prover {
    /// What `after` allows and `before` does not, over all subjects and records.
    ///
    /// # Errors
    /// [`ScrutinyError`]
    pub async fn difference(&mut self, before: &Policy, after: &Policy) -> Result<Difference, ScrutinyError> {
        let asks: Vec<Ask> = self.asks().cloned().collect();
        let mut difference = Difference::default();
        for ask in asks {
            let possible = Assumption::none().possible();
            if let Some(witness) = self.newly(before, after, &ask, &possible).await? {
                let by_role = self.by_role(before, after, &ask).await?;
                // Where it takes two roles, or none.
                let all = if by_role.is_empty() { vec![witness] } else { by_role };
                difference.newly_allowed.extend(all);
            }
        }
        Ok(difference)
    }

    /// A witness for each role that suffices alone.
    async fn by_role(
        &mut self,
        before: &Policy,
        after: &Policy,
        ask: &Ask,
    ) -> Result<Vec<Witness>, ScrutinyError> {
        let mut found = Vec::new();
        for role in Role::ALL {
            let alone = Assumption::none().possible().authenticated().with_only(role);
            // One that reads like a request, if there is one.
            let witness = match self.newly(before, after, ask, &plain(alone.clone(), ask)).await? {
                Some(witness) => Some(witness),
                None => self.newly(before, after, ask, &alone).await?,
            };
            let has_role = |witness: &Witness| witness.subject.roles.contains(&role);
            found.extend(witness.filter(has_role));
        }
        Ok(found)
    }
}

/// Names that people can tell apart.
fn plain(assumption: Assumption, ask: &Ask) -> Assumption {
    let subject = assumption
        .but("!([\"\", \"ours\"].contains(principal.tenant))")
        .but("principal.tenant == \"\" && principal.landmark == \"\" && principal.agent == \"\"")
        .but("![\"\", \"itself\"].contains(principal.landmark) || ![\"\", \"itself\"].contains(principal.agent)")
        .but("!([\"SG\", \"FR\"].containsAll(principal.areas))")
        .but("![Proof::\"certificate\", Proof::\"token\"].contains(principal.proof)")
        .but("principal.frozen");
    match ask {
        Ask::Call(_) => subject,
        Ask::Reach(_) => subject
            .but("!([\"ours\", \"other\"].contains(resource.tenant))")
            .but("!([\"\", \"ours\", \"third\"].contains(resource.holder))")
            .but("!([\"some\", \"itself\"].contains(resource.id))")
            .but("!([\"ours\", \"third\"].containsAll(resource.parties))")
            .but("!([\"SG\", \"FR\"].containsAll(resource.areas))"),
    }
}
