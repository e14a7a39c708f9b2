//! Where an identity comes from, and how it is kept fresh.

mod folder;
mod warning;

use std::sync::Arc;

use crate::identity::{Held, Snapshot};
use crate::{IdentityError, TlsSettings};

/// Where an identity comes from.
pub(crate) enum Source {
    Files(folder::Files),
}

/// The first snapshot, and where the next ones come from.
pub(crate) async fn open(settings: &TlsSettings) -> Result<(Snapshot, Source), IdentityError> {
    if !settings.workload_api.is_empty() {
        return Err(IdentityError::NotBuilt);
    }
    let (first, files) = folder::Files::open(settings).await?;
    Ok((first, Source::Files(files)))
}

impl Source {
    /// Keeps what is held fresh, for ever.
    pub(crate) async fn keep(self, held: Arc<Held>) {
        match self {
            Self::Files(files) => files.keep(held).await,
        }
    }
}
