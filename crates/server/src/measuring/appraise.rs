//! Evidence by itself, for those who need only that, and the result as other systems read it.

use std::sync::Arc;

use lightcone::v1;
use lightcone_attest::ear::{Ear, GOOD_FOR_S, Terms, VerifierId, cwt, jwt};
use lightcone_attest::references::References;
use lightcone_attest::{Attestation, UnixTime};
use lightcone_pool::Cost;

use super::clock::now_ns;
use super::{Measuring, Trouble};
use crate::attesting::{appraised, cost};
use crate::compute::{Errand, Fault};
use crate::wire::attestation::{self as shown, Alone};

impl Measuring {
    /// The references in force.
    pub(crate) fn references(&self) -> Arc<References> {
        self.context.attesting.references()
    }

    /// Appraises evidence that belongs to no session. Nothing is kept.
    pub(crate) async fn appraise_alone(
        &self,
        errand: Errand,
        asked: Alone,
    ) -> Result<v1::AppraiseEvidenceResponse, Trouble> {
        let Alone { shown: evidence, mut wanted, agent } = asked;
        if let Some(agent) = agent {
            let agent = self.agent(&agent).await?;
            wanted.activated = self.activated(&agent.id, wanted.at_ns).await?;
        }
        let (references, cost) = (self.references(), Cost::from(cost(&evidence)));
        let (held, at_ns, binding) = (Arc::clone(&references), wanted.at_ns, wanted.binding);
        // A result is about now; of another time it would say more than it knows.
        let is_now = wanted.at_ns == wanted.today_ns;
        let done = self.compute.run(errand, cost, move |_| {
            appraised(&evidence, &wanted, &held).map_err(|piece| Fault::from(shown::refused(&piece)))
        });
        let attestation = done.await?;
        let mut answer = v1::AppraiseEvidenceResponse {
            appraisal: Some(shown::appraisal(&attestation, at_ns)),
            ..Default::default()
        };
        if is_now {
            let ear = self.result(&attestation, binding.as_ref())?;
            let key = hex::encode(self.context.signer.public());
            answer.ear_jwt = jwt::seal(&ear, &key, |bytes| self.context.signer.sign(bytes));
            answer.ear_cwt = cwt::seal(&ear, &key, |bytes| self.context.signer.sign(bytes));
        }
        Ok(answer)
    }

    fn result(&self, attestation: &Attestation, nonce: Option<&[u8; 32]>) -> Result<Ear, Trouble> {
        let issued = UnixTime::from_ns(now_ns());
        let terms = Terms {
            issued,
            expires: UnixTime::from_s(issued.as_s().saturating_add(GOOD_FOR_S)),
            verifier: VerifierId::own(),
            nonce: nonce.map(|nonce| &nonce[..]),
            policy: &attestation.references,
        };
        Ear::of(&attestation.devices, terms).map_err(|unfit| Trouble::Own(unfit.to_string()))
    }
}
