//! Which devices vouch for an agent, as its settings name them.

use std::sync::Arc;

use lightcone_attest::Kind;
use lightcone_attester::{Software, Source, TSM_ROOT, Tsm, chain};
use lightcone_keyring::SigningIdentity;

use crate::config::{Config, InvalidSetting};

impl Config {
    /// The formats of evidence that the settings name.
    ///
    /// # Errors
    /// One that is none, is named twice, or none of them ties a key.
    pub(crate) fn kinds(&self) -> Result<Vec<Kind>, InvalidSetting> {
        let refused = |value: &str, remedy: String| InvalidSetting::new("evidence", value, remedy);
        let mut kinds = Vec::new();
        for name in &self.evidence {
            let known = || format!("choose of {}", Kind::ALL.map(Kind::name).join(", "));
            let kind = Kind::named(name).ok_or_else(|| refused(name, known()))?;
            if kinds.contains(&kind) {
                return Err(refused(name, "name each once".to_owned()));
            }
            kinds.push(kind);
        }
        if kinds.iter().any(|kind| kind.can_bind()) {
            return Ok(kinds);
        }
        let remedy = "name one that ties the session's keys: a GPU's report alone never does".to_owned();
        Err(refused(&self.evidence.join(", "), remedy))
    }

    /// The device of a format.
    pub(crate) fn source(
        &self,
        kind: Kind,
        identity: &Arc<SigningIdentity>,
    ) -> Result<Box<dyn Source>, InvalidSetting> {
        match kind {
            Kind::Software => {
                let identity = Arc::clone(identity);
                Ok(Box::new(Software::new(move |bytes| identity.sign(bytes))))
            }
            Kind::SevSnp => Ok(Box::new(self.sev_snp()?)),
            Kind::Tdx => Ok(Box::new(Tsm::tdx(TSM_ROOT))),
            #[cfg(feature = "tpm")]
            Kind::Tpm2Quote => Ok(Box::new(self.tpm()?)),
            #[cfg(feature = "nvml")]
            Kind::NvidiaGpu => Ok(Box::new(lightcone_attester::nvidia::NvidiaGpu)),
            other => {
                let remedy = match other {
                    Kind::Tpm2Quote => "build the program with `--features tpm`",
                    Kind::NvidiaGpu => "build the program with `--features nvml`",
                    _ => "this agent has no way to ask such a device; leave it out",
                };
                Err(InvalidSetting::new("evidence", other, remedy))
            }
        }
    }

    fn sev_snp(&self) -> Result<Tsm, InvalidSetting> {
        let source = Tsm::sev_snp(TSM_ROOT);
        if self.snp_chain.as_os_str().is_empty() {
            return Ok(source);
        }
        let refused = |why: String| InvalidSetting::new("snp_chain", self.snp_chain.display(), why);
        let pem = chain::pem(&self.snp_chain).map_err(|error| refused(error.to_string()))?;
        source.with_chain(&pem).map_err(|unavailable| refused(unavailable.to_string()))
    }

    /// The TPM of the settings.
    ///
    /// # Errors
    /// The file of its makers' certificates cannot be read.
    #[cfg(feature = "tpm")]
    pub fn tpm(&self) -> Result<lightcone_attester::tpm::Tpm, InvalidSetting> {
        let refused = |why: String| InvalidSetting::new("tpm_chain", self.tpm_chain.display(), why);
        let issuers = match self.tpm_chain.as_os_str().is_empty() {
            true => {
                let remedy = "name the file of the certificates above the TPM's own, its maker's root last";
                return Err(refused(remedy.to_owned()));
            }
            false => chain::der(&self.tpm_chain).map_err(|error| refused(error.to_string()))?,
        };
        if self.tpm_pcrs.is_empty() || self.tpm_pcrs.iter().any(|pcr| *pcr > PCR_MAX) {
            let value = format!("{:?}", self.tpm_pcrs);
            return Err(InvalidSetting::new("tpm_pcrs", value, format!("name registers of 0 to {PCR_MAX}")));
        }
        let tpm = lightcone_attester::tpm::Tpm::new(&self.tpm_device, issuers);
        Ok(tpm.over(self.tpm_pcrs.iter().copied()))
    }
}

/// The last register of a TPM.
#[cfg(feature = "tpm")]
const PCR_MAX: u8 = 23;

#[cfg(test)]
mod tests {
    use crate::config::tests::valid;

    #[test]
    fn evidence_that_ties_nothing_or_is_none_is_told() {
        let told = |evidence: &[&str]| {
            let mut config = valid();
            config.evidence = evidence.iter().map(|&kind| kind.to_owned()).collect();
            config.kinds().unwrap_err().to_string()
        };
        assert!(told(&["hearsay"]).contains("tpm2-quote"));
        assert!(told(&["nvidia-gpu"]).contains("never does"));
        assert!(told(&["software", "software"]).contains("once"));
        assert!(told(&[]).contains("ties"));
    }
}
