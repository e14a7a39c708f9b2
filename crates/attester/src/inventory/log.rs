//! The errors that NVIDIA's driver wrote into the kernel's log.
//!
//! NVIDIA's library tells an error only to whoever waits for it while it happens, so that those of the past stand in the
//! log alone. Reading it needs `CAP_SYSLOG` where `kernel.dmesg_restrict` is 1; nothing is written to it.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _};

use lightcone_attest::UnixTime;
use lightcone_attest::inventory::Xid;

use crate::root::Root;

/// The log, a record a read (Documentation/ABI/testing/dev-kmsg in the kernel).
const LOG: &str = "dev/kmsg";
/// The most bytes that are read of it.
const LOG_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// The most bytes of one record.
const RECORD_BYTES_MAX: usize = 16 * 1024;
/// The most lines that are read of it.
const LINES_MAX: u32 = 1_000_000;
/// The last errors that are told.
const XIDS_MAX: usize = 64;
/// What an error begins with.
const SIGN: &str = "NVRM: Xid (";

/// The last errors, oldest first; none where the log cannot be read.
pub(super) fn xids(root: &Root, now: UnixTime, uptime_s: Option<u64>) -> Option<Vec<Xid>> {
    let started_s = now.as_s().checked_sub_unsigned(uptime_s?)?;
    let mut reader = BufReader::with_capacity(RECORD_BYTES_MAX, open(root).ok()?.take(LOG_BYTES_MAX));
    let mut xids = Vec::new();
    let mut line = Vec::new();
    for _ in 0..LINES_MAX {
        line.clear();
        match reader.read_until(b'\n', &mut line) {
            Ok(0) => break,
            Ok(_) => xids.extend(record(&String::from_utf8_lossy(&line), started_s)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
            // Records that we had not read yet were overwritten: the next read goes on behind them.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
            Err(_) => return None,
        }
    }
    Some(xids.split_off(xids.len().saturating_sub(XIDS_MAX)))
}

#[cfg(unix)]
fn open(root: &Root) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags};
    // Else the last read waits for what the kernel says next.
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    Ok(rustix::fs::open(root.path(LOG), flags, Mode::empty())?.into())
}

#[cfg(not(unix))]
fn open(root: &Root) -> io::Result<File> {
    File::open(root.path(LOG))
}

/// The error in one record: `priority,number,microseconds since the start,flags;NVRM: Xid (PCI:0000:05:00): 79, ...`.
fn record(line: &str, started_s: i64) -> Option<Xid> {
    let (head, message) = line.split_once(';')?;
    let since_us: i64 = head.split(',').nth(2)?.parse().ok()?;
    let (place, rest) = message.strip_prefix(SIGN)?.split_once(')')?;
    let digits = rest.strip_prefix(':')?.trim_start();
    let end = digits.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(digits.len());
    let place = place.strip_prefix("PCI:").unwrap_or(place);
    let is_place =
        place.len() <= 16 && place.chars().all(|letter| letter.is_ascii_hexdigit() || ":.".contains(letter));
    Some(Xid {
        code: digits.get(..end)?.parse().ok()?,
        time_s: started_s.checked_add(since_us / 1_000_000)?,
        pci_bus_id: is_place.then(|| place.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_of_all_shapes_are_read() {
        let cases = [
            (
                "3,842,90000000,-;NVRM: Xid (PCI:0000:05:00): 79, pid='<unknown>', GPU has fallen off the bus.",
                Some((79, Some("0000:05:00"))),
            ),
            ("3,842,90000000,-;NVRM: Xid (0000:03:00): 14, Channel 00000001", Some((14, Some("0000:03:00")))),
            (
                "3,1,90000000,-,caller=T1;NVRM: Xid (PCI:0018:01:00): 149, NETIR_LINK_EVT Fatal",
                Some((149, Some("0018:01:00"))),
            ),
            ("3,1,90000000,-;NVRM: Xid (\u{1b}[2J): 31\n", Some((31, None))),
            ("6,1,90000000,-;usb 1-1: NVRM: Xid (PCI:0000:05:00): 79", None),
            ("3,1,90000000,-;NVRM: Xid (PCI:0000:05:00): many", None),
            ("3,1,soon,-;NVRM: Xid (PCI:0000:05:00): 79", None),
            ("3,1,90000000,-;NVRM: Xid (PCI:0000:05:00): 99999999999", None),
            (" SUBSYSTEM=pci", None),
            ("", None),
        ];
        for (line, wanted) in cases {
            let found = record(line, 1000);
            let told = found.as_ref().map(|xid| (xid.code, xid.pci_bus_id.as_deref()));
            assert_eq!(told, wanted, "{line}");
            assert!(found.is_none_or(|xid| xid.time_s == 1090));
        }
    }
}
