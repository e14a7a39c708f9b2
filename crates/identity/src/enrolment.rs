//! Enrolment tokens: what an authority vouches for of a landmark or agent that is to come. A JWT, signed with Ed25519,
//! short-lived; that it is used once is for the service to see.

use std::path::Path;
use std::time::{Duration, SystemTime};

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};

use crate::authority::{self, AuthorityError};
use crate::{InvalidSpiffeId, SpiffeId};

/// The longest that a token may hold.
pub const LIFE_MAX: Duration = Duration::from_secs(24 * 3600);
/// The longest token in bytes.
pub const TOKEN_BYTES_MAX: usize = 4096;
/// The longest text in it, in bytes.
pub const TEXT_BYTES_MAX: usize = 128;
/// Clocks of authority and service may differ by so much.
const CLOCK_SLACK_S: i64 = 60;
/// What tells an enrolment token from every other one.
const KIND: &str = "lightcone-enrolment+jwt";

/// What an authority vouches for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What tells it from every other one.
    pub id: String,
    /// The trust domain that it is for.
    pub trust_domain: String,
    /// Whose the record will be.
    pub tenant: String,
    /// The identifier of the record, such as `oslo-1`.
    pub name: String,
    /// What the record will be.
    pub kind: Kind,
    /// Until when it can be used, nanoseconds since 1970.
    pub not_after_ns: i64,
}

/// What a token enters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A landmark.
    Landmark(LandmarkClaims),
    /// An agent.
    Agent(AgentClaims),
}

/// What is vouched for of a landmark.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LandmarkClaims {
    /// Geodetic latitude in nanodegrees, north positive.
    pub latitude_ndeg: i64,
    /// Longitude in nanodegrees, east positive.
    pub longitude_ndeg: i64,
    /// How far the place may be off, millimetres.
    pub position_error_mm: u64,
    /// How far the clock may be off, nanoseconds.
    pub clock_error_ns: u64,
    /// Who could make it lie.
    pub affiliation: Affiliation,
}

/// What is vouched for of an agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgentClaims {
    /// The site where it stands, `sites/{site}`.
    pub site: String,
}

/// Who could make a landmark lie. What is empty or 0 is not stated.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Affiliation {
    /// Who runs it.
    pub operator: String,
    /// Where it stands.
    pub site: String,
    /// Who has the keys of the room; empty: its operator.
    pub custodian: String,
    /// Whose machine or rack it is; empty: its operator's own.
    pub hosting_provider: String,
    /// The autonomous system that carries its traffic.
    pub network_asn: u32,
    /// The host on which it is a virtual machine; empty: it is a machine.
    pub virtual_host: String,
}

/// Why a token is not taken, or not made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// It is none.
    #[error("it is no enrolment token")]
    Malformed,
    /// Another key signed it.
    #[error("the authority did not sign it")]
    Signature,
    /// It is for another trust domain.
    #[error("it is for another trust domain")]
    Audience,
    /// It has ended.
    #[error("it has ended: ask for another one")]
    Expired,
    /// It is from the future, or holds too long.
    #[error("it begins in the future or holds longer than {} hours", LIFE_MAX.as_secs() / 3600)]
    Life,
    /// A claim cannot be.
    #[error("{claim}: {remedy}")]
    Claim {
        /// Which.
        claim: &'static str,
        /// What to do about it.
        remedy: &'static str,
    },
}

/// What stands in the token.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    jti: String,
    aud: String,
    iat: i64,
    exp: i64,
    tenant: String,
    name: String,
    #[serde(flatten)]
    kind: Kind,
}

/// Signs tokens: the key in the folder of an authority.
pub struct TokenSigner {
    trust_domain: String,
    key: EncodingKey,
}

/// Checks tokens.
pub struct TokenVerifier {
    trust_domain: String,
    key: DecodingKey,
}

impl Token {
    /// The name that its certificate will have.
    ///
    /// # Errors
    /// [`InvalidSpiffeId`]: the record's identifier cannot stand in one.
    pub fn spiffe_id(&self) -> Result<SpiffeId, InvalidSpiffeId> {
        let kind = match self.kind {
            Kind::Landmark(_) => "landmark",
            Kind::Agent(_) => "agent",
        };
        SpiffeId::within(&self.trust_domain, &[kind, &self.name])
    }
}

impl TokenSigner {
    /// Takes the key from the folder that [`authority::init`] made; not the issuer's, which has none.
    ///
    /// # Errors
    /// [`AuthorityError`]: it is not there, or exposed.
    pub fn open(folder: &Path) -> Result<Self, AuthorityError> {
        let (trust_domain, key) = authority::token_signer(folder)?;
        Ok(Self { trust_domain, key: EncodingKey::from_ed_der(&key) })
    }

    /// The trust domain that its tokens are for.
    pub fn trust_domain(&self) -> &str {
        &self.trust_domain
    }

