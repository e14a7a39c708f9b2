//! Compiles the contract without protoc, and keeps its descriptor set for reflection and tests.

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

use prost::Message as _;

/// Files of the contract; what they import is found under `proto/`.
const FILES: [&str; 26] = [
    "lightcone/v1/access.proto",
    "lightcone/v1/agent.proto",
    "lightcone/v1/alert.proto",
    "lightcone/v1/attestation.proto",
    "lightcone/v1/case.proto",
    "lightcone/v1/chip.proto",
    "lightcone/v1/decision.proto",
    "lightcone/v1/enrolment.proto",
    "lightcone/v1/error_reason.proto",
    "lightcone/v1/export.proto",
    "lightcone/v1/finding.proto",
    "lightcone/v1/geo.proto",
    "lightcone/v1/landmark.proto",
    "lightcone/v1/location.proto",
    "lightcone/v1/measurement.proto",
    "lightcone/v1/options.proto",
    "lightcone/v1/party.proto",
    "lightcone/v1/placement.proto",
    "lightcone/v1/policy.proto",
    "lightcone/v1/session.proto",
    "lightcone/v1/site.proto",
    "lightcone/v1/sku.proto",
    "lightcone/v1/standing.proto",
    "lightcone/v1/transfer.proto",
    "lightcone/v1/verdict.proto",
    "lightcone/v1/verdict_record.proto",
];

/// The package of the contract.
const CONTRACT: &str = "lightcone.v1";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=proto");
    let mut compiler = protox::Compiler::new(["proto"])?;
    compiler.include_source_info(true).include_imports(true).open_files(FILES)?;
    // Written as protox has it: prost's own types would drop the audience options.
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("lightcone.binpb"), compiler.encode_file_descriptor_set())?;
    let files = prost_types::FileDescriptorSet::decode(compiler.encode_file_descriptor_set().as_slice())?;
    tonic_prost_build::configure()
        .extern_path(".google.longrunning", "crate::longrunning")
        .extern_path(".google.rpc.Status", "::tonic_types::Status")
        .boxed(".lightcone.v1.BatchOutcome.outcome.response")
        .boxed(".lightcone.v1.BatchOutcome.outcome.error")
        .boxed(".lightcone.v1.BriefAnswer.own_question")
        .emit_rerun_if_changed(false)
        .compile_fds(files.clone())?;
    // What is not ours, in a module of its own: written last, as it is no foreign type to itself.
    let theirs = files.file.into_iter().filter(|file| file.package() != CONTRACT).collect();
    tonic_prost_build::configure()
        .extern_path(".google.rpc.Status", "::tonic_types::Status")
        .emit_rerun_if_changed(false)
        .compile_fds(prost_types::FileDescriptorSet { file: theirs })?;
    Ok(())
}
