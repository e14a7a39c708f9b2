//! Who calls, and so on whose behalf work is done.

use std::sync::Arc;

use lightcone_access::Subject;
use lightcone_pool::{Lane, Tenant};
use tonic::{Request, Status};

use crate::compute::Errand;
use crate::deadline::Deadline;
use crate::status;

/// Who calls, as the layer found out.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// Who it is.
    pub(crate) subject: Arc<Subject>,
    /// Until when that is known by certificate or token, in nanoseconds since 1970; none: without end.
    pub(crate) expires_ns: Option<i64>,
    /// Whose turn it is in the pool's queues.
    pub(crate) turn: Tenant,
    /// The call, such as `SiteService/GetSite`.
    pub(crate) call: &'static str,
}

/// Who sent a request. Everything that asks who calls asks here.
///
/// # Errors
/// The layer did not see the request: then nobody may do anything.
pub(crate) fn caller<T>(request: &Request<T>) -> Result<Caller, Status> {
    let caller = request.extensions().get::<Caller>().cloned();
    caller.ok_or_else(|| status::internal("a request reached its handler past the access layer"))
}

/// On whose behalf a call is and until when.
pub(crate) fn errand<T>(request: &Request<T>, lane: Lane) -> Errand {
    let deadline = request.extensions().get::<Deadline>().map(|deadline| deadline.first);
    let turn = request.extensions().get::<Caller>().map(|caller| caller.turn);
    Errand { lane, tenant: turn.unwrap_or_else(|| Tenant::named("unknown")), deadline }
}
