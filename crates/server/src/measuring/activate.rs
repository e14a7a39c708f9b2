//! Keys of TPMs: whether an attestation key lives in the TPM of an endorsement certificate, asked as TPM 2.0 has it
//! (Part 1, "Credential Protection"). The secret is derived, so that nothing is kept between challenge and answer.

use std::sync::Arc;

use lightcone::v1;
use lightcone_attest::references::References;
use lightcone_attest::{Activated, Check, Rejection, UnixTime, tpm2};
use lightcone_pool::Cost;
use lightcone_store::{Agent, AgentState, AttestationKey};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::attest::KEYS_MAX;
use super::clock::now_ns;
use super::{Measuring, Trouble, chance};
use crate::compute::{Errand, Fault};
use crate::wire::attestation::{Activate, Claimed};
use crate::wire::{Violation, moment};

const NS_PER_S: i64 = 1_000_000_000;
/// How long a challenge is good, in nanoseconds: five minutes; a TPM takes a second.
const CHALLENGE_NS: i64 = 300 * NS_PER_S;
/// A chain of certificates, a public key operation and the wire.
const CHALLENGING: std::time::Duration = std::time::Duration::from_millis(2);
/// What the secret is derived from begins with this.
const LABEL: &[u8] = b"lightcone/activation/v1\0";

impl Measuring {
    /// A secret that only the certified TPM can read, and only for this key.
    pub(crate) async fn challenge_key(
        &self,
        errand: Errand,
        asked: Claimed,
    ) -> Result<v1::ChallengeAttestationKeyResponse, Trouble> {
        let agent = self.living(&asked.agent).await?;
        let now = now_ns();
        let expire_ns = now.saturating_add(CHALLENGE_NS).div_euclid(NS_PER_S) * NS_PER_S;
        let (references, seed) = (self.references(), chance::bytes::<32>()?);
        let measuring = self.context.clone();
        let done = self.compute.run(errand, Cost::from(CHALLENGING), move |_| {
            let known = known(&asked, &references, now)?;
            let secret = secret(&measuring.signer, &agent.id, &known.activated(), expire_ns);
            let credential =
                known.challenge(&secret, &seed).map_err(|why| refused("endorsement_chain", &why))?;
            Ok(v1::ChallengeAttestationKeyResponse {
                credential: credential.blob,
                encrypted_secret: credential.encrypted_secret,
                expire_time: Some(moment::timestamp(expire_ns)),
            })
        });
        Ok(done.await?)
    }

    /// Keeps a key whose TPM read the secret.
    pub(crate) async fn activate_key(
        &self,
        errand: Errand,
        asked: Activate,
    ) -> Result<AttestationKey, Trouble> {
        let agent = self.living(&asked.claimed.agent).await?;
        let now = now_ns();
        if asked.expire_ns < now || asked.expire_ns > now.saturating_add(CHALLENGE_NS) {
            let allowed = "the time of a challenge that is not over; ask for another";
            return Err(Violation::invalid_unsaid("expire_time", allowed).into());
        }
        let (references, measuring, id) = (self.references(), self.context.clone(), agent.id.clone());
        let done = self.compute.run(errand, Cost::from(CHALLENGING), move |_| {
            let known = known(&asked.claimed, &references, now)?.activated();
            let secret = secret(&measuring.signer, &id, &known, asked.expire_ns);
            if bool::from(secret.ct_eq(&asked.secret)) {
                return Ok(known);
            }
            let why = "this is not what the TPM of the endorsement certificate would have read for this key";
            Err(Violation::evidence_unconvincing("secret", "activation", why).into())
        });
        let known = done.await?;
        let key = AttestationKey {
            agent: agent.id,
            key_name: known.name,
            endorsement: known.endorsement,
            create_time: now,
        };
        Ok(self.store.put_attestation_key(key).await?)
    }

    /// An agent's activated keys, the latest first.
    pub(crate) async fn keys_of(&self, agent: &str) -> Result<Vec<AttestationKey>, Trouble> {
        let agent = self.agent(agent).await?;
        Ok(self.store.attestation_keys(&agent.id, KEYS_MAX).await?)
    }

    async fn living(&self, agent: &str) -> Result<Agent, Trouble> {
        let agent = self.agent(agent).await?;
        if agent.state == AgentState::Retired {
            let remedy = "retired agents get no keys";
            return Err(Violation::state_forbids(&format!("agents/{}", agent.id), "RETIRED", remedy).into());
        }
        Ok(agent)
    }
}

fn known(asked: &Claimed, references: &Arc<References>, now_ns: i64) -> Result<tpm2::Claimed, Fault> {
    let now = UnixTime::from_ns(now_ns);
    tpm2::Claimed::verify(&asked.chain, &asked.key, references, now).map_err(|why| {
        let of_key = matches!(why.check, Check::KeyAttributes | Check::Format);
        refused(if of_key { "attestation_key" } else { "endorsement_chain" }, &why)
    })
}

fn refused(field: &str, why: &Rejection) -> Fault {
    Violation::evidence_unconvincing(field, why.check.name(), &why.why).into()
}

/// Nobody without the service's key can say it, and it says all that it is for. Ed25519 signs the same bytes alike.
fn secret(
    signer: &lightcone_keyring::SigningIdentity,
    agent: &str,
    known: &Activated,
    expire_ns: i64,
) -> [u8; 32] {
    let agent = Sha256::digest(agent);
    let name = Sha256::digest(&known.name);
    let bytes = [LABEL, &agent, &known.endorsement, &name, &expire_ns.to_be_bytes()].concat();
    Sha256::digest(signer.sign(&bytes)).into()
}
