//! The rules in force: policies and directory, read again when their files change.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use lightcone_access::{Directory, InvalidDirectory, InvalidPolicy, Policy};
use lightcone_store::{PolicyVersion, Store, StoreError};
use tokio::sync::watch;

use crate::clock::now_ns;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(1);
/// After so many looks at a file that cannot be read somebody is told, once.
const MISSES_TOLD: u32 = 2;
/// The largest file that is read, in bytes.
const FILE_BYTES_MAX: u64 = 1 << 20;
/// What the built-in policies are said to come from.
const BUILT_IN: &str = "built in";
/// Digits of a digest in the name of a version.
const VERSION_DIGEST_DIGITS: usize = 16;

/// Rules that cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum UnusableRules {
    /// A file that cannot be read.
    #[error("cannot read `{}`: {cause}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
    /// Policies that do not hold.
    #[error("`{}`: {cause}", path.display())]
    Policy {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        cause: InvalidPolicy,
    },
    /// A directory that does not hold.
    #[error("`{}`: {cause}", path.display())]
    Directory {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        cause: InvalidDirectory,
    },
    /// The version cannot be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Where rules come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RuleFiles {
    /// File of policies; none: those that are built in.
    pub(crate) policies: Option<PathBuf>,
    /// File of the directory; none: an empty one.
    pub(crate) directory: Option<PathBuf>,
}

/// What decides at one moment.
#[derive(Debug)]
pub(crate) struct InForce {
    pub(crate) policy: Policy,
    pub(crate) directory: Directory,
    /// Number and digest of the policies, as answers name them.
    pub(crate) version: String,
    /// The same as the store keeps it.
    pub(crate) kept: PolicyVersion,
}

/// The rules in force, and word of each change.
#[derive(Debug)]
pub(crate) struct Rules {
    now: RwLock<Arc<InForce>>,
    changes: watch::Sender<u64>,
    files: RuleFiles,
}

/// The texts of the files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Texts {
    policies: Option<String>,
    directory: Option<String>,
}

impl Rules {
    /// Reads the rules for the first time.
    ///
    /// # Errors
    /// A file that cannot be read or does not hold; a store that does not keep the version.
    pub(crate) async fn start(
        files: RuleFiles,
        store: &dyn Store,
    ) -> Result<(Arc<Self>, Texts), UnusableRules> {
        let texts = Texts::read(&files)?;
        let now = in_force(&files, &texts, store).await?;
        tell(&now);
        let rules = Self { now: RwLock::new(Arc::new(now)), changes: watch::Sender::new(0), files };
        Ok((Arc::new(rules), texts))
    }

    /// What decides now.
    pub(crate) fn now(&self) -> Arc<InForce> {
        Arc::clone(&self.now.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Goes up with every change.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Looks at the files for as long as the server lives. What does not hold changes nothing, and is told once.
    pub(crate) async fn keep(self: Arc<Self>, mut last: Texts, store: Arc<dyn Store>) {
        let (mut ticks, mut missed) = (tokio::time::interval(LOOK), 0);
        loop {
            ticks.tick().await;
            let texts = match Texts::read(&self.files) {
                Ok(texts) if texts == last => {
                    missed = 0;
                    continue;
                }
                Ok(texts) => texts,
                // A file that is being replaced may be away for a moment: the next look sees it.
                Err(error) => {
                    missed += 1;
                    if missed == MISSES_TOLD {
                        tracing::error!(%error, "access rules cannot be read; the old ones stay in force");
                    }
                    continue;
                }
            };
            missed = 0;
            match in_force(&self.files, &texts, &*store).await {
                Ok(now) => {
                    tell(&now);
                    *self.now.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(now);
                    self.changes.send_modify(|changes| *changes += 1);
                }
                Err(UnusableRules::Store(error)) => {
                    tracing::warn!(%error, "new access rules wait for the store");
                    continue;
                }
                Err(error) => {
                    tracing::error!(%error, "new access rules do not hold; the old ones stay in force")
                }
            }
            last = texts;
        }
    }
}

impl Texts {
    fn read(files: &RuleFiles) -> Result<Self, UnusableRules> {
        let text = |path: &Option<PathBuf>| path.as_deref().map(read).transpose();
        Ok(Self { policies: text(&files.policies)?, directory: text(&files.directory)? })
    }
}

fn read(path: &Path) -> Result<String, UnusableRules> {
    use std::io::Read as _;
    let read = || {
        let mut text = String::new();
        std::fs::File::open(path)?.take(FILE_BYTES_MAX + 1).read_to_string(&mut text)?;
        if text.len() as u64 > FILE_BYTES_MAX {
            return Err(std::io::Error::other(format!("larger than {FILE_BYTES_MAX} bytes")));
        }
        Ok(text)
    };
    read().map_err(|cause| UnusableRules::File { path: path.to_owned(), cause })
}

async fn in_force(files: &RuleFiles, texts: &Texts, store: &dyn Store) -> Result<InForce, UnusableRules> {
    let path = |path: &Option<PathBuf>| path.clone().unwrap_or_else(|| BUILT_IN.into());
    let policy = match &texts.policies {
        Some(text) => Policy::parse(text),
        None => Policy::built_in(),
    };
    let policy = policy.map_err(|cause| UnusableRules::Policy { path: path(&files.policies), cause })?;
    let directory = Directory::parse(texts.directory.as_deref().unwrap_or_default())
        .map_err(|cause| UnusableRules::Directory { path: path(&files.directory), cause })?;
    let source = files.policies.as_deref().and_then(Path::file_name).map(|name| name.to_string_lossy());
    let version = PolicyVersion {
        number: 0,
        sha256: policy.sha256(),
        load_time: now_ns(),
        source: source.map_or_else(|| BUILT_IN.to_owned(), |name| name.into_owned()),
        policies: policy.text().to_owned(),
        schema: Policy::schema().to_owned(),
    };
    let kept = store.put_policy_version(version).await?;
    let version = version_of(&kept);
    Ok(InForce { policy, directory, version, kept })
}

/// How answers name a version.
pub(crate) fn version_of(kept: &PolicyVersion) -> String {
    let mut digest = hex::encode(kept.sha256);
    digest.truncate(VERSION_DIGEST_DIGITS);
    format!("{}-{digest}", kept.number)
}

fn tell(now: &InForce) {
    tracing::info!(version = now.version, source = now.kept.source, "access rules in force");
}
