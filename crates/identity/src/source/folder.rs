//! An identity in three PEM files, which are looked at each second.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rustls_pki_types::UnixTime;
use tokio::time::{MissedTickBehavior, interval};

use super::warning::Warning;
use crate::bundle::Bundle;
use crate::files::{self, Stamp};
use crate::identity::{Held, Snapshot};
use crate::svid::Svid;
use crate::{IdentityError, TlsSettings};

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The three files.
#[derive(Clone)]
pub(super) struct Paths {
    certificate: PathBuf,
    private_key: PathBuf,
    trust_bundle: PathBuf,
}

/// The files and how they looked when they were read.
pub(crate) struct Files {
    paths: Paths,
    seen: Option<Stamps>,
}

type Stamps = [Option<Stamp>; 3];

impl Files {
    pub(super) async fn open(settings: &TlsSettings) -> Result<(Snapshot, Self), IdentityError> {
        let paths = Paths {
            certificate: settings.certificate.clone(),
            private_key: settings.private_key.clone(),
            trust_bundle: settings.trust_bundle.clone(),
        };
        let (seen, first) = read(&paths).await;
        Ok((first?, Self { paths, seen }))
    }

    pub(super) async fn keep(mut self, held: Arc<Held>) {
        let mut ticks = interval(LOOK_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut warning = Warning::default();
        loop {
            ticks.tick().await;
            warning.look_at_the_clock(&held);
            if self.seen.is_some() && self.seen == Some(self.paths.stamps()) {
                continue;
            }
            let (seen, next) = read(&self.paths).await;
            self.seen = seen;
            warning.note(next.and_then(|next| held.take(next)));
        }
    }
}

/// Reads the files, away from the threads that serve sockets. The stamps are nothing while another change may not show.
async fn read(paths: &Paths) -> (Option<Stamps>, Result<Snapshot, IdentityError>) {
    let paths = paths.clone();
    let read = tokio::task::spawn_blocking(move || {
        // Before reading: what changes meanwhile is read again.
        let stamps = paths.stamps();
        let now = SystemTime::now();
        let is_settled = stamps.iter().flatten().all(|stamp| stamp.is_settled(now));
        (is_settled.then_some(stamps), paths.read())
    });
    read.await.unwrap_or_else(|_| {
        let why = "reading the files was broken off".to_owned();
        (None, Err(IdentityError::Malformed { origin: "certificate, key and bundle".to_owned(), why }))
    })
}

impl Paths {
    fn stamps(&self) -> Stamps {
        [&self.certificate, &self.private_key, &self.trust_bundle].map(|path| Stamp::of(path))
    }

    fn read(&self) -> Result<Snapshot, IdentityError> {
        let chain = files::chain(&self.certificate)?;
        let key = files::key(&self.private_key)?;
        let svid = Svid::new(&self.certificate.display().to_string(), chain, key, UnixTime::now())?;
        let bundle =
            Bundle::new(files::bundle(&self.trust_bundle)?).ok_or_else(|| IdentityError::Malformed {
                origin: self.trust_bundle.display().to_string(),
                why: "a certificate in it is no root".to_owned(),
            })?;
        Ok(Snapshot { svid, bundle })
    }
}
