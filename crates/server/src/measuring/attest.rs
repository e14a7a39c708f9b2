//! Attesting: evidence for a session's keys, and the plan that answers it.

use std::sync::Arc;

use lightcone_attest::{Activated, Attestation, Reason, Residency};
use lightcone_core::Point;
use lightcone_pool::Cost;
use lightcone_probe::Signature;
use lightcone_probe::binding;
use lightcone_probe::plan::Plan;
use lightcone_store::{
    Agent, AgentState, AttestationKey, Attested, LandmarkState, Session, SessionState, Site, VerdictFilter,
};
use prost::Message as _;
use subtle::ConstantTimeEq as _;

use super::choose::{Candidate, choose};
use super::clock::now_ns;
use super::desk::{Open, name_of};
use super::roster::{Directory, Known};
use super::switchboard::Listener;
use super::trust::Weights;
use super::{Measuring, Trouble, Work, orders};
use crate::attesting::{Wanted, appraised, cost};
use crate::compute::{Errand, Fault};
use crate::wire::{Attest, Violation, attestation as shown, signs_of};

/// The most activated keys of one agent that evidence may be signed by.
pub(super) const KEYS_MAX: u32 = 64;

/// A session's plan, signed.
#[derive(Debug)]
pub(crate) struct Planned {
    /// The session.
    pub(crate) session: Session,
    /// What its agent is to answer.
    pub(crate) plan: Plan,
    /// The service's signature.
    pub(crate) signature: Signature,
}

impl Measuring {
    /// Takes evidence for a session's keys. The same evidence again has the same plan.
    pub(crate) async fn attest(&self, errand: Errand, asked: Attest) -> Result<Planned, Trouble> {
        let open = self.session(&asked.session.session).await?;
        let _turn = open.turn.lock().await;
        let view = open.view();
        let name = asked.session.to_string();
        if name_of(&view.record) != name {
            return Err(Violation::nothing_named("session", &name).into());
        }
        if view.record.state == SessionState::Summoned {
            let record = self.first(errand, &open, &view.record, asked).await?;
            return self.planned(record).await;
        }
        let keys = (view.record.session_signing_key, view.record.session_exchange_key);
        let is_repeat = keys == (Some(asked.signing_key), Some(asked.exchange_key))
            && view.record.state != SessionState::Missed;
        if !is_repeat || now_ns() > view.record.not_after {
            let remedy = "its nonce is used up; wait for the next summons";
            return Err(Violation::session_over(&name, view.record.state.as_str(), remedy).into());
        }
        self.planned(view.record.clone()).await
    }

    /// The first evidence for a session.
    async fn first(
        &self,
        errand: Errand,
        open: &Arc<Open>,
        record: &Session,
        asked: Attest,
    ) -> Result<Session, Trouble> {
        let name = name_of(record);
        if now_ns() > record.not_after {
            let remedy = "the time to attest is over; wait for the next summons";
            return Err(Violation::session_over(&name, "EXPIRED", remedy).into());
        }
        if !bool::from(record.verifier_nonce.ct_eq(&asked.nonce)) {
            let why = "the nonce is not the one of the summons";
            return Err(Violation::evidence_refused(&name, "nonce", why).into());
        }
        let agent = self.agent(&record.subject).await?;
        if agent.state == AgentState::Retired {
            let remedy = "retired agents are not measured";
            return Err(Violation::state_forbids(&format!("agents/{}", agent.id), "RETIRED", remedy).into());
        }
        let (binding, attestation, asked) = match self.appraise(errand, &agent, &name, asked).await {
            Ok(appraised) => appraised,
            Err(trouble) => {
                self.refused(&agent.id, &trouble).await;
                return Err(trouble);
            }
        };
        if let Some(why) = self.gone_back(&agent.id, &attestation).await? {
            return Err(Violation::evidence_refused(&name, why.check.name(), &why.why).into());
        }
        let landmarks = self.chosen(&agent).await?;
        let now = now_ns();
        // Assignments have to reach the landmarks before the agent does: a stranger is met with silence.
        let begin = now.saturating_add(self.rules.notice_ns);
        let attested = Attested {
            binding,
            session_signing_key: asked.signing_key,
            session_exchange_key: asked.exchange_key,
            evidence_format: kinds(&attestation),
            evidence: shown::to_keep(&asked.evidence, &asked.evidence_signature),
            residency: attestation.residency.name().to_owned(),
            appraisal: shown::appraisal(&attestation, now).encode_to_vec(),
            inventory: asked.inventory,
            landmarks,
            not_before: begin,
            not_after: begin.saturating_add(self.rules.window_ns),
            time: now,
        };
        let record = self.store.attest_session(&open.id, attested).await?;
        open.set(record.clone());
        self.sighted(&record, &attestation).await?;
        self.assign(&record).await?;
        Ok(record)
    }

