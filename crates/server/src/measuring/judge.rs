//! Judging: what landmarks that count measured in a session becomes a verdict, and what somebody should look at
//! becomes alerts.

use lightcone::v1::alert::Kind;
use lightcone_probe::Binding;
use lightcone_probe::binding::closing_nonce;
use lightcone_store::{
    Agent, Judged, LandmarkState, Measurement, Outcome, Session, Site, SiteState, StoreError, Verdict,
    VerdictFilter,
};
use prost::Message as _;

use super::clock::now_ns;
use super::motion::too_far_m;
use super::roster::Directory;
use super::trust::Weights;
use super::{Measuring, Placed, Trouble};
use crate::attesting::{Shown, Tie, Wanted, cost};
use crate::pace::Units;
use crate::wire::attestation::{kept, opened_with};
use crate::wire::inventory;
use crate::wire::{Case, Ruling, Signs, moment, places, rule, signs_of};

impl Measuring {
    /// Judges a session for the first time and keeps the verdict with what became of its reports.
    pub(super) async fn judge(
        &self,
        session: &Session,
        directory: &Directory,
        seen: Vec<Measurement>,
        outcomes: Vec<Outcome>,
    ) -> Result<(), Trouble> {
        let case = self.docket(session, directory, seen).await?;
        let as_of = as_of(&case).unwrap_or(session.not_after.min(now_ns()));
        let (ruling, case) = self.rule(case, as_of, self.story.at(as_of)).await?;
        let before = self.latest(&session.subject).await?;
        let verdict = self.verdict(session.id.clone(), &case, &ruling, as_of);
        let judged = Judged { verdict, supersedes: None };
        let kept = match self.store.complete_reports(&session.id, outcomes, Some(judged)).await {
            // Judged before, and the answer was lost: the verdict stands.
            Err(StoreError::AlreadyExists { .. }) => return Ok(()),
            kept => kept?,
        };
        self.given.send_replace(());
        if kept.is_some() {
            self.sound(&session.subject, before.as_ref(), &ruling).await;
        }
        Ok(())
    }

    /// All that a session's verdict rests on: landmarks that count now, where they were then.
    pub(super) async fn docket(
        &self,
        session: &Session,
        directory: &Directory,
        seen: Vec<Measurement>,
    ) -> Result<Case, Trouble> {
        let agent: Agent = self.store.get(&session.subject).await?;
        let site: Site = self.store.get(&agent.site).await?;
        let weights = Weights::about(directory, &agent.tenant);
        let placed = |seen: Measurement| {
            let known = directory.get(&seen.landmark)?;
            let counts = seen.answered > 0 && known.record.state == LandmarkState::Active;
            let version = known.version(seen.position_version).filter(|_| counts)?;
            let group = weights.group(known)?.to_owned();
            Some((seen, Placed { version: version.record.clone(), group }))
        };
        Ok(Case {
            session: session.clone(),
            tie: self.tie(session, &agent).await?,
            site: (site.state == SiteState::Active).then_some(site),
            seen: seen.into_iter().filter_map(placed).collect(),
            liars: self.rules.liars,
            time_factor: self.story.factor(),
        })
    }

    /// What ties a session's key.
    pub(super) async fn tie(&self, session: &Session, agent: &Agent) -> Result<Tie, Trouble> {
        let at_ns = session.attest_time.unwrap_or(session.not_before);
        let (shown, signature) = opened_with(session);
        let wanted = Wanted {
            binding: session.binding,
            identity_key: Some(agent.identity_key),
            activated: self.activated(&agent.id, at_ns).await?,
            at_ns,
            today_ns: now_ns(),
            signed: session.session_signing_key.map(|key| (key, signature)),
        };
        Ok(Tie {
            shown,
            closing: closing(session, &wanted),
            wanted,
            references: self.context.attesting.references(),
            policy: self.context.attesting.policy,
            inventory: inventory::kept(&session.inventory),
        })
    }

    /// Reaches a verdict, in the pool. The case comes back.
    pub(super) async fn rule(
        &self,
        case: Case,
        as_of: i64,
        story_ns: i64,
    ) -> Result<(Ruling, Case), Trouble> {
        let units = Units::chip(case.seen.len(), case.seen.len(), case.liars, true);
        let compute = std::sync::Arc::clone(&self.compute);
        let cost = self.compute.pace.cost(units).plus(cost(&case.tie.shown).into());
        let ruling = self.compute.run(self.errand(), cost, move |token| {
            let ruling = rule(&compute.borders, &case, as_of, story_ns, &|| token.is_stopped())?;
            Ok((ruling, case))
        });
        Ok(ruling.await?)
    }

