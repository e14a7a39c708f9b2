//! Alerts at the door.

use lightcone::names::AlertName;
use lightcone::v1;
use lightcone::v1::alert::Kind;
use lightcone_store::{Alert, AlertFilter};

use super::page::Page;
use super::text;
use crate::limits::NAME_BYTES_MAX;
use crate::wire::{Violation, moment};

const PREFIX: &str = "KIND_";

/// Which alerts are asked for.
#[derive(Debug)]
pub(crate) struct Alerted {
    /// Which page.
    pub(crate) page: Page,
    /// The same for the store.
    pub(crate) filter: AlertFilter,
}

/// An alert to be raised. Its detail is for people and holds no coordinate.
pub(crate) fn alert(kind: Kind, subject: String, detail: String, tenant: String, now: i64) -> Alert {
    let id = uuid::Uuid::now_v7().to_string();
    let kind = kind.as_str_name().trim_start_matches(PREFIX).to_owned();
    Alert { id, revision: 0, create_time: now, kind, subject, detail, tenant }
}

/// Reads a request that lists alerts.
pub(crate) fn alerts(mut wire: v1::ListAlertsRequest) -> Result<Alerted, Violation> {
    let (size, token) = (std::mem::take(&mut wire.page_size), std::mem::take(&mut wire.page_token));
    let page = Page::read("ListAlerts", size, &token, &wire)?;
    let before = page.after.as_deref().map(str::parse).transpose();
    let before_revision = before.map_err(|_| Violation::bad_token("page_token"))?;
    let subject = text::optional("subject", wire.subject, NAME_BYTES_MAX)?;
    let subject = (!subject.is_empty()).then_some(subject);
    let filter = AlertFilter { subject, tenant: None, before_revision, size: page.size };
    Ok(Alerted { page, filter })
}

/// Alerts in the contract's words, with the token of what comes after them.
pub(crate) fn shown_alerts(page: &Page, alerts: Vec<Alert>) -> v1::ListAlertsResponse {
    let last = alerts.last().map(|alert| alert.revision.to_string());
    let next_page_token = page.next(alerts.len(), last.as_deref());
    v1::ListAlertsResponse { alerts: alerts.into_iter().map(shown).collect(), next_page_token }
}

/// A kind that a later version raised is shown as none that this one knows.
fn shown(alert: Alert) -> v1::Alert {
    let kind = Kind::from_str_name(&format!("{PREFIX}{}", alert.kind)).unwrap_or_default();
    v1::Alert {
        name: AlertName { alert: alert.id }.to_string(),
        kind: kind as i32,
        subject: alert.subject,
        detail: alert.detail,
        create_time: Some(moment::timestamp(alert.create_time)),
    }
}
