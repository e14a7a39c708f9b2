//! Enrolments at the door: what the authority vouches for comes from the token, the keys from who shows to have them.

use std::time::UNIX_EPOCH;

use ed25519_dalek::{Signature, VerifyingKey};
use lightcone::v1;
use lightcone_identity::authority::{AuthorityError, Issued, REQUEST_BYTES_MAX};
use lightcone_identity::enrolment::{
    AgentClaims, Kind as Claims, LandmarkClaims, TOKEN_BYTES_MAX, Token, TokenError,
};
use lightcone_identity::possession;
use lightcone_store::{Agent, AgentState, Landmark, LandmarkState, Request};
use sha2::{Digest as _, Sha256};

use super::landmark::addresses;
use super::{key, name, place};
use crate::compute::Fault;
use crate::limits::REQUEST_KEPT;
use crate::wire::{Violation, affiliation, moment, numbers};

/// What the store calls the request.
const METHOD: &str = "Enrol";
const MM_PER_M: f64 = 1e3;

/// Who is to be entered.
#[derive(Clone, Debug)]
pub(crate) enum Entrant {
    /// A landmark.
    Landmark(Landmark),
    /// An agent.
    Agent(Agent),
}

/// A request to enrol, checked.
#[derive(Clone, Debug)]
pub(crate) struct Enrolment {
    /// The record.
    pub(crate) entrant: Entrant,
    /// Makes the token good once: the store keeps the answer.
    pub(crate) once: Request,
    /// PKCS #10; empty: no certificate is wanted.
    pub(crate) certificate_request: Vec<u8>,
}

/// Checks what a token lets enter. Landmarks begin as `begin`.
pub(crate) fn enrolment(
    wire: v1::EnrolRequest,
    token: Token,
    begin: LandmarkState,
    now: i64,
) -> Result<Enrolment, Violation> {
    let signing_key = key::ed25519("signing_key", &wire.signing_key)?;
    let is_landmark = matches!(token.kind, Claims::Landmark(_));
    if is_landmark == (wire.exchange_key.is_empty() && wire.addresses.is_empty()) {
        let what = if is_landmark { "a landmark, which has" } else { "an agent, which has not" };
        let why = format!("is for {what} an exchange key and addresses");
        return Err(Violation::enrolment_refused("token", "kind", &why));
    }
    let exchange_key = match is_landmark {
        true => Some(key::x25519("exchange_key", &wire.exchange_key)?),
        false => None,
    };
    let addresses = if is_landmark { addresses(&wire.addresses)? } else { Vec::new() };
    possesses(&wire, &signing_key, exchange_key.as_ref())?;
    let once = once(&token, &wire, now);
    let id = name::new_id("name", token.name).map_err(of_token)?;
    let came = Came { id, tenant: token.tenant, signing_key, now };
    let entrant = match token.kind {
        Claims::Landmark(claims) => {
            let exchange_key = exchange_key.unwrap_or_default();
            let record = landmark(came, claims, begin).map_err(of_token)?;
            Entrant::Landmark(Landmark { exchange_key, addresses, ..record })
        }
        Claims::Agent(claims) => Entrant::Agent(agent(came, &claims)?),
    };
    Ok(Enrolment { entrant, once, certificate_request: wire.certificate_request })
}

/// Checks the sizes of what comes, before anything of it is looked at.
pub(crate) fn is_small_enough(wire: &v1::EnrolRequest) -> Result<(), Violation> {
    if wire.token.is_empty() {
        return Err(Violation::missing("token", "have the authority make one: `lightcone ca token`"));
    }
    if wire.token.len() > TOKEN_BYTES_MAX {
        return Err(Violation::too_long("token", wire.token.len(), TOKEN_BYTES_MAX));
    }
    request_is_small_enough(&wire.certificate_request)
}

/// The same of a certificate request.
pub(crate) fn request_is_small_enough(request: &[u8]) -> Result<(), Violation> {
    match request.len() {
        length if length > REQUEST_BYTES_MAX => {
            Err(Violation::too_long("certificate_request", length, REQUEST_BYTES_MAX))
        }
        _ => Ok(()),
    }
}

/// Why a token is not taken.
pub(crate) fn token_refused(error: &TokenError) -> Violation {
    let check = match error {
        TokenError::Expired | TokenError::Life => "expiry",
        _ => "signature",
    };
    Violation::enrolment_refused("token", check, &format!("is not taken: {error}"))
}

/// Why no certificate is signed: the request is none, or the fault is our own.
pub(crate) fn not_signed(error: &AuthorityError) -> Fault {
    match error {
        AuthorityError::Request => {
            let allowed = "a PKCS #10 request in DER, signed with its own key";
            Violation::invalid_unsaid("certificate_request", allowed).into()
        }
        error => Fault::Own(format!("the authority signs nothing: {error}")),
    }
}

