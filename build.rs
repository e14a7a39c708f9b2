//! Compiles the contract without protoc, and keeps its descriptor set for reflection and tests.

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

use prost::Message as _;

/// Files of the contract; what they import is found under `proto/`.
const FILES: [&str; 19] = [
    "lightcone/v1/access.proto",
    "lightcone/v1/agent.proto",
    "lightcone/v1/alert.proto",
    "lightcone/v1/attestation.proto",
    "lightcone/v1/case.proto",
    "lightcone/v1/chip.proto",
    "lightcone/v1/enrolment.proto",
    "lightcone/v1/error_reason.proto",
    "lightcone/v1/finding.proto",
    "lightcone/v1/geo.proto",
    "lightcone/v1/landmark.proto",
    "lightcone/v1/location.proto",
    "lightcone/v1/measurement.proto",
    "lightcone/v1/options.proto",
    "lightcone/v1/session.proto",
    "lightcone/v1/site.proto",
    "lightcone/v1/standing.proto",
    "lightcone/v1/verdict.proto",
    "lightcone/v1/verdict_record.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=proto");
    let mut compiler = protox::Compiler::new(["proto"])?;
    compiler.include_source_info(true).include_imports(true).open_files(FILES)?;
    // Written as protox has it: prost's own types would drop the audience options.
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("lightcone.binpb"), compiler.encode_file_descriptor_set())?;
    let files = prost_types::FileDescriptorSet::decode(compiler.encode_file_descriptor_set().as_slice())?;
    tonic_prost_build::configure()
        .extern_path(".google.rpc.Status", "::tonic_types::Status")
        .boxed(".lightcone.v1.BatchOutcome.outcome.response")
        .boxed(".lightcone.v1.BatchOutcome.outcome.error")
        .boxed(".lightcone.v1.BriefAnswer.own_question")
        .emit_rerun_if_changed(false)
        .compile_fds(files)?;
    Ok(())
}
