//! Raising alerts. An alert that cannot be kept is logged: nothing waits for it.

use lightcone::v1::alert::Kind;
use lightcone_probe::verify::Refusal;

use super::clock::now_ns;
use super::{Measuring, Trouble};
use crate::wire::registry::alert;

impl Measuring {
    /// Raises an alert.
    pub(super) async fn raise(&self, kind: Kind, subject: String, detail: String) {
        tracing::warn!(kind = kind.as_str_name(), subject, detail, "alert");
        let alert = alert(kind, subject, detail, now_ns());
        if let Err(error) = self.store.put_alert(alert).await {
            tracing::error!(%error, "an alert could not be kept");
        }
    }

    /// An announced session was not kept.
    pub(super) async fn silent(&self, agent: &str, session: &str, was_attested: bool) {
        let detail = if was_attested {
            format!("`{session}` was attested and never closed: there is no transcript")
        } else {
            format!("`{session}` was announced and not attested in time")
        };
        self.raise(Kind::Silence, format!("agents/{agent}"), detail).await;
    }

    /// Evidence under the right nonce that does not hold deserves a look, unless the server could not appraise it.
    pub(super) async fn refused(&self, agent: &str, trouble: &Trouble) {
        if let Some(why) = trouble.refusal() {
            self.raise(Kind::EvidenceRefused, format!("agents/{agent}"), why).await;
        }
    }

    /// A landmark and an agent say different things of one session.
    pub(super) async fn contradicted(&self, landmark: &str, session: &str, refusal: &Refusal) {
        let detail = format!("its report of `{session}` does not stand against the transcript: {refusal}");
        self.raise(Kind::ReportContradicted, format!("landmarks/{landmark}"), detail).await;
    }
}
