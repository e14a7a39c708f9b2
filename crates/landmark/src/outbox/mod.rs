//! Reports that the service does not have for good yet: an append-only file that outlives a kill at any moment.
//!
//! A report is numbered and on disk before anything is said of it. The service says up to which number it has
//! everything; what it has leaves the outbox. Numbers never go back and have no gaps: a number whose report is no
//! longer here is sent with an empty body, which the service refuses for good and steps over.

mod record;

use std::collections::VecDeque;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use lightcone::v1::SignedReport;

use record::Record;

const LOG: &str = "outbox.log";
const NEW: &str = "outbox.new";
const LOCK: &str = "outbox.lock";
/// The file is written anew when this much of it, beyond what waits, is no longer wanted.
const SLACK_BYTES: u64 = 4 << 20;

/// Why reports cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum OutboxError {
    /// The disk fails.
    #[error("cannot {what} `{path}`: {cause}")]
    Disk {
        /// What was tried.
        what: &'static str,
        /// The file or folder.
        path: String,
        /// What the system says.
        cause: io::Error,
    },
    /// Another landmark uses the folder.
    #[error("`{path}` is in use by another landmark; give each a folder of its own")]
    InUse {
        /// The folder.
        path: String,
    },
    /// Not an outbox, or one of another version.
    #[error("`{path}` is not an outbox that this version can read; move it away to begin anew")]
    Foreign {
        /// The file.
        path: String,
    },
}

/// Reports that wait for the service.
#[derive(Debug)]
pub struct Outbox {
    folder: PathBuf,
    file: File,
    /// Held while the outbox is open; the system lets go when the process ends, however it ends.
    _lock: File,
    file_bytes: u64,
    waiting: VecDeque<SignedReport>,
    waiting_bytes: u64,
    last: i64,
    durable: i64,
    bytes_max: u64,
}

impl Outbox {
    /// Opens the outbox of a folder, which is made if it is not there. At most `bytes_max` bytes of reports wait.
    ///
    /// # Errors
    /// The folder cannot be used, or another process uses it.
    pub fn open(folder: &Path, bytes_max: u64) -> Result<Self, OutboxError> {
        private_folder(folder).map_err(disk("make", folder))?;
        let lock = lock(folder)?;
        let path = folder.join(LOG);
        let file = private(false).open(&path).map_err(disk("open", &path))?;
        let mut outbox = Self {
            folder: folder.to_owned(),
            file,
            _lock: lock,
            file_bytes: 0,
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            last: 0,
            durable: 0,
            bytes_max,
        };
        outbox.recover(&path)?;
        Ok(outbox)
    }

    /// Numbers reports (body and signature) and puts them on disk; they are there for good when this returns.
    ///
    /// # Errors
    /// The disk fails. Nothing is kept then, and the numbers are free.
    pub fn append(
        &mut self,
        reports: impl IntoIterator<Item = (Vec<u8>, [u8; 64])>,
    ) -> Result<(), OutboxError> {
        let mut bytes = Vec::new();
        let mut added = Vec::new();
        for (sequence, (body, signature)) in (self.last + 1..).zip(reports) {
            let report = SignedReport { sequence, body, signature: signature.to_vec() };
            record::write_report(&report, &mut bytes);
            added.push(report);
        }
        self.write(&bytes)?;
        self.last += added.len() as i64;
        self.waiting_bytes += added.iter().map(size).sum::<u64>();
        self.waiting.extend(added);
        self.drop_oldest();
        Ok(())
    }

    /// Takes note that the service has everything up to `durable` for good. If that is beyond the last number given
    /// here, as when the folder was lost, numbers go on after it.
    ///
    /// # Errors
    /// The disk fails.
    pub fn acknowledge(&mut self, durable: i64) -> Result<(), OutboxError> {
        if durable <= self.durable {
            return Ok(()); // older news, or that of a service whose store was set back: what was sent is gone
        }
        if durable > self.last {
            tracing::warn!(
                durable,
                last = self.last,
                "the service has reports that this folder knows nothing of"
            );
            self.last = durable;
        }
        self.durable = durable;
        while self.waiting.front().is_some_and(|report| report.sequence <= durable) {
            self.pop();
        }
        let mut bytes = Vec::new();
        record::write_durable(durable, &mut bytes);
        self.write(&bytes)?;
        if self.file_bytes > self.waiting_bytes + SLACK_BYTES { self.rewrite() } else { Ok(()) }
    }

    /// The reports to send next, in the order of their numbers: at most `count` with at most `bytes` bytes, but one
    /// at least if there is one. A number without a report has an empty body.
    #[must_use]
    pub fn next(&self, count: usize, bytes: u64) -> Vec<SignedReport> {
        let mut waiting = self.waiting.iter().peekable();
        let mut batch: Vec<SignedReport> = Vec::new();
        let mut left = bytes;
        for sequence in self.durable + 1..=self.last {
            let report = waiting.next_if(|report| report.sequence == sequence);
            let size = report.map_or(0, size);
            if batch.len() == count || (size > left && !batch.is_empty()) {
                break;
            }
            left = left.saturating_sub(size);
            batch.push(report.cloned().unwrap_or(SignedReport { sequence, ..SignedReport::default() }));
        }
        batch
    }

