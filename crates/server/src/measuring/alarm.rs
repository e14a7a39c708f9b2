//! Raising alerts. An alert that cannot be kept is logged: nothing waits for it.

use lightcone::v1::alert::Kind;
use lightcone_probe::verify::Refusal;
use lightcone_store::Agent;

use super::clock::now_ns;
use super::{Measuring, Trouble};
use crate::wire::registry::alert;

impl Measuring {
    /// Raises an alert.
    pub(super) async fn raise(&self, kind: Kind, subject: String, detail: String) {
        tracing::warn!(kind = kind.as_str_name(), subject, detail, "alert");
        let tenant = self.whose(&subject).await;
        let alert = alert(kind, subject, detail, tenant, now_ns());
        if let Err(error) = self.store.put_alert(alert).await {
            tracing::error!(%error, "an alert could not be kept");
        }
    }

    /// The tenant of what an alert is about; empty where it cannot be told.
    async fn whose(&self, subject: &str) -> String {
        let id = |kind: &str| subject.strip_prefix(kind).map(|rest| rest.split('/').next().unwrap_or(rest));
        let tenant = match (id("agents/"), id("landmarks/")) {
            (Some(agent), _) => {
                self.store.get(agent).await.map(|agent: Agent| agent.tenant).map_err(Trouble::from)
            }
            (None, Some(landmark)) => {
                let known = self.roster.get(landmark).await.map_err(Trouble::from);
                known.map(|known| known.map(|known| known.record.tenant.clone()).unwrap_or_default())
            }
            (None, None) => Ok(String::new()),
        };
        tenant.unwrap_or_else(|error| {
            tracing::error!(%error, subject, "whose an alert is could not be read");
            String::new()
        })
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
