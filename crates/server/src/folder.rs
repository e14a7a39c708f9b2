//! The data folder: the database, unless it is elsewhere, and the service's own key.

use std::fs::{File, TryLockError};
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
/// Locked by the server that uses the folder.
const LOCK: &str = "lock";
/// Who may look into the folder.
#[cfg(unix)]
const MODE: u32 = 0o700;

/// What a server finds in its folder, or makes there.
pub(crate) struct Kept {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) signer: SigningIdentity,
    /// Held while the server lives, so that no other one uses the folder.
    pub(crate) lock: Option<File>,
}

/// Opens store and key.
///
/// # Errors
/// The folder cannot be made, the database not be reached, the key not be read.
pub(crate) async fn open(settings: &StoreSettings) -> Result<Kept, ServeError> {
    let folder = PathBuf::from(&settings.folder);
    let lock = if settings.is_in_memory() { None } else { Some(lock(&folder)?) };
    let store = match settings.url.as_str() {
        "" => SqlStore::sqlite(&folder.join(DATABASE)).await?,
        url => SqlStore::open(url).await?,
    };
    store.observe(Box::new(telemetry::transaction));
    let signer = if settings.is_in_memory() {
        tracing::warn!("everything is kept in memory and gone at the end, the service's key too");
        SigningIdentity::generate()?
    } else {
        SigningIdentity::open(&folder.join(KEY))?
    };
    Ok(Kept { store: Arc::new(store), signer, lock })
}

/// Makes the folder and takes it for this server alone: two would summon the same agents and use one key.
fn lock(folder: &Path) -> Result<File, ServeError> {
    make(folder)?;
    let refused = |cause| ServeError::Folder { folder: folder.to_owned(), cause };
    let file = File::create(folder.join(LOCK)).map_err(refused)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(ServeError::FolderInUse { folder: folder.to_owned() }),
        Err(TryLockError::Error(cause)) => Err(refused(cause)),
    }
}

fn make(folder: &Path) -> Result<(), ServeError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, MODE);
    builder.create(folder).map_err(|cause| ServeError::Folder { folder: folder.to_owned(), cause })
}
