//! `lightcone agent enrol`: this host's TPM shows that it holds the key of its quotes (credential activation). Once is
//! enough: the key is made from the TPM's own seed and stays the same.

use std::fs;
use std::io::Write;
use std::path::Path;

use lightcone::v1;
use lightcone::v1::attestation_service_client::AttestationServiceClient;
use lightcone_agent::Config;
use lightcone_attest::references::Image;
use lightcone_attest::tpm2::{Credential, Evidence};
use lightcone_attester::Source as _;

use crate::exit::{Exit, Failure, Outcome};
use crate::out::{Out, note};
use crate::remote::line::{Line, limited};

/// Enrols, and writes what the TPM measured where it is asked for.
pub(crate) fn run(config: &Config, image: Option<(&Path, &str)>) -> Outcome<Exit> {
    let mut tpm = config.tpm().map_err(|error| Failure::input(error.to_string()))?;
    // A quote over nothing: it shows the key, the certificate and the registers.
    let pieces = tpm.collect(&[0; 32]).map_err(|error| Failure::machine(error.to_string()))?;
    let payload = pieces.first().map(|piece| piece.payload.as_slice()).unwrap_or_default();
    let shown = Evidence::parse(payload).map_err(|error| Failure::machine(error.to_string()))?;
    if let Some((path, name)) = image {
        write_image(path, name, &shown)?;
    }
    let line = Line::connect(&config.service, &config.tls)?;
    let mut client = AttestationServiceClient::new(line.channel());
    let asked = v1::ChallengeAttestationKeyRequest {
        agent: config.agent.clone(),
        endorsement_chain: shown.ek_chain.clone(),
        attestation_key: shown.ak_public.clone(),
    };
    let challenge = line.call(client.challenge_attestation_key(limited(asked)))?;
    let credential = Credential { blob: challenge.credential, encrypted_secret: challenge.encrypted_secret };
    let secret = tpm.activate(&credential).map_err(|error| Failure::machine(error.to_string()))?;
    let answer = v1::ActivateAttestationKeyRequest {
        agent: config.agent.clone(),
        endorsement_chain: shown.ek_chain,
        attestation_key: shown.ak_public,
        expire_time: challenge.expire_time,
        secret,
    };
    let key = line.call(client.activate_attestation_key(limited(answer)))?;
    let mut out = Out::open(None)?;
    writeln!(out, "agent         {}", key.agent)?;
    writeln!(out, "key name      {}", hex::encode(&key.key_name))?;
    writeln!(out, "endorsement   {}", hex::encode(&key.endorsement_sha256))?;
    out.finish()?;
    Ok(Exit::Answered)
}

fn write_image(path: &Path, name: &str, shown: &Evidence) -> Outcome<()> {
    let image = Image { name: name.to_owned(), opens_accelerator: false, measured: shown.measured() };
    let json = serde_json::to_vec_pretty(&image).map_err(|error| Failure::machine(error.to_string()))?;
    fs::write(path, json)
        .map_err(|error| Failure::machine(format!("cannot write `{}`: {error}", path.display())))?;
    note(&format!(
        "`{}` holds what this host measured: take it as good only if you know that it is",
        path.display()
    ));
    Ok(())
}
