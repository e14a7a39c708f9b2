//! Chips that were measured, as a store has them: no packet is sent, the verdicts are written as they would be kept.

use std::sync::LazyLock;
use std::time::{SystemTime, UNIX_EPOCH};

use lightcone::v1;
use lightcone_core::Borders;
use lightcone_store::{
    Agent, AgentState, Chip, ChipState, Judged, Session, SessionState, Site, SiteState, Store, SubjectKind,
    Verdict,
};
use prost::Message as _;
use sha2::{Digest as _, Sha256};

/// A chip beside an agent of the same id, of a tenant's.
#[derive(Clone, Debug)]
pub struct Parked {
    /// Its id, and its agent's.
    pub id: String,
    /// The maker's stock-keeping unit.
    pub sku: String,
    /// Whose it is.
    pub tenant: String,
    /// The site's id.
    pub site: String,
}

/// Enters a site, an agent at it and a chip tied to that.
///
/// # Panics
/// When the store refuses.
pub async fn park(store: &dyn Store, parked: &[Parked]) {
    let now = now_ns();
    let mut sites: Vec<_> =
        parked.iter().map(|parked| (parked.site.clone(), parked.tenant.clone())).collect();
    sites.sort();
    sites.dedup();
    let sites = sites.into_iter().map(|(id, tenant)| Site {
        id,
        etag: String::new(),
        create_time: now,
        update_time: now,
        state: SiteState::Active,
        state_reason: String::new(),
        display_name: String::new(),
        latitude_nd: None,
        longitude_nd: None,
        position_error_mm: 0,
        questions: Vec::new(),
        tenant,
    });
    store.create_many(sites.collect(), None).await.expect("sites");
    for some in parked.chunks(lightcone_store::CREATE_MANY_MAX) {
        let agents = some.iter().map(|parked| agent(parked, now)).collect();
        store.create_many(agents, None).await.expect("agents");
        let chips = some.iter().map(|parked| chip(parked, now)).collect();
        store.create_many(chips, None).await.expect("chips");
    }
}

fn agent(parked: &Parked, now: i64) -> Agent {
    Agent {
        id: parked.id.clone(),
        etag: String::new(),
        create_time: now,
        update_time: now,
        state: AgentState::Active,
        state_reason: String::new(),
        site: parked.site.clone(),
        identity_key: Sha256::digest(&parked.id).into(),
        next_session_time: None,
        last_session: None,
        missed_sessions: 0,
        tenant: parked.tenant.clone(),
    }
}

fn chip(parked: &Parked, now: i64) -> Chip {
    Chip {
        id: parked.id.clone(),
        etag: String::new(),
        create_time: now,
        update_time: now,
        state: ChipState::Registered,
        state_reason: String::new(),
        serial: format!("serial of {}", parked.id),
        sku: parked.sku.clone(),
        agent: Some(parked.id.clone()),
        tenant: parked.tenant.clone(),
        parties: Vec::new(),
        holder: String::new(),
    }
}

/// Gives an agent a verdict that leaves these destinations possible, and speaks of a moment `age_s` seconds ago.
///
/// # Panics
/// When the store refuses.
pub async fn judge(store: &dyn Store, agent: &str, tenant: &str, touched: &[&str], age_s: i64) -> String {
    judged(store, agent, tenant, &bounded(touched), age_s).await
}

/// Gives an agent a verdict.
///
/// # Panics
/// When the store refuses.
pub async fn judged(
    store: &dyn Store,
    agent: &str,
    tenant: &str,
    verdict: &v1::Verdict,
    age_s: i64,
) -> String {
    let now = now_ns();
    let (id, as_of) = (uuid::Uuid::now_v7().to_string(), now - age_s * 1_000_000_000);
    let session = Session {
        id: id.clone(),
        etag: String::new(),
        create_time: now,
        update_time: now,
        state: SessionState::Summoned,
        wire_id: Sha256::digest(&id)[..8].try_into().expect("eight bytes"),
        subject_kind: SubjectKind::Agent,
        subject: agent.to_owned(),
        verifier_nonce: [0; 32],
        binding: None,
        session_signing_key: None,
        session_exchange_key: None,
        evidence_format: String::new(),
        evidence: Vec::new(),
        residency: String::new(),
        landmarks: Vec::new(),
        not_before: now,
        not_after: now,
        as_of: Some(as_of),
        story_time: None,
        transcript: Vec::new(),
        transcript_signature: Vec::new(),
        appraisal: Vec::new(),
        attest_time: None,
        inventory: Vec::new(),
        closing_evidence: Vec::new(),
        closing_appraisal: Vec::new(),
        tenant: tenant.to_owned(),
    };
    store.put_session(session, None).await.expect("a session");
    let record = v1::VerdictRecord { verdict: Some(verdict.clone()), ..Default::default() };
    let kept = Verdict {
        id: id.clone(),
        revision: 0,
        create_time: now,
        agent: agent.to_owned(),
        session: id.clone(),
        as_of,
        story_time: None,
        canonical: Vec::new(),
        places: lightcone_server::places_to_keep(borders(), &record),
        wire: record.encode_to_vec(),
        summary: String::new(),
        residency: "R2".to_owned(),
        liars: 1,
        mode: "vacuum".to_owned(),
        superseded_by: None,
        legal_hold: false,
        tenant: tenant.to_owned(),
    };
    store.put_verdict(Judged { verdict: kept, supersedes: None }).await.expect("a verdict");
    format!("agents/{agent}/verdicts/{id}")
}

/// A verdict whose region touches these atoms of the map.
#[must_use]
pub fn bounded(touched: &[&str]) -> v1::Verdict {
    v1::Verdict {
        worldview: "destination".to_owned(),
        extent: v1::verdict::Extent::Bounded as i32,
        touched: touched.iter().map(|code| (*code).to_owned()).collect(),
        ..Default::default()
    }
}

/// A verdict that finds the owner's claim IMPOSSIBLE besides.
#[must_use]
pub fn elsewhere(touched: &[&str]) -> v1::Verdict {
    let claim = v1::question::Claim { point: None, tolerance_m: 1_000.0 };
    let question = v1::Question { question: Some(v1::question::Question::Claim(claim)) };
    let answer = v1::Answer {
        question: Some(question),
        finding: v1::Finding::Impossible as i32,
        ..Default::default()
    };
    v1::Verdict { answers: vec![answer], ..bounded(touched) }
}

fn borders() -> &'static Borders {
    static BORDERS: LazyLock<Borders> = LazyLock::new(|| Borders::embedded().expect("borders"));
    &BORDERS
}

fn now_ns() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    i64::try_from(since.as_nanos()).expect("before 2262")
}
