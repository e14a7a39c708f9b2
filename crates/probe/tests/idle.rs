//! Threads that wait use no processor. Alone in its process, because threads are known by name here.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![allow(dead_code, reason = "other tests use the rest of the pair")]

#[path = "loopback/pair.rs"]
mod pair;

use std::time::Instant;

use pair::{measure, quick, v4};

/// Processor time of both threads so far, in nanoseconds, from the scheduler.
fn spent_ns() -> u128 {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap().flatten();
    let spent = tasks.filter_map(|task| {
        let read = |file: &str| std::fs::read_to_string(task.path().join(file)).unwrap_or_default();
        let is_ours = ["lc-agent", "lc-landmark"].contains(&read("comm").trim());
        is_ours.then(|| read("schedstat").split(' ').next().unwrap().parse::<u128>().unwrap())
    });
    spent.sum()
}

#[test]
fn a_session_of_a_second_and_more_costs_a_small_part_of_it() {
    let (landmark, agent) = (pair::landmark(1, v4(), quick()), pair::agent(2, v4()));
    let (begun, before) = (Instant::now(), spent_ns());
    let checked = measure(&landmark, &agent, landmark.thread.bound(), 64);
    let (elapsed, spent) = (begun.elapsed().as_nanos(), spent_ns() - before);
    assert_eq!(checked.diagnostics.answered, 64);
    assert!(spent > 0, "the threads are those that were looked at");
    assert!(spent < elapsed / 4, "{spent} ns of processor in {elapsed} ns");
}
