//! The outbox: nothing that was put in is lost by a kill, numbers have no gaps, and the oldest go first.

#![expect(clippy::unwrap_used, reason = "tests may fail loudly")]

use std::fs;
use std::path::Path;

use lightcone::v1::SignedReport;
use lightcone_landmark::{Outbox, OutboxError};

const ROOMY: u64 = 64 << 20;

fn report(index: u8) -> (Vec<u8>, [u8; 64]) {
    (vec![index; 100 + usize::from(index)], [index; 64])
}

fn open(folder: &Path) -> Outbox {
    Outbox::open(folder, ROOMY).unwrap()
}

fn sequences(reports: &[SignedReport]) -> Vec<i64> {
    reports.iter().map(|report| report.sequence).collect()
}

#[test]
fn what_was_put_in_is_there_after_a_restart_with_its_number() {
    let folder = tempfile::tempdir().unwrap();
    let mut outbox = open(folder.path());
    assert!(outbox.is_empty());
    outbox.append([report(1), report(2)]).unwrap();
    outbox.append([report(3)]).unwrap();
    let before = outbox.next(10, u64::MAX);
    drop(outbox);
    let mut outbox = open(folder.path());
    assert_eq!(outbox.next(10, u64::MAX), before);
    assert_eq!(sequences(&before), [1, 2, 3]);
    assert_eq!((&before[1].body, &before[1].signature), (&report(2).0, &vec![2; 64]));

    outbox.acknowledge(2).unwrap();
    drop(outbox);
    let mut outbox = open(folder.path());
    assert_eq!(sequences(&outbox.next(10, u64::MAX)), [3]);
    outbox.acknowledge(3).unwrap();
    drop(outbox);
    let mut outbox = open(folder.path());
    assert!(outbox.is_empty());
    outbox.append([report(4)]).unwrap();
    assert_eq!(sequences(&outbox.next(10, u64::MAX)), [4], "numbers never go back");
}

/// A kill, or a loss of power, leaves a prefix of what was being written.
#[test]
fn whatever_part_of_a_write_reached_the_disk_all_before_it_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("outbox.log");
    let mut outbox = open(folder.path());
    outbox.append([report(1), report(2)]).unwrap();
    let whole = fs::metadata(&log).unwrap().len() as usize;
    outbox.append([report(3)]).unwrap();
    drop(outbox);
    let bytes = fs::read(&log).unwrap();
    for length in whole..bytes.len() {
        fs::write(&log, &bytes[..length]).unwrap();
        let mut outbox = open(folder.path());
        assert_eq!(sequences(&outbox.next(10, u64::MAX)), [1, 2], "{length}");
        outbox.append([report(9)]).unwrap();
        drop(outbox);
        let after = open(folder.path()).next(10, u64::MAX);
        assert_eq!((sequences(&after), &after[2].body), (vec![1, 2, 3], &report(9).0), "{length}");
    }
    // A page that never reached the disk reads as zeros.
    let mut torn = bytes.clone();
    torn[whole + 20..].fill(0);
    fs::write(&log, &torn).unwrap();
    assert_eq!(sequences(&open(folder.path()).next(10, u64::MAX)), [1, 2]);
}

#[test]
fn a_full_outbox_drops_the_oldest_and_sends_their_numbers_empty() {
    let folder = tempfile::tempdir().unwrap();
    let body = vec![7; 60_000];
    let limit = 4 * 60_064;
    let mut outbox = Outbox::open(folder.path(), limit).unwrap();
    for _ in 0..6 {
        outbox.append([(body.clone(), [7; 64])]).unwrap();
    }
    let waiting = outbox.next(10, u64::MAX);
    assert_eq!(sequences(&waiting), [1, 2, 3, 4, 5, 6]);
    let lengths: Vec<usize> = waiting.iter().map(|report| report.body.len()).collect();
    assert_eq!(lengths, [0, 0, 60_000, 60_000, 60_000, 60_000]);
}

#[test]
fn a_batch_keeps_to_its_limits_but_is_never_empty_for_want_of_room() {
    let folder = tempfile::tempdir().unwrap();
    let mut outbox = open(folder.path());
    outbox.append((1..=5).map(report)).unwrap();
    assert_eq!(sequences(&outbox.next(2, u64::MAX)), [1, 2]);
    assert_eq!(sequences(&outbox.next(5, 400)), [1, 2]);
    assert_eq!(sequences(&outbox.next(5, 1)), [1]);
    outbox.acknowledge(5).unwrap();
    assert!(outbox.next(5, u64::MAX).is_empty());
}

#[test]
fn a_landmark_that_lost_its_folder_goes_on_after_what_the_service_has() {
    let folder = tempfile::tempdir().unwrap();
    let mut outbox = open(folder.path());
    outbox.acknowledge(41).unwrap();
    outbox.append([report(1)]).unwrap();
    drop(outbox);
    assert_eq!(sequences(&open(folder.path()).next(10, u64::MAX)), [42]);
}

#[test]
fn an_older_word_of_the_service_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut outbox = open(folder.path());
    outbox.append([report(1), report(2), report(3)]).unwrap();
    outbox.acknowledge(2).unwrap();
    outbox.acknowledge(0).unwrap();
    assert_eq!(sequences(&outbox.next(10, u64::MAX)), [3]);
}

#[test]
fn the_file_does_not_grow_without_end() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("outbox.log");
    let mut outbox = open(folder.path());
    for sequence in 1..=300 {
        outbox.append([(vec![1; 60_000], [1; 64])]).unwrap();
        outbox.acknowledge(sequence).unwrap();
        let bytes = fs::metadata(&log).unwrap().len();
        assert!(bytes < 5 << 20, "{bytes} bytes after {sequence} reports");
    }
    drop(outbox);
    let mut outbox = open(folder.path());
    outbox.append([report(1)]).unwrap();
    assert_eq!(sequences(&outbox.next(1, u64::MAX)), [301]);
}

#[test]
fn a_folder_has_one_landmark_and_a_foreign_file_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let held = open(folder.path());
    assert!(matches!(Outbox::open(folder.path(), ROOMY), Err(OutboxError::InUse { .. })));
    drop(held);
    let log = folder.path().join("outbox.log");
    fs::write(&log, "something else altogether").unwrap();
    assert!(matches!(Outbox::open(folder.path(), ROOMY), Err(OutboxError::Foreign { .. })));
    assert_eq!(fs::read_to_string(&log).unwrap(), "something else altogether");
}

#[cfg(unix)]
#[test]
fn nobody_else_reads_the_reports() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    drop(open(&data));
    for (path, mode) in [(data.clone(), 0o700), (data.join("outbox.log"), 0o600)] {
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, mode, "{}", path.display());
    }
}
