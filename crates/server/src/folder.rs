//! The data folder: the database, unless it is elsewhere, and the service's own key.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use lightcone_keyring::SigningIdentity;
use lightcone_store::{SqlStore, Store};

use crate::config::StoreSettings;
use crate::run::ServeError;
use crate::telemetry;

/// The database of the embedded engine.
const DATABASE: &str = "lightcone.db";
/// The service's Ed25519 key.
const KEY: &str = "service.key";
/// Who may look into the folder.
#[cfg(unix)]
const MODE: u32 = 0o700;

/// What a server finds in its folder, or makes there.
pub(crate) struct Kept {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) signer: SigningIdentity,
}

/// Opens store and key.
///
/// # Errors
/// The folder cannot be made, the database not be reached, the key not be read.
pub(crate) async fn open(settings: &StoreSettings) -> Result<Kept, ServeError> {
    let folder = PathBuf::from(&settings.folder);
    let store = match settings.url.as_str() {
        "" => {
            make(&folder)?;
            SqlStore::sqlite(&folder.join(DATABASE)).await?
        }
        url => SqlStore::open(url).await?,
    };
    store.observe(Box::new(telemetry::transaction));
    let signer = if settings.is_in_memory() {
        tracing::warn!("everything is kept in memory and gone at the end, the service's key too");
        SigningIdentity::generate()?
    } else {
        make(&folder)?;
        SigningIdentity::open(&folder.join(KEY))?
    };
    Ok(Kept { store: Arc::new(store), signer })
}

fn make(folder: &Path) -> Result<(), ServeError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, MODE);
    builder.create(folder).map_err(|cause| ServeError::Folder { folder: folder.to_owned(), cause })
}