    /// A verdict as it is kept.
    pub(super) fn verdict(&self, id: String, case: &Case, ruling: &Ruling, as_of: i64) -> Verdict {
        let session = &case.session;
        let now = now_ns();
        let mut record = ruling.record.clone();
        record.name = format!("agents/{}/verdicts/{id}", session.subject);
        record.create_time = Some(moment::timestamp(now));
        Verdict {
            id,
            revision: 0,
            create_time: now,
            agent: session.subject.clone(),
            session: session.id.clone(),
            as_of,
            story_time: self.story.is_simulated().then(|| self.story.at(as_of)),
            canonical: ruling.canonical.clone(),
            summary: record.headline.clone(),
            wire: record.encode_to_vec(),
            residency: ruling.residency.to_owned(),
            liars: i32::try_from(case.liars).unwrap_or(i32::MAX),
            mode: ruling.mode.clone(),
            superseded_by: None,
            legal_hold: false,
            tenant: session.tenant.clone(),
            places: places::to_keep(&self.compute.borders, &record),
        }
    }

    /// The latest verdict on an agent.
    pub(super) async fn latest(&self, agent: &str) -> Result<Option<Verdict>, Trouble> {
        let filter = VerdictFilter {
            agent: Some(agent.to_owned()),
            latest_only: true,
            size: 1,
            ..VerdictFilter::default()
        };
        Ok(self.store.list_verdicts(&filter).await?.into_iter().next())
    }

    /// Raises what is new against the verdict before: an alert is for a change, not for every session.
    async fn sound(&self, agent: &str, before: Option<&Verdict>, ruling: &Ruling) {
        let was = before.map(signs_of).unwrap_or_default();
        for (kind, detail) in changes(&was, &ruling.signs) {
            self.raise(kind, format!("agents/{agent}"), detail).await;
        }
    }
}

/// The evidence after measuring, and what it is held against.
fn closing(session: &Session, opening: &Wanted) -> Option<(Vec<Shown>, Wanted)> {
    let (shown, signature) = kept(&session.closing_evidence);
    let binding = session.binding.filter(|_| !shown.is_empty())?;
    let nonce = closing_nonce(&Binding(binding), &session.transcript);
    let wanted = Wanted {
        binding: Some(nonce),
        at_ns: session.as_of.unwrap_or(session.not_after),
        signed: session.session_signing_key.map(|key| (key, signature)),
        ..opening.clone()
    };
    Some((shown, wanted))
}

/// The moment that a verdict speaks of: when the last of its round trips was measured.
pub(super) fn as_of(case: &Case) -> Option<i64> {
    case.seen.iter().map(|(seen, _)| seen.observe_time).max()
}

/// What deserves an alert in a verdict that follows another.
fn changes(was: &Signs, is: &Signs) -> Vec<(Kind, String)> {
    let mut alerts = Vec::new();
    if is.inconsistent && !was.inconsistent {
        let detail = "no place fits its measurements: a landmark lies, or more than one place answers";
        alerts.push((Kind::Inconsistent, detail.to_owned()));
    }
    if !is.disproven.is_empty() && was.disproven.is_empty() {
        alerts.push((Kind::Disproven, is.disproven.join("; ")));
    }
    if !is.host_disagrees.is_empty() && was.host_disagrees.is_empty() {
        alerts.push((Kind::HostDisagrees, is.host_disagrees.join("; ")));
    }
    if let Some((before, after)) = was.whereabouts.zip(is.whereabouts)
        && let Some(metres) = too_far_m(before, after)
    {
        let km = metres / 1_000;
        let detail = format!("{km} km farther than anything that carries chips goes in that time");
        alerts.push((Kind::MovedTooFast, detail));
    }
    alerts
}

#[cfg(test)]
mod tests {
    use super::super::Whereabouts;
    use super::*;

    fn signs(inconsistent: bool, disproven: &[&str], lat: f64) -> Signs {
        Signs {
            inconsistent,
            disproven: disproven.iter().map(|&question| question.to_owned()).collect(),
            findings: Vec::new(),
            host_disagrees: Vec::new(),
            whereabouts: Some(Whereabouts::around(lat, 103.8, 1_000)),
        }
    }

    fn kinds(was: &Signs, is: &Signs) -> Vec<Kind> {
        changes(was, is).into_iter().map(|(kind, _)| kind).collect()
    }

    #[test]
    fn an_alert_is_for_a_change() {
        let (good, bad) = (signs(false, &[], 1.0), signs(true, &["inside SG DISPROVEN"], 1.0));
        assert_eq!(kinds(&good, &bad), [Kind::Inconsistent, Kind::Disproven]);
        assert_eq!(kinds(&bad, &bad), []);
        assert_eq!(kinds(&bad, &good), []);
        assert_eq!(kinds(&Signs::default(), &bad), [Kind::Inconsistent, Kind::Disproven]);
    }

    #[test]
    fn a_leap_is_told() {
        assert_eq!(kinds(&signs(false, &[], 1.0), &signs(false, &[], 20.0)), [Kind::MovedTooFast]);
    }
}
