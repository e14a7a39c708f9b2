//! Evidence and reference values, from files.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// What to do with evidence.
#[derive(Debug, Subcommand)]
pub(crate) enum AttestCommand {
    /// Appraise evidence: who signed it, how well it ties a key to a chip, and what nobody checked
    ///
    /// Reads what `nvattest collect-evidence` and NVIDIA's fleet agent write, documents of tpm2-quote, sev-snp and tdx, and
    /// sets of evidence: {"evidence": [{"format": ..., "payload": ...}]}. Asks no network: revocation is never checked, and the answer says so.
    /// Ends with code 4 when evidence is refused.
    Verify(VerifyArgs),
}

/// Arguments of `attest verify`.
#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// Files of evidence; all are appraised as one attestation
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// The format, where a file does not show it
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<String>,
    /// The 32 bytes that must be in it, 64 hexadecimal digits; without, nothing binds
    #[arg(long, value_name = "HEX")]
    pub(crate) binding: Option<String>,
    /// File of signed reference values; without, only roots that are built in are known, and no code
    #[arg(long, value_name = "FILE", requires = "references_key")]
    pub(crate) references: Option<PathBuf>,
    /// A key that may sign them, as `lightcone keys show` prints it; may be repeated
    #[arg(long, value_name = "KEY")]
    pub(crate) references_key: Vec<String>,
    /// For which moment, in seconds of Unix time; without, now
    #[arg(long, value_name = "SECONDS")]
    pub(crate) at: Option<i64>,
    /// The agent's Ed25519 key, for `software`
    #[arg(long, value_name = "KEY")]
    pub(crate) identity_key: Option<String>,
    /// An attestation key that was activated, as NAME:ENDORSEMENT in hexadecimal; may be repeated
    #[arg(long, value_name = "NAME:SHA256")]
    pub(crate) activated: Vec<String>,
    /// The least residency that will do, R0 to R3; less ends with code 4
    #[arg(long, value_name = "R", default_value = "R0")]
    pub(crate) residency_min: String,
    /// Sign the result with this key and write it as an EAR, a JSON Web Token, to --ear-out
    #[arg(long, value_name = "KEYFILE", requires = "ear_out", conflicts_with = "at")]
    pub(crate) ear_key: Option<PathBuf>,
    /// Where the signed result goes
    #[arg(long, value_name = "FILE", requires = "ear_key")]
    pub(crate) ear_out: Option<PathBuf>,
    /// How to show the answer
    #[arg(short, long, value_name = "FORMAT", default_value = "table")]
    pub(crate) output: SheetFormat,
}

/// How one answer is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SheetFormat {
    /// For people
    Table,
    /// One object
    Json,
}

/// What to do with reference values.
#[derive(Debug, Subcommand)]
pub(crate) enum ReferencesCommand {
    /// Check a document of reference values and sign it
    Sign {
        /// The document, JSON
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// The key that signs
        #[arg(long, value_name = "KEYFILE")]
        key: PathBuf,
        /// Where the signed document goes
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Show what a signed document holds, if a known key signed it
    Show {
        /// The signed document
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// A key that may sign it, as `lightcone keys show` prints it; may be repeated
        #[arg(long, value_name = "KEY", required = true)]
        key: Vec<String>,
    },
    /// Add the values of an NVIDIA manifest (RIM) to a document, after xmlsec1 checked its signature
    ImportRim {
        /// The manifest, XML
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// The document to add to; made if it is not there
        #[arg(long, value_name = "FILE")]
        into: PathBuf,
        /// NVIDIA's root for manifests, PEM
        #[arg(long, value_name = "FILE")]
        root: PathBuf,
        /// Check as of this moment, where the signer's certificate has run out since: your choice, and written down
        #[arg(long, value_name = "YYYY-MM-DD HH:MM:SS")]
        at: Option<String>,
    },
}
