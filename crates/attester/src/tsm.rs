//! `sev-snp` and `tdx` on Linux: the kernel's folder of requests for reports (configfs-tsm, Linux 6.7 and later,
//! `Documentation/ABI/testing/configfs-tsm-report`). A request is a folder: 64 bytes go into one of its files, and the
//! report comes out of another.

use std::fs::{self, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use lightcone_attest::{Kind, snp, tdx};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;

use crate::ghcb::Table;
use crate::source::{Piece, Source, Unavailable};

/// Where Linux has the folder.
pub const TSM_ROOT: &str = "/sys/kernel/config/tsm/report";
/// The most bytes that are read of one file; the kernel gives at most half of it.
const FILE_BYTES_MAX: u64 = 65_536;
/// How often a report is asked for: another process may ask in between.
const TRIES: usize = 3;

/// The processor's reports on a confidential virtual machine, from the machine's own kernel.
#[derive(Clone, Debug)]
pub struct Tsm {
    kind: Kind,
    provider: &'static str,
    root: PathBuf,
    chain: Vec<Vec<u8>>,
}

impl Tsm {
    /// Reports of AMD SEV-SNP, asked for under [`TSM_ROOT`] or a folder like it.
    #[must_use]
    pub fn sev_snp(root: impl Into<PathBuf>) -> Self {
        Self { kind: Kind::SevSnp, provider: "sev_guest", root: root.into(), chain: Vec::new() }
    }

    /// Quotes of Intel TDX, asked for under [`TSM_ROOT`] or a folder like it.
    #[must_use]
    pub fn tdx(root: impl Into<PathBuf>) -> Self {
        Self { kind: Kind::Tdx, provider: "tdx_guest", root: root.into(), chain: Vec::new() }
    }

    /// Certificates to take where the host hands out none, in PEM: ASK and ARK, before them the VCEK or VLEK where it is
    /// not handed out either. AMD's key server has them.
    ///
    /// # Errors
    /// The text is no PEM, or holds not two or three certificates.
    pub fn with_chain(mut self, pem: &str) -> Result<Self, Unavailable> {
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
        let remedy = "give two or three certificates in PEM: VCEK or VLEK, ASK, ARK";
        let chain =
            chain.map_err(|error| self.failed(format!("the chain cannot be read: {error}"), remedy))?;
        if !matches!(chain.len(), 2 | 3) {
            return Err(self.failed(format!("the chain has {} certificates", chain.len()), remedy));
        }
        self.chain = chain.iter().map(|certificate| certificate.to_vec()).collect();
        Ok(self)
    }

    fn failed(&self, why: impl Into<String>, remedy: &str) -> Unavailable {
        let device = self.root.display().to_string();
        Unavailable { kind: self.kind, device, why: why.into(), remedy: remedy.to_owned() }
    }

    fn ask(&self, binding: &[u8; 32]) -> Result<Answer, Unavailable> {
        let request = Request::open(&self.root).map_err(|error| {
            let remedy =
                "run inside the confidential machine, as root, on Linux 6.7 or later with configfs mounted";
            self.failed(format!("no request can be made: {error}"), remedy)
        })?;
        let found =
            request.provider().map_err(|error| self.failed(error.to_string(), "see the kernel's log"))?;
        if found != self.provider {
            let why = format!("the processor's reports come from `{found}`, not `{}`", self.provider);
            return Err(self.failed(why, "name the format of this processor"));
        }
        let mut data = [0; 64];
        data.iter_mut().zip(binding).for_each(|(byte, from)| *byte = *from);
        let mut last = String::new();
        for _ in 0..TRIES {
            match request.ask(&data) {
                Ok(Some(answer)) => return Ok(answer),
                Ok(None) => "another request came in between".clone_into(&mut last),
                Err(error) => last = error.to_string(),
            }
        }
        Err(self.failed(last, "let one process ask at a time, and see the kernel's log"))
    }

    /// The certificates for a report: those of the host, else those that were given.
    fn certificates(&self, table: Table) -> Result<Vec<Vec<u8>>, Unavailable> {
        let given =
            |from_end: usize| self.chain.len().checked_sub(from_end).and_then(|at| self.chain.get(at));
        let all = [
            ("VCEK or VLEK", table.vcek.or(table.vlek).or_else(|| given(3).cloned())),
            ("ASK", table.ask.or_else(|| given(2).cloned())),
            ("ARK", table.ark.or_else(|| given(1).cloned())),
        ];
        let found = all.into_iter().map(|(name, certificate)| {
            certificate.ok_or_else(|| {
                let remedy = "fetch it from https://kdsintf.amd.com and give it as the chain";
                self.failed(format!("the host hands out no certificate {name}"), remedy)
            })
        });
        found.collect()
    }
}

impl Source for Tsm {
    fn kind(&self) -> Kind {
        self.kind
    }

    fn collect(&mut self, binding: &[u8; 32]) -> Result<Vec<Piece>, Unavailable> {
        let answer = self.ask(binding)?;
        let payload = if self.kind == Kind::SevSnp {
            let chain = self.certificates(Table::read(&answer.beside))?;
            snp::Evidence { report: answer.report, chain }.to_json()
        } else {
            tdx::Evidence { quote: answer.report, collateral: None }.to_json()
        };
        Ok(vec![Piece { kind: self.kind, payload }])
    }
}

/// What came out of a request.
struct Answer {
    report: Vec<u8>,
    /// What the host handed out beside the report: certificates, or nothing.
    beside: Vec<u8>,
}

/// The folder of a request, for as long as it is needed.
struct Request(PathBuf);

impl Request {
    /// Makes the folder. One of the same name was left behind by a process that ended early: it serves as well.
    fn open(root: &Path) -> io::Result<Self> {
        let folder = root.join("lightcone");
        match fs::create_dir(&folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
            _ => Ok(Self(folder)),
        }
    }

    /// Who makes reports.
    fn provider(&self) -> io::Result<String> {
        Ok(String::from_utf8_lossy(&self.read("provider")?).trim().to_owned())
    }

    /// Has 64 bytes signed. None: another process asked for something else before the answer was read.
    fn ask(&self, data: &[u8; 64]) -> io::Result<Option<Answer>> {
        OpenOptions::new().write(true).open(self.0.join("inblob"))?.write_all(data)?;
        let generation = self.read("generation")?;
        let report = self.read("outblob")?;
        // The file is there only where hosts can hand something out.
        let beside = self.read("auxblob").unwrap_or_default();
        let bears = report.windows(data.len()).any(|window| window == data);
        Ok((bears && self.read("generation")? == generation).then_some(Answer { report, beside }))
    }

    fn read(&self, file: &str) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        fs::File::open(self.0.join(file))?.take(FILE_BYTES_MAX).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

impl Drop for Request {
    /// Takes the folder away again. Where that fails it is left for the next request.
    fn drop(&mut self) {
        drop(fs::remove_dir(&self.0));
    }
}
