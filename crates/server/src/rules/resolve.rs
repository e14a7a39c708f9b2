//! By which book and at which stand a request is to be judged.

use std::sync::Arc;

use lightcone::names::PolicyVersionName;
use lightcone::v1;
use lightcone_policy::{Date, Stand};
use tonic::Status;

use super::{Books, KeptBook};
use crate::clock::today;
use crate::wire::{Violation, decision};

/// The book and the stand of a request; the active book and today as enforced where it does not say.
///
/// # Errors
/// What is wrong with it, or NOT_FOUND.
pub(crate) async fn resolve(
    books: &Books,
    rules: Option<v1::Rules>,
    today: Date,
) -> Result<(Arc<KeptBook>, Stand), Status> {
    resolve_field(books, "rules", rules, today).await
}

/// The same, of a field with that name.
///
/// # Errors
/// As [`resolve`].
pub(crate) async fn resolve_field(
    books: &Books,
    field: &str,
    rules: Option<v1::Rules>,
    today: Date,
) -> Result<(Arc<KeptBook>, Stand), Status> {
    let v1::Rules { policy_version, stand } = rules.unwrap_or_default();
    let stand = decision::stand(stand, today).map_err(|violation| violation.within(field))?;
    let book = match policy_version.as_str() {
        "" => books.active(),
        name => {
            let number = number(&format!("{field}.policy_version"), name)?;
            match number {
                Some(number) => books.number(number).await?,
                None => books.active(),
            }
        }
    };
    Ok((book, stand))
}

/// The active book, today, as enforced.
///
/// # Errors
/// As [`today`].
pub(crate) fn resolve_today(books: &Books) -> Result<(Arc<KeptBook>, Stand), Status> {
    Ok((books.active(), Stand::on(today()?)))
}

/// The number in the name of a version; none: the active one.
///
/// # Errors
/// Another form of name.
pub(crate) fn number(field: &str, name: &str) -> Result<Option<i64>, Violation> {
    const ACTIVE: &str = "active";
    let allowed = "`policyVersions/{number}`, numbers from 1, or `policyVersions/active`";
    let invalid = || Violation::invalid(field, name, allowed);
    let parsed = PolicyVersionName::parse(name).map_err(|_| invalid())?;
    if parsed.policy_version == ACTIVE {
        return Ok(None);
    }
    let number = parsed.policy_version.parse::<i64>().ok().filter(|number| *number >= 1);
    // One book, one name: no zeros in front.
    let number = number.filter(|number| number.to_string() == parsed.policy_version);
    number.map(Some).ok_or_else(invalid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_has_one_name() {
        assert_eq!(number("x", "policyVersions/12"), Ok(Some(12)));
        assert_eq!(number("x", "policyVersions/active"), Ok(None));
        for wrong in
            ["12", "policyVersions/", "policyVersions/012", "policyVersions/0", "policyVersions/-1", "a/1"]
        {
            let refused = number("x", wrong).unwrap_err();
            assert!(refused.field == "x" && refused.description.contains("{number}"), "{refused:?}");
        }
    }
}
