//! What all services share.

use std::sync::Arc;

use lightcone_keyring::SigningIdentity;
use lightcone_store::{LandmarkState, Store};
use tokio::sync::watch;

use crate::access::Gate;
use crate::attesting::Attesting;
use crate::changes::Changes;
use crate::compute::Compute;
use crate::rules::Books;

/// What all services share.
pub(crate) struct Context {
    /// The map and the threads that compute.
    pub(crate) compute: Arc<Compute>,
    /// Everything that is kept.
    pub(crate) store: Arc<dyn Store>,
    /// The rule books that judge.
    pub(crate) books: Arc<Books>,
    /// Who may do what with it.
    pub(crate) gate: Arc<Gate>,
    /// The service's own key.
    pub(crate) signer: SigningIdentity,
    /// References in force, and what is asked of evidence.
    pub(crate) attesting: Attesting,
    /// Where a landmark begins that is entered.
    pub(crate) landmarks_begin: LandmarkState,
    /// How often what is kept was changed.
    pub(crate) changes: Arc<Changes>,
    /// True once the server goes down.
    pub(crate) draining: watch::Receiver<bool>,
}