/// A certificate in the contract's words.
pub(crate) fn certificate(issued: Issued) -> v1::Certificate {
    let until = issued.not_after.duration_since(UNIX_EPOCH).unwrap_or_default();
    v1::Certificate {
        chain_pem: issued.chain_pem,
        bundle_pem: issued.bundle_pem,
        spiffe_id: issued.spiffe_id.to_string(),
        expire_time: Some(moment::timestamp(i64::try_from(until.as_nanos()).unwrap_or(i64::MAX))),
    }
}

/// The answer to a landmark: where it stands by the registry.
pub(crate) fn enrolled_landmark(landmark: &Landmark, verifier_key: [u8; 32]) -> v1::EnrolResponse {
    v1::EnrolResponse {
        name: format!("landmarks/{}", landmark.id),
        point: Some(place::point(landmark.latitude_nd, landmark.longitude_nd)),
        position_version: landmark.position_version,
        verifier_key: verifier_key.to_vec(),
        certificate: None,
    }
}

/// The answer to an agent.
pub(crate) fn enrolled_agent(agent: &Agent, verifier_key: [u8; 32]) -> v1::EnrolResponse {
    v1::EnrolResponse {
        name: format!("agents/{}", agent.id),
        point: None,
        position_version: 0,
        verifier_key: verifier_key.to_vec(),
        certificate: None,
    }
}

/// Whether who asks has the key that it brings.
fn possesses(
    wire: &v1::EnrolRequest,
    signing_key: &[u8; 32],
    exchange_key: Option<&[u8; 32]>,
) -> Result<(), Violation> {
    let refused = || {
        let why = "is not by `signing_key` over token, keys and certificate request";
        Violation::enrolment_refused("signature", "possession", why)
    };
    let bytes = possession::signed_bytes(&wire.token, signing_key, exchange_key, &wire.certificate_request);
    let signature = Signature::from_slice(&wire.signature).map_err(|_| refused())?;
    let key = VerifyingKey::from_bytes(signing_key).map_err(|_| refused())?;
    key.verify_strict(&bytes, &signature).map_err(|_| refused())
}

/// What makes a token good once. A certificate request may be another when the answer was lost: who asks again has
/// shown the same keys.
fn once(token: &Token, wire: &v1::EnrolRequest, now: i64) -> Request {
    let same = v1::EnrolRequest { signature: Vec::new(), certificate_request: Vec::new(), ..wire.clone() };
    Request {
        // Apart from what callers may name.
        id: format!("token/{}", token.id),
        method: METHOD,
        digest: Sha256::digest(prost::Message::encode_to_vec(&same)).into(),
        // Beyond the token's own end.
        expire_time: token.not_after_ns.max(now).saturating_add(REQUEST_KEPT.as_nanos() as i64),
    }
}

struct Came {
    id: String,
    tenant: String,
    signing_key: [u8; 32],
    now: i64,
}

fn landmark(came: Came, claims: LandmarkClaims, begin: LandmarkState) -> Result<Landmark, Violation> {
    let LandmarkClaims { latitude_ndeg, longitude_ndeg, position_error_mm, clock_error_ns, affiliation } =
        claims;
    numbers::point("point", Some(place::point(latitude_ndeg, longitude_ndeg)))?;
    let clock_error_ns = i64::try_from(clock_error_ns).unwrap_or(i64::MAX);
    Ok(Landmark {
        id: came.id,
        etag: String::new(),
        create_time: came.now,
        update_time: came.now,
        state: begin,
        latitude_nd: latitude_ndeg,
        longitude_nd: longitude_ndeg,
        position_error_mm: place::millimetres("position_error", position_error_mm as f64 / MM_PER_M)?,
        clock_error_ns: numbers::clock_error("clock_error", clock_error_ns)?.ns() as i64,
        operator: affiliation.operator.clone(),
        trust_group: affiliation.operator.clone(),
        signing_key: came.signing_key,
        exchange_key: [0; 32],
        addresses: Vec::new(),
        stated_area: String::new(),
        position_version: 1,
        state_reason: String::new(),
        tenant: came.tenant,
        affiliation: affiliation::kept(affiliation),
    })
}

fn agent(came: Came, claims: &AgentClaims) -> Result<Agent, Violation> {
    Ok(Agent {
        id: came.id,
        etag: String::new(),
        create_time: came.now,
        update_time: came.now,
        state: AgentState::Active,
        state_reason: String::new(),
        site: name::site("site", &claims.site).map_err(of_token)?,
        identity_key: came.signing_key,
        next_session_time: None,
        last_session: None,
        missed_sessions: 0,
        tenant: came.tenant,
    })
}

/// What the authority vouched for cannot be entered.
fn of_token(violation: Violation) -> Violation {
    violation.within("token")
}
