//! The watch over `REALTIME`.

use lightcone_probe::udp::{clocks, steering::Steering};

#[test]
fn an_untouched_clock_has_not_stepped_and_its_tick_is_nominal() {
    let steering = Steering::watch().unwrap();
    assert!(!steering.has_stepped().unwrap());
    assert!(!steering.is_bent());
}

/// Sets the machine's clock, by some microseconds: in the long form only, and alone.
#[test]
fn a_clock_that_is_set_is_seen_where_it_may_be_set() {
    if std::env::var_os("LIGHTCONE_LONG").is_none() {
        return;
    }
    let steering = Steering::watch().unwrap();
    let now_ns = clocks::real_ns();
    let (seconds, nanos) = (now_ns / 1_000_000_000, now_ns % 1_000_000_000);
    let time = nix::sys::time::TimeSpec::new(seconds, nanos);
    let set = nix::time::clock_settime(nix::time::ClockId::CLOCK_REALTIME, time);
    // Only who may set the clock can show this; elsewhere the step must not be seen.
    assert_eq!(steering.has_stepped().unwrap(), set.is_ok());
    assert!(!steering.has_stepped().unwrap(), "said once");
}