    /// Holds evidence against the session's keys, the references and policy, in the pool.
    async fn appraise(
        &self,
        errand: Errand,
        agent: &Agent,
        name: &str,
        asked: Attest,
    ) -> Result<([u8; 32], Attestation, Attest), Trouble> {
        let (references, policy) = (self.context.attesting.references(), self.context.attesting.policy);
        let activated = self.activated(&agent.id, now_ns()).await?;
        let cost = Cost::from(cost(&asked.evidence));
        let name = name.to_owned();
        let verifier = hex::encode(self.context.signer.public());
        let (device, identity_key) = (format!("agents/{}", agent.id), agent.identity_key);
        let done = self.compute.run(errand, cost, move |_| {
            let context = binding::context(&verifier, &device, None);
            let (nonce, exchange, signing) = (&asked.nonce, &asked.exchange_key, &asked.signing_key);
            let Ok(key) = ed25519_dalek::VerifyingKey::from_bytes(signing) else {
                return Err(Violation::invalid_unsaid("signing_key", "an Ed25519 public key").into());
            };
            let binding = binding::binding(nonce, exchange, signing, &context).0;
            asked.inventory_is_signed(&key, &binding)?;
            let wanted = Wanted {
                binding: Some(binding),
                identity_key: Some(identity_key),
                activated,
                at_ns: now_ns(),
                today_ns: now_ns(),
                signed: Some((asked.signing_key, asked.evidence_signature.clone())),
            };
            let refused = |check, why: &dyn std::fmt::Display| {
                Fault::from(Violation::evidence_refused(&name, check, why))
            };
            let mut attestation = appraised(&asked.evidence, &wanted, &references)
                .map_err(|piece| refused(piece.rejection.check.name(), &piece))?;
            policy.admit(&attestation).map_err(|why| refused(why.check.name(), &why.why))?;
            // More is shown only by evidence after measuring.
            if attestation.residency >= Residency::R3 {
                attestation.lower(Residency::R2, Reason::NotClosed);
            }
            Ok((binding, attestation, asked))
        });
        Ok(done.await?)
    }

    /// Keys of TPMs that were activated for an agent by a moment.
    pub(super) async fn activated(&self, agent: &str, by_ns: i64) -> Result<Vec<Activated>, Trouble> {
        let keys = self.store.attestation_keys(agent, KEYS_MAX).await?;
        let known = keys.into_iter().filter(|key| key.create_time <= by_ns);
        let activated = |key: AttestationKey| Activated { name: key.key_name, endorsement: key.endorsement };
        Ok(known.map(activated).collect())
    }

    /// Which landmarks measure an agent: those that watch, or all where none does.
    async fn chosen(&self, agent: &Agent) -> Result<Vec<String>, Trouble> {
        let directory = self.roster.in_use().await?;
        let from = self.expected(agent).await?;
        let weights = Weights::about(&directory, &agent.tenant);
        let candidates: Vec<Candidate> =
            directory.all().filter_map(|known| candidate(known, &weights)).collect();
        let watching: Vec<Candidate> =
            candidates.iter().filter(|it| self.landmarks.is_open(&it.id)).cloned().collect();
        let pool = if watching.is_empty() { &candidates } else { &watching };
        let groups = self.rules.liars as usize + 1;
        let chosen = choose(pool, from, self.rules.landmarks, groups);
        if chosen.is_empty() {
            let remedy = "no landmark is in use; the session cannot be measured";
            return Err(
                Violation::state_forbids(&format!("agents/{}", agent.id), "UNMEASURABLE", remedy).into()
            );
        }
        Ok(chosen.into_iter().map(|candidate| candidate.id.clone()).collect())
    }

