//! Who calls, and so on whose behalf work is done.

use lightcone_pool::{Lane, Tenant};
use tonic::Request;

use crate::accept::Peering;
use crate::compute::Errand;
use crate::deadline::Deadline;

/// Who calls.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller {
    /// Whose turn it is in the pool's queues.
    pub(crate) tenant: Tenant,
}

/// Who sent a request: callers are told apart by address until they have names. Everything that asks who calls
/// asks here.
pub(crate) fn caller<T>(request: &Request<T>) -> Caller {
    let tenant = match request.extensions().get::<Peering>() {
        Some(peering) => Tenant::named(&peering.address.ip().to_string()),
        None => Tenant::named("unknown"),
    };
    Caller { tenant }
}

/// On whose behalf a call is and until when.
pub(crate) fn errand<T>(request: &Request<T>, lane: Lane) -> Errand {
    let deadline = request.extensions().get::<Deadline>().map(|deadline| deadline.first);
    Errand { lane, tenant: caller(request).tenant, deadline }
}