    /// Whether the service has everything.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.durable == self.last
    }

    /// The bodies of the reports that wait.
    pub fn bodies(&self) -> impl Iterator<Item = &[u8]> {
        self.waiting.iter().map(|report| report.body.as_slice())
    }

    /// Reads what is on disk, and cuts off a record that a crash left unfinished.
    fn recover(&mut self, path: &Path) -> Result<(), OutboxError> {
        let bytes = fs::read(path).map_err(disk("read", path))?;
        if bytes.len() < record::MAGIC.len() {
            self.file.set_len(0).map_err(disk("clear", path))?;
            self.write(record::MAGIC)?;
            return self.sync_folder();
        }
        let Some(mut rest) = bytes.strip_prefix(record::MAGIC) else {
            return Err(OutboxError::Foreign { path: path.display().to_string() });
        };
        while let Some((record, after)) = record::read(rest) {
            self.remember(record);
            rest = after;
        }
        self.file_bytes = (bytes.len() - rest.len()) as u64;
        if !rest.is_empty() {
            tracing::warn!(bytes = rest.len(), "the outbox ends in an unfinished record, which is cut off");
            self.file.set_len(self.file_bytes).map_err(disk("cut", path))?;
        }
        self.file.seek(SeekFrom::End(0)).map_err(disk("seek in", path))?;
        self.drop_oldest();
        Ok(())
    }

    fn remember(&mut self, record: Record) {
        match record {
            Record::Report(report) if report.sequence > self.last => {
                self.last = report.sequence;
                self.waiting_bytes += size(&report);
                self.waiting.push_back(report);
            }
            Record::Report(_) => {}
            Record::Durable(sequence) => {
                (self.durable, self.last) = (sequence, self.last.max(sequence));
                while self.waiting.front().is_some_and(|report| report.sequence <= sequence) {
                    self.pop();
                }
            }
        }
    }

    fn pop(&mut self) -> Option<SignedReport> {
        let report = self.waiting.pop_front()?;
        self.waiting_bytes -= size(&report);
        Some(report)
    }

    /// Keeps to the limit, at the cost of the oldest.
    fn drop_oldest(&mut self) {
        let mut dropped = 0_u64;
        while self.waiting_bytes > self.bytes_max && self.waiting.len() > 1 {
            self.pop();
            dropped += 1;
        }
        if dropped > 0 {
            tracing::error!(
                dropped,
                limit_bytes = self.bytes_max,
                "the outbox is full: the oldest reports are lost; is the service away?"
            );
        }
    }

    /// Appends to the file and waits until the disk has it. After a failure the file is as long as before.
    fn write(&mut self, bytes: &[u8]) -> Result<(), OutboxError> {
        let path = self.folder.join(LOG);
        let written = self.file.write_all(bytes).and_then(|()| self.file.sync_data());
        if let Err(cause) = written {
            let restored = self.file.set_len(self.file_bytes).and_then(|()| self.file.seek(SeekFrom::End(0)));
            if let Err(error) = restored {
                tracing::error!(%error, "the outbox cannot be restored after a failed write");
            }
            return Err(disk("write", &path)(cause));
        }
        self.file_bytes += bytes.len() as u64;
        Ok(())
    }

    /// Writes a file with only what is still wanted, and puts it in the place of the old one.
    fn rewrite(&mut self) -> Result<(), OutboxError> {
        let (path, new) = (self.folder.join(LOG), self.folder.join(NEW));
        let mut bytes = record::MAGIC.to_vec();
        record::write_durable(self.durable, &mut bytes);
        for report in &self.waiting {
            record::write_report(report, &mut bytes);
        }
        let mut file = private(true).open(&new).map_err(disk("make", &new))?;
        file.write_all(&bytes).and_then(|()| file.sync_data()).map_err(disk("write", &new))?;
        fs::rename(&new, &path).map_err(disk("replace", &path))?;
        self.sync_folder()?;
        (self.file, self.file_bytes) = (file, bytes.len() as u64);
        Ok(())
    }

    fn sync_folder(&self) -> Result<(), OutboxError> {
        let folder = File::open(&self.folder).and_then(|folder| folder.sync_all());
        folder.map_err(disk("sync", &self.folder))
    }
}

/// How files are opened: for the owner only, since reports bear keys of their sessions.
fn private(truncate: bool) -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(truncate);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn lock(folder: &Path) -> Result<File, OutboxError> {
    let path = folder.join(LOCK);
    let file = private(false).open(&path).map_err(disk("open", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => Err(OutboxError::InUse { path: folder.display().to_string() }),
        Err(fs::TryLockError::Error(cause)) => Err(disk("lock", &path)(cause)),
    }
}

fn size(report: &SignedReport) -> u64 {
    (report.body.len() + report.signature.len()) as u64
}

fn disk(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> OutboxError {
    let path = path.display().to_string();
    move |cause| OutboxError::Disk { what, path, cause }
}
