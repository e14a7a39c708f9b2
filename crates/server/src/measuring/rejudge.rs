//! Judging again: what leaned on a landmark that is suspended is judged without it, what leaned on landmarks of
//! trust groups that turned out to be one with those as one, and everything under other reference values. The old verdict stays, superseded.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use lightcone::v1::alert::Kind;
use lightcone_store::{Judged, LIST_MAX, LandmarkState, Session, StoreError, Verdict, VerdictFilter};

use super::judge::as_of;
use super::{Measuring, Trouble, chance};
use crate::wire::{signs_of, ties_alike};

/// The most landmarks of a merged trust group that an alert names.
const TOLD_MAX: usize = 8;

/// Why something is judged again.
enum Cause<'a> {
    /// A landmark was suspended.
    Suspended(&'a str),
    /// Other reference values are in force.
    References(&'a str),
    /// Landmarks of more than one trust group turned out to be of one.
    Merged(&'a BTreeSet<String>),
}

impl Measuring {
    /// Judges again under other reference values, once they are in force.
    pub(super) async fn follow_references(self: Arc<Self>) -> Result<(), Trouble> {
        // A file is read and its signature checked: not where sockets are served.
        let context = Arc::clone(&self.context);
        let refreshed = tokio::task::spawn_blocking(move || context.attesting.refresh()).await;
        match refreshed.map_err(|error| Trouble::Own(error.to_string()))? {
            Ok(false) => return Ok(()),
            Ok(true) => {}
            Err(unusable) => {
                tracing::error!(%unusable, "the reference values before stay in force");
                return Ok(());
            }
        }
        let version = self.context.attesting.references().version();
        self.rejudge_all(&Cause::References(&version), true).await?;
        self.rejudge_all(&Cause::References(&version), false).await
    }

    /// Judges again what leaned on landmarks that were suspended since the last look, by the audit or an operator.
    pub(super) async fn follow_suspensions(self: Arc<Self>) -> Result<(), Trouble> {
        let directory = self.roster.all().await?;
        let suspended: BTreeSet<String> = directory
            .all()
            .filter(|known| known.record.state == LandmarkState::Suspended)
            .map(|known| known.record.id.clone())
            .collect();
        for (landmark, is_first) in self.audits.to_rejudge(&suspended) {
            // The latest of each agent first: that is what somebody acts on.
            self.rejudge_all(&Cause::Suspended(&landmark), true).await?;
            if is_first {
                self.rejudge_all(&Cause::Suspended(&landmark), false).await?;
            }
            self.audits.rejudged(&landmark);
        }
        Ok(())
    }

    /// Judges again what counted landmarks as of several trust groups that are now known to be of one.
    pub(super) async fn follow_groups(self: Arc<Self>) -> Result<(), Trouble> {
        self.roster.all().await?;
        for (merged, is_first) in self.roster.mergers.to_rejudge() {
            self.rejudge_all(&Cause::Merged(&merged), true).await?;
            if is_first {
                self.rejudge_all(&Cause::Merged(&merged), false).await?;
            }
        }
        Ok(())
    }

    async fn rejudge_all(&self, cause: &Cause<'_>, latest_only: bool) -> Result<(), Trouble> {
        let mut filter = VerdictFilter { latest_only, size: LIST_MAX, ..VerdictFilter::default() };
        loop {
            let verdicts = self.store.list_verdicts(&filter).await?;
            filter.before_revision = verdicts.last().map(|verdict| verdict.revision);
            let is_last = verdicts.len() < LIST_MAX as usize;
            for verdict in verdicts.into_iter().filter(|verdict| verdict.superseded_by.is_none()) {
                self.rejudge(cause, &verdict).await?;
            }
            if is_last {
                return Ok(());
            }
        }
    }

    /// Judges one again if it leaned on what changed. The same evidence gives the same bytes: then nothing is kept.
    async fn rejudge(&self, cause: &Cause<'_>, old: &Verdict) -> Result<(), Trouble> {
        let session = match self.store.session(&old.session).await {
            Ok(session) => session,
            Err(StoreError::NotFound { .. }) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        if !cause.concerns(&session) {
            return Ok(());
        }
        let directory = self.roster.all().await?;
        let seen = self.store.measurements(&session.id).await?;
        let case = self.docket(&session, &directory, seen).await?;
        let at = as_of(&case).unwrap_or(old.as_of);
        // A verdict of the past keeps the story time that it had.
        let story_ns = old.story_time.unwrap_or(at).saturating_add(at - old.as_of);
        let (ruling, case) = self.rule(case, at, story_ns).await?;
        if ruling.canonical == old.canonical && ties_alike(old, &ruling) {
            return Ok(());
        }
        let id = format!("{}-{}", session.id, hex::encode(chance::bytes::<4>()?));
        let verdict = self.verdict(id, &case, &ruling, at);
        let verdict = Verdict { story_time: old.story_time.map(|_| story_ns), ..verdict };
        let new_name = format!("agents/{}/verdicts/{}", verdict.agent, verdict.id);
        match self.store.put_verdict(Judged { verdict, supersedes: Some(old.id.clone()) }).await {
            Ok(_) => {}
            // Somebody was faster.
            Err(StoreError::WrongState { .. }) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
        self.given.send_replace(());
        let (was, is) = (signs_of(old).findings, ruling.signs.findings);
        if was != is || old.residency != ruling.residency {
            let told =
                |findings: &[String], residency: &str| format!("{} at {residency}", findings.join(" "));
            let (was, is) = (told(&was, &old.residency), told(&is, ruling.residency));
            let detail = format!("{cause}: {was} became {is}; see `{new_name}`");
            self.raise(Kind::VerdictFlipped, format!("agents/{}/verdicts/{}", old.agent, old.id), detail)
                .await;
        }
        Ok(())
    }
}

impl Cause<'_> {
    /// Whether a session can be judged otherwise for it.
    fn concerns(&self, session: &Session) -> bool {
        match self {
            Self::Suspended(landmark) => session.landmarks.iter().any(|id| id == landmark),
            Self::References(_) => true,
            Self::Merged(merged) => session.landmarks.iter().filter(|id| merged.contains(*id)).count() > 1,
        }
    }
}

impl fmt::Display for Cause<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Suspended(landmark) => write!(f, "without landmarks/{landmark}, which is suspended"),
            Self::References(version) => write!(f, "under reference values {version}"),
            Self::Merged(merged) => {
                let names: Vec<String> =
                    merged.iter().take(TOLD_MAX).map(|id| format!("landmarks/{id}")).collect();
                let others = if merged.len() > TOLD_MAX { " and others" } else { "" };
                write!(f, "with {}{others} as one trust group", names.join(", "))
            }
        }
    }
}