    /// Signs a token that holds for so long from now.
    ///
    /// # Errors
    /// [`TokenError`]: a claim cannot be, or it would hold too long.
    pub fn sign(
        &self,
        tenant: &str,
        name: &str,
        kind: Kind,
        life: Duration,
        now: SystemTime,
    ) -> Result<String, TokenError> {
        if life.is_zero() || life > LIFE_MAX {
            return Err(TokenError::Life);
        }
        check(tenant, name, &kind)?;
        let iat = seconds(now);
        let claims = Claims {
            jti: uuid::Uuid::now_v7().to_string(),
            aud: audience(&self.trust_domain),
            iat,
            exp: iat.saturating_add(i64::try_from(life.as_secs()).unwrap_or(i64::MAX)),
            tenant: tenant.to_owned(),
            name: name.to_owned(),
            kind,
        };
        let header = Header { typ: Some(KIND.to_owned()), ..Header::new(Algorithm::EdDSA) };
        encode(&header, &claims, &self.key).map_err(|_| TokenError::Malformed)
    }
}

impl TokenVerifier {
    /// Checks tokens of an authority.
    pub fn new(trust_domain: &str, key: &[u8; 32]) -> Self {
        Self { trust_domain: trust_domain.to_owned(), key: DecodingKey::from_ed_der(key) }
    }

    /// Reads a token that its authority signed for this trust domain and that holds now.
    ///
    /// # Errors
    /// [`TokenError`]: why it is not taken.
    pub fn verify(&self, token: &str, now: SystemTime) -> Result<Token, TokenError> {
        if token.len() > TOKEN_BYTES_MAX {
            return Err(TokenError::Malformed);
        }
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_audience(&[audience(&self.trust_domain)]);
        validation.set_required_spec_claims(&["aud", "exp"]);
        // Held against the time that was handed in, below.
        validation.validate_exp = false;
        let read = decode::<Claims>(token, &self.key, &validation).map_err(|error| match error.kind() {
            ErrorKind::InvalidSignature => TokenError::Signature,
            ErrorKind::InvalidAudience => TokenError::Audience,
            _ => TokenError::Malformed,
        })?;
        if read.header.typ.as_deref() != Some(KIND) {
            return Err(TokenError::Malformed);
        }
        let Claims { jti, iat, exp, tenant, name, kind, .. } = read.claims;
        let now = seconds(now);
        if exp <= now {
            return Err(TokenError::Expired);
        }
        let life_max = i64::try_from(LIFE_MAX.as_secs()).unwrap_or(i64::MAX);
        if iat > now.saturating_add(CLOCK_SLACK_S) || exp.saturating_sub(iat) > life_max {
            return Err(TokenError::Life);
        }
        is_text("jti", &jti)?;
        check(&tenant, &name, &kind)?;
        let not_after_ns = exp.saturating_mul(1_000_000_000);
        Ok(Token { id: jti, trust_domain: self.trust_domain.clone(), tenant, name, kind, not_after_ns })
    }
}

/// Whether a text is an identifier, as tenants and records are called.
fn is_id(text: &str) -> bool {
    let allowed = |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'-';
    (1..=63).contains(&text.len())
        && text.bytes().all(allowed)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// What is no claim is none whoever signed it.
fn check(tenant: &str, name: &str, kind: &Kind) -> Result<(), TokenError> {
    for (claim, id) in [("tenant", tenant), ("name", name)] {
        is_text(claim, id)?;
        if !is_id(id) {
            return Err(TokenError::Claim {
                claim,
                remedy: "write small letters, digits and `-`, at most 63",
            });
        }
    }
    match kind {
        Kind::Landmark(landmark) => {
            if landmark.latitude_ndeg.unsigned_abs() > 90_000_000_000
                || landmark.longitude_ndeg.unsigned_abs() > 180_000_000_000
            {
                let remedy = "write latitude -90 to 90 and longitude -180 to 180";
                return Err(TokenError::Claim { claim: "point", remedy });
            }
            let it = &landmark.affiliation;
            is_text("operator", &it.operator)?;
            for (claim, text) in [
                ("site", &it.site),
                ("custodian", &it.custodian),
                ("hosting_provider", &it.hosting_provider),
                ("virtual_host", &it.virtual_host),
            ] {
                is_short(claim, text)?;
            }
            Ok(())
        }
        Kind::Agent(agent) => is_text("site", &agent.site),
    }
}

fn is_text(claim: &'static str, text: &str) -> Result<(), TokenError> {
    if text.is_empty() {
        return Err(TokenError::Claim { claim, remedy: "it is wanted" });
    }
    is_short(claim, text)
}

fn is_short(claim: &'static str, text: &str) -> Result<(), TokenError> {
    if text.len() > TEXT_BYTES_MAX || text.chars().any(char::is_control) {
        return Err(TokenError::Claim {
            claim,
            remedy: "write at most 128 bytes, without control characters",
        });
    }
    Ok(())
}

fn audience(trust_domain: &str) -> String {
    format!("spiffe://{trust_domain}")
}

fn seconds(time: SystemTime) -> i64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
