//! Who may: every call by every role, records of others, cases, and calls that outlive what they were allowed by.

mod bare;
mod cases;
mod matrix;
mod policies;
mod records;
mod rotation;
mod standings;
mod streams;

use lightcone_server::Config;
use lightcone_tests::{House, Trust};
use tonic::transport::Channel;

/// A server with certificates, and whoever calls it.
pub(crate) struct Court {
    pub(crate) house: House,
    pub(crate) trust: Trust,
}

impl Court {
    pub(crate) async fn open() -> Self {
        Self::with(|_, _| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&Trust, &mut Config)) -> Self {
        let trust = Trust::new();
        let house = House::with(|config| {
            trust.serve(config);
            change(&trust, config);
        })
        .await;
        Self { house, trust }
    }

    /// A channel of whoever bears a path, such as `tenant/acme/site-owner/desk`.
    pub(crate) async fn channel(&self, path: &str) -> Channel {
        self.trust.channel(self.house.address, path).await
    }
}
