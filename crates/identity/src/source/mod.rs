//! Where an identity comes from, and how it is kept fresh.

mod folder;
mod warning;
#[cfg(feature = "workload-api")]
mod workload;

use std::sync::Arc;

use crate::identity::{Held, Snapshot};
use crate::{IdentityError, TlsSettings};

/// Where an identity comes from.
pub(crate) enum Source {
    Files(folder::Files),
    #[cfg(feature = "workload-api")]
    Workload(workload::Workload),
}

/// The first snapshot, and where the next ones come from.
pub(crate) async fn open(settings: &TlsSettings) -> Result<(Snapshot, Source), IdentityError> {
    if settings.workload_api.is_empty() {
        let (first, files) = folder::Files::open(settings).await?;
        return Ok((first, Source::Files(files)));
    }
    #[cfg(feature = "workload-api")]
    {
        let (first, workload) = workload::Workload::open(&settings.workload_api).await?;
        Ok((first, Source::Workload(workload)))
    }
    #[cfg(not(feature = "workload-api"))]
    Err(IdentityError::NotBuilt)
}

impl Source {
    /// Keeps what is held fresh, for ever.
    pub(crate) async fn keep(self, held: Arc<Held>) {
        match self {
            Self::Files(files) => files.keep(held).await,
            #[cfg(feature = "workload-api")]
            Self::Workload(workload) => workload.keep(held).await,
        }
    }
}
