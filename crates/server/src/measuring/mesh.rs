//! The mesh: landmarks probe one another, and what they find is audited.

use std::collections::HashMap;
use std::sync::Arc;

use lightcone_probe::Signature;
use lightcone_store::{Attested, LandmarkState, Session, SessionState, SubjectKind};

use super::clock::now_ns;
use super::desk::name_of;
use super::pairs::{Pair, pairs};
use super::roster::{Directory, Known};
use super::{Measuring, Trouble, Work, chance, orders};

/// Pairs of one round: each costs a handshake and a burst on both sides.
const PAIRS_MAX: usize = 256;
/// What a session between landmarks names as its evidence: their keys are in the registry.
const FORMAT: &str = "registered";

impl Measuring {
    /// Audits what was measured since the last look, and has newcomers measured without waiting for a round.
    pub(super) async fn follow_mesh(self: Arc<Self>) -> Result<(), Trouble> {
        let (is_measured, is_joined) = self.audits.due();
        if is_measured {
            self.audit_and_follow().await?;
        }
        if is_joined { self.probe_pairs(true).await } else { Ok(()) }
    }

    /// One round: judges what is known, then has pairs probe one another.
    pub(super) async fn measure_mesh(self: Arc<Self>) -> Result<(), Trouble> {
        self.audit_and_follow().await?;
        self.probe_pairs(false).await
    }

    /// Has pairs probe one another; only those that never did, if so wanted.
    async fn probe_pairs(self: &Arc<Self>, only_new: bool) -> Result<(), Trouble> {
        let directory = self.roster.now().await?;
        // The suspended too: that is how a tie is decided.
        let is_in_use = |known: &Arc<Known>| known.record.state != LandmarkState::Retired;
        let may_measure = |id: &String| directory.get(id).is_some_and(is_in_use);
        let listening: Vec<String> = self.landmarks.listening().into_iter().filter(may_measure).collect();
        let latest = self.store.mesh_pairs().await?.latest;
        let measured_at: HashMap<Pair, i64> =
            latest.into_iter().map(|pair| ((pair.first, pair.second), pair.observe_time)).collect();
        let round = self.audits.next_round();
        for (first, second) in pairs(&listening, &measured_at, PAIRS_MAX, round) {
            let (there, back) = ((first.clone(), second.clone()), (second.clone(), first.clone()));
            if only_new && (measured_at.contains_key(&there) || measured_at.contains_key(&back)) {
                continue;
            }
            if let Some((first, second)) = directory.get(&first).zip(directory.get(&second)) {
                self.probe(&directory, first, second).await?;
            }
        }
        Ok(())
    }

    /// Has one landmark challenge another.
    async fn probe(
        self: &Arc<Self>,
        directory: &Directory,
        challenger: &Known,
        answerer: &Known,
    ) -> Result<(), Trouble> {
        let now = now_ns();
        let begin = now.saturating_add(self.rules.notice_ns);
        let Some((by, of)) = challenger.versions.last().zip(answerer.versions.last()) else { return Ok(()) };
        let wire_id = chance::bytes()?;
        let session = Session {
            id: chance::id_latest_first(now)?,
            etag: String::new(),
            create_time: now,
            update_time: now,
            state: SessionState::Summoned,
            wire_id,
            subject_kind: SubjectKind::Landmark,
            subject: answerer.record.id.clone(),
            verifier_nonce: chance::bytes()?,
            binding: None,
            session_signing_key: None,
            session_exchange_key: None,
            evidence_format: String::new(),
            evidence: Vec::new(),
            residency: String::new(),
            landmarks: Vec::new(),
            not_before: begin,
            not_after: begin.saturating_add(self.rules.window_ns),
            as_of: None,
            story_time: None,
            transcript: Vec::new(),
            transcript_signature: Vec::new(),
            appraisal: Vec::new(),
            attest_time: None,
            inventory: Vec::new(),
            closing_evidence: Vec::new(),
            closing_appraisal: Vec::new(),
            tenant: answerer.record.tenant.clone(),
        };
        let session = self.store.put_session(session, None).await?;
        let attested = Attested {
            binding: orders::mesh_binding(by.wire_id, of.wire_id, wire_id),
            session_signing_key: of.record.signing_key,
            session_exchange_key: of.record.exchange_key,
            evidence_format: FORMAT.to_owned(),
            evidence: Vec::new(),
            residency: String::new(),
            appraisal: Vec::new(),
            inventory: Vec::new(),
            landmarks: vec![challenger.record.id.clone()],
            not_before: begin,
            not_after: begin.saturating_add(self.rules.window_ns),
            time: now,
        };
        let record = self.store.attest_session(&session.id, attested).await?;
        let open = self.desk.put(record.clone());
        self.keep(&open);
        if let Some(answer) = self.answer(&record, directory, &answerer.record.id) {
            self.landmarks.tell(&answerer.record.id, answer);
        }
        self.assign(&record).await
    }

    /// What a landmark answers in a session of the mesh, if it is the one that answers.
    pub(super) fn answer(&self, record: &Session, directory: &Directory, landmark: &str) -> Option<Work> {
        let is_its = record.subject_kind == SubjectKind::Landmark && record.subject == landmark;
        let plan = orders::plan(record, directory, self.rules.probes).filter(|_| is_its)?;
        let signature = Signature(self.context.signer.sign(&plan.signing_bytes()));
        Some(Work::Answer { session: name_of(record), plan, signature })
    }
}