    /// Where an agent is likely to be: as its site claims, else where it was proven last.
    async fn expected(&self, agent: &Agent) -> Result<Option<Point>, Trouble> {
        let site: Site = self.store.get(&agent.site).await?;
        if let Some((latitude, longitude)) = site.latitude_nd.zip(site.longitude_nd) {
            return Ok(Point::from_ndeg(latitude, longitude));
        }
        let filter = VerdictFilter {
            agent: Some(agent.id.clone()),
            latest_only: true,
            size: 1,
            ..VerdictFilter::default()
        };
        let last = self.store.list_verdicts(&filter).await?;
        Ok(last.first().and_then(|verdict| signs_of(verdict).whereabouts).map(|seen| seen.centre))
    }

    /// The plan of a session that is attested.
    async fn planned(&self, session: Session) -> Result<Planned, Trouble> {
        let directory = self.roster.all().await?;
        let plan = orders::plan(&session, &directory, self.rules.probes)
            .ok_or_else(|| Trouble::Own(format!("session {} is attested without a binding", session.id)))?;
        let signature = Signature(self.context.signer.sign(&plan.signing_bytes()));
        Ok(Planned { session, plan, signature })
    }

    /// Tells the landmarks of a session what to do.
    pub(super) async fn assign(&self, record: &Session) -> Result<(), Trouble> {
        let directory = self.roster.all().await?;
        for id in &record.landmarks {
            if let Some(work) = self.challenge(record, &directory, id)
                && !self.landmarks.tell(id, work)
            {
                tracing::debug!(landmark = id, "does not watch; its assignment waits for it");
            }
        }
        Ok(())
    }

    fn challenge(&self, record: &Session, directory: &Directory, landmark: &str) -> Option<Work> {
        let version = directory.get(landmark)?.at(record.not_before)?;
        orders::assignment(record, version, self.rules.probes).map(Work::Challenge)
    }

    /// Opens a line to a landmark. Work that is open is told again.
    pub(crate) async fn watch(&self, landmark: &str) -> Result<Listener<Work>, Trouble> {
        let name = || format!("landmarks/{landmark}");
        let Some(known) = self.roster.get(landmark).await? else {
            return Err(Violation::nothing_named("landmark", &name()).into());
        };
        if known.record.state == LandmarkState::Retired {
            return Err(Violation::state_forbids(&name(), "RETIRED", "retired landmarks have no work").into());
        }
        let line = self.landmarks.listen(landmark);
        if known.record.state == LandmarkState::Probation {
            self.audits.came();
        }
        let (directory, now) = (self.roster.all().await?, now_ns());
        for open in self.desk.attested() {
            let view = open.view();
            if view.record.not_after <= now {
                continue;
            }
            if view.record.landmarks.iter().any(|id| id == landmark)
                && let Some(work) = self.challenge(&view.record, &directory, landmark)
            {
                self.landmarks.tell(landmark, work);
            }
            if let Some(answer) = self.answer(&view.record, &directory, landmark) {
                self.landmarks.tell(landmark, answer);
            }
        }
        Ok(line)
    }
}

/// The formats of an attestation, for people.
fn kinds(attestation: &Attestation) -> String {
    attestation.kinds().into_iter().map(|kind| kind.name()).collect::<Vec<_>>().join(" ")
}

fn candidate(known: &Known, weights: &Weights<'_>) -> Option<Candidate> {
    let (v4, v6) = known.addresses();
    let is_reachable = known.measures() && (v4.is_some() || v6.is_some());
    let group = weights.group(known);
    let counts = known.record.state == LandmarkState::Active && group.is_some();
    is_reachable.then_some(())?;
    Some(Candidate {
        id: known.record.id.clone(),
        point: known.point()?,
        group: group.unwrap_or_default().to_owned(),
        counts,
    })
}
