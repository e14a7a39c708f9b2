//! Notes of who of one tenant was shown what of another's.

use lightcone_store::{Access, Case};

use super::caller::Caller;
use super::gate::Goal;
use crate::clock::now_ns;

/// What is kept of one look.
pub(super) fn access(caller: &Caller, policy_version: &str, goal: &Goal, case: Option<&Case>) -> Access {
    let (case_id, reason) = case.map_or_else(Default::default, |case| (case.id.clone(), case.reason.clone()));
    Access {
        revision: 0,
        time: now_ns(),
        subject: caller.subject.id.clone(),
        subject_tenant: caller.subject.tenant.clone(),
        call: caller.call.to_owned(),
        resource: goal.name.clone(),
        tenant: goal.record.tenant.clone(),
        case_id,
        reason,
        policy_version: policy_version.to_owned(),
    }
}
