//! A whole landmark: settings and keys in, sockets bound, one life until it is told to stop.

use std::fmt;
use std::future::Future;
use std::net::{SocketAddrV4, SocketAddrV6};

use lightcone::v1::measurement_service_client::MeasurementServiceClient;
use lightcone_identity::{Identity, TlsSettings, dial};
use lightcone_keyring::{ExchangeIdentity, SigningIdentity};
use lightcone_probe::handshake::StaticKey;
use lightcone_probe::udp::socket::Stamping;
use lightcone_probe::udp::{Bound, LandmarkSetup, Sockets};
use lightcone_probe::{SigningKey, agent, landmark};
use tokio::sync::mpsc;
use tokio::sync::watch::{Receiver, Sender};

use crate::carrier;
use crate::config::{Config, InvalidSetting, Settings};
use crate::desk::Desk;
use crate::error::LandmarkError;
#[cfg(feature = "attack")]
use crate::lie::Lie;
use crate::measure::{Clerk, Measuring};
use crate::mesh;
use crate::outbox::Outbox;
use crate::upload::upload;
use crate::watch::watch;

/// Transcripts that may wait to be sent.
const CLOSINGS_WAITING_MAX: usize = 1_024;

/// What a landmark is known by.
pub struct Keys {
    /// Ed25519: signs reports, and transcripts of sessions with other landmarks.
    pub signing: SigningIdentity,
    /// X25519: makes handshakes.
    pub exchange: ExchangeIdentity,
}

impl Keys {
    /// Reads the files that the settings name.
    ///
    /// # Errors
    /// A file that is not named, or cannot be read.
    pub fn load(config: &Config) -> Result<Self, LandmarkError> {
        for (key, file) in [("signing_key", &config.signing_key), ("exchange_key", &config.exchange_key)] {
            if file.as_os_str().is_empty() {
                let remedy = "name the file of its key; `lightcone keys new` makes one";
                return Err(InvalidSetting::new(key, "", remedy).into());
            }
        }
        Ok(Self {
            signing: SigningIdentity::load(&config.signing_key)?,
            exchange: ExchangeIdentity::load(&config.exchange_key)?,
        })
    }
}

/// A landmark that has its sockets and its outbox, and measures once it runs.
pub struct Landmark {
    settings: Settings,
    service: String,
    tls: TlsSettings,
    sockets: Sockets,
    bound: Bound,
    outbox: Outbox,
    signing: SigningKey,
    exchange: StaticKey,
    watching: Sender<bool>,
    #[cfg(feature = "attack")]
    lie: Lie,
}

impl fmt::Debug for Landmark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Landmark").field("landmark", &self.settings.landmark).finish_non_exhaustive()
    }
}

impl Landmark {
    /// A landmark with its keys: binds its sockets and opens its outbox.
    ///
    /// # Errors
    /// A setting that cannot hold, an address that is taken, a folder that cannot be used.
    pub fn open(config: &Config, keys: &Keys) -> Result<Self, LandmarkError> {
        let settings = config.settings()?;
        let measure = |error: std::io::Error| LandmarkError::Measure { cause: error.to_string() };
        let wanted = Bound { v4: settings.listen_v4, v6: settings.listen_v6 };
        let sockets = Sockets::bind(wanted, Stamping::Kernel).map_err(measure)?;
        let bound = sockets.bound().map_err(measure)?;
        Ok(Self {
            settings,
            service: config.service.clone(),
            tls: config.tls.clone(),
            sockets,
            bound,
            outbox: Outbox::open(&config.data, config.outbox_bytes_max)?,
            signing: keys.signing.signing_key().clone(),
            exchange: StaticKey::from_bytes(*keys.exchange.secret()),
            watching: Sender::new(false),
            #[cfg(feature = "attack")]
            lie: Lie::default(),
        })
    }

    /// Where it is greeted over IPv4, the port included.
    #[must_use]
    pub fn address_v4(&self) -> Option<SocketAddrV4> {
        self.bound.v4
    }

    /// Where it is greeted over IPv6, the port included.
    #[must_use]
    pub fn address_v6(&self) -> Option<SocketAddrV6> {
        self.bound.v6
    }

    /// Whether it waits for work; a handle that works while it runs.
    #[must_use]
    pub fn watching(&self) -> Receiver<bool> {
        self.watching.subscribe()
    }

    /// How it lies; a handle that works while it runs.
    #[cfg(feature = "attack")]
    #[must_use]
    pub fn lie(&self) -> Lie {
        self.lie.clone()
    }

    /// Runs until `stop` is over. Sessions under way then are lost; reports are not.
    ///
    /// # Errors
    /// The disk or a socket fails, or the service reckons with another place.
    pub async fn run(self, stop: impl Future<Output = ()>) -> Result<(), LandmarkError> {
        let Self { settings, sockets, outbox, signing, exchange, watching, .. } = self;
        tracing::info!(
            landmark = %settings.landmark, v4 = self.bound.v4.map(tracing::field::display),
            v6 = self.bound.v6.map(tracing::field::display), "landmark starts"
        );
        let _outlet = carrier::offer(settings.listen_tls.as_ref(), self.bound.v4).await?;
        // It lives as long as the channel: a certificate that is renewed is shown at the next connection.
        let identity = if self.tls.is_set() { Some(Identity::open(&self.tls).await?) } else { None };
        let channel = dial::channel(&self.service, identity.as_ref())?;
        let client = MeasurementServiceClient::new(channel.clone());
        let desk = Desk::new(outbox);
        let (closings, closed) = mpsc::channel(CLOSINGS_WAITING_MAX);
        let (failures, mut failed) = mpsc::channel(1);
        let clerk = Clerk {
            signing,
            desk: desk.clone(),
            closings,
            failures,
            #[cfg(feature = "attack")]
            lie: self.lie,
        };
        let measuring = Measuring::start(sockets, exchange.clone(), setup(exchange)?, clerk)
            .map_err(|error| LandmarkError::Measure { cause: error.to_string() })?;
        tokio::select! {
            error = watch(&settings, &client, &desk, &measuring, &watching) => Err(error),
            error = upload(&settings, &client, &desk) => Err(error.into()),
            () = mesh::close(&settings, channel, closed) => Ok(()),
            Some(error) = failed.recv() => Err(error),
            () = stop => Ok(()),
        }
    }
}

fn setup(key: StaticKey) -> Result<LandmarkSetup, LandmarkError> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|error| LandmarkError::Measure { cause: error.to_string() })?;
    Ok(LandmarkSetup {
        key,
        settings: landmark::Settings::default(),
        answers: agent::Settings::default(),
        seed,
    })
}

/// Runs a landmark until `stop` is over.
///
/// # Errors
/// A setting that cannot hold, a key that cannot be read, or what [`Landmark::run`] says.
pub async fn run(config: &Config, stop: impl Future<Output = ()>) -> Result<(), LandmarkError> {
    config.check()?;
    let keys = Keys::load(config)?;
    Landmark::open(config, &keys)?.run(stop).await
}
