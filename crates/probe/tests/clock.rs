//! The clock rule under clocks that are made up: whatever they do, no accepted round trip is below the truth by
//! more than the error that is stated with it.

use lightcone_probe::clock::{
    self, ClockSource, Fallback, OVERHEAD_NS_MAX, RoundTrip, SKEW_NS, StampKind, Stamps,
};

/// Samples of one run; `LIGHTCONE_LONG` multiplies.
const SAMPLES: u64 = 500_000;

/// Numbers that are the same each time.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 to 1.
    fn part(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.part()
    }

    /// From `low` to `high`, each magnitude as often as any other.
    fn magnitude(&mut self, low: f64, high: f64) -> f64 {
        low * (high / low).powf(self.part())
    }

    fn once_in(&mut self, times: u64) -> bool {
        self.next().is_multiple_of(times)
    }

    /// Between two reads of a clock: tens of nanoseconds, or a turn of somebody else.
    fn gap(&mut self) -> f64 {
        if self.once_in(50) { self.magnitude(200.0, 12e6) } else { self.between(15.0, 60.0) }
    }

    /// What the stack takes on one side.
    fn stack(&mut self) -> f64 {
        if self.once_in(50) { self.magnitude(1e3, 12e6) } else { self.between(800.0, 40e3) }
    }
}

/// How the steered clock runs over the raw one, from a moment on.
struct Steering {
    rate: f64,
    later_rate: f64,
    change_at: f64,
    step_ns: f64,
    step_at: f64,
}

impl Steering {
    /// Up to a tenth too fast or too slow, with a change in one window of four, but not from fast to slow; or up to
    /// 500 ppm, and then any change.
    fn drawn(dice: &mut Dice, window: f64, both_ways: bool) -> Self {
        let ntp = |dice: &mut Dice| dice.between(-500e-6, 500e-6);
        let rate = if both_ways { ntp(dice) } else { Self::rate(dice) };
        let later_rate = match (dice.once_in(4), both_ways) {
            (false, _) => rate,
            (true, true) => ntp(dice),
            (true, false) => Self::rate(dice).abs() * if rate < 0.0 { -1.0 } else { 1.0 },
        };
        let change_at = dice.between(0.0, window);
        Self { rate, later_rate, change_at, step_ns: 0.0, step_at: 0.0 }
    }

    fn rate(dice: &mut Dice) -> f64 {
        match dice.next() % 4 {
            0 => 0.0,
            1 => dice.between(-500e-6, 500e-6),
            2 => dice.between(-0.1, 0.1),
            _ => dice.magnitude(1e-6, 0.1) * if dice.once_in(2) { -1.0 } else { 1.0 },
        }
    }

    fn real(&self, raw: f64) -> f64 {
        let early = raw.min(self.change_at);
        let steered = raw + self.rate * early + self.later_rate * (raw - early);
        steered + if raw > self.step_at { self.step_ns } else { 0.0 }
    }
}

/// What is different from a clock that is steered one way and never set.
#[derive(Clone, Copy, Default)]
struct World {
    /// The program reads the steered clock outside and the raw one inside, which is wrong.
    swapped: bool,
    /// The clock is set in the middle.
    step: bool,
    /// The landmark noticed.
    told: bool,
    /// It is steered as NTP steers, and both ways within one span.
    both_ways: bool,
}

/// One exchange as it truly was, and what the landmark read of it.
struct Exchange {
    flight: f64,
    stamps: Stamps,
}

/// Everything that happens, in true nanoseconds; then read by both clocks.
fn exchange(dice: &mut Dice, world: World) -> Exchange {
    let flight = if dice.once_in(8) { dice.between(500.0, 10e3) } else { dice.magnitude(10e3, 200e6) };
    let first = 0.0;
    let second = first + dice.gap();
    let stamp_out = second + dice.stack();
    // Most drivers stamp before the doorbell, some up to 2 us after it.
    let departed = stamp_out + dice.between(-2_000.0, 1_000.0).max(second - stamp_out);
    let arrived = departed + flight;
    let stamp_in = arrived + dice.between(0.0, 5e3);
    let third = stamp_in + dice.stack();
    let last = third + dice.gap();
    let crystal = 1.0 + dice.between(-100e-6, 100e-6);
    let mut steering = Steering::drawn(dice, last * crystal, world.both_ways);
    if world.step {
        steering.step_ns = dice.magnitude(1e3, 1e9) * if dice.once_in(2) { -1.0 } else { 1.0 };
        steering.step_at = dice.between(0.0, last);
    }
    let (boot, unix) = (4_000_000_000_000_i64, 1_790_000_000_000_000_000_i64);
    let raw = |at: f64| boot + (at * crystal).floor() as i64;
    let real = |at: f64| unix + steering.real(at * crystal).floor() as i64;
    let (t0, r0, r3, t3) = if world.swapped {
        (raw(second), real(first), real(last), raw(third))
    } else {
        (raw(first), real(second), real(third), raw(last))
    };
    Exchange { flight, stamps: Stamps { t0, r0, t1: real(stamp_out), t4: real(stamp_in), r3, t3 } }
}

fn long() -> u64 {
    std::env::var("LIGHTCONE_LONG").ok().and_then(|text| text.parse().ok()).unwrap_or(1)
}

fn bound(stamps: &Stamps, distrusted: bool) -> (RoundTrip, i64) {
    let time = clock::round_trip(stamps, distrusted).expect("the raw clock runs forwards");
    (time, time.bound_ns(ClockSource::Raw, StampKind::Kernel))
}

/// How many of so many exchanges are bounded by less than their flight, by how much at worst, and how many fell
/// back.
fn too_small(seed: u64, samples: u64, world: World) -> (u64, f64, u64) {
    let mut dice = Dice(seed);
    let (mut count, mut worst, mut fallbacks) = (0, 0.0, 0);
    for _ in 0..samples {
        let Exchange { flight, stamps } = exchange(&mut dice, world);
        let (time, bound_ns) = bound(&stamps, world.told);
        fallbacks += u64::from(time.fallback.is_some());
        let missing = flight - bound_ns as f64;
        if missing > 0.0 {
            count += 1;
            worst = f64::max(worst, missing);
        }
    }
    (count, worst, fallbacks)
}

#[test]
fn no_bound_is_below_the_truth_whatever_steering_and_preemption_do() {
    let samples = SAMPLES * long();
    let (count, worst, fallbacks) = too_small(1, samples, World::default());
    assert_eq!(count, 0, "{count} of {samples} too small, the worst by {worst} ns");
    // The rule must be at work, not its fallback alone, and its fallback too.
    assert!(fallbacks > samples / 10 && fallbacks < samples * 9 / 10, "{fallbacks} of {samples} fell back");
}

#[test]
fn no_bound_is_below_the_truth_when_ntp_steers_both_ways_in_one_span() {
    let samples = SAMPLES * long();
    let (count, worst, _) = too_small(4, samples, World { both_ways: true, ..World::default() });
    assert_eq!(count, 0, "{count} of {samples} too small, the worst by {worst} ns");
}

#[test]
fn no_bound_is_below_the_truth_when_steps_are_detected() {
    let samples = SAMPLES / 5 * long();
    let (count, worst, fallbacks) =
        too_small(2, samples, World { step: true, told: true, ..World::default() });
    assert_eq!(count, 0, "{count} of {samples} too small, the worst by {worst} ns");
    assert_eq!(fallbacks, samples);
}

#[test]
fn a_step_that_nobody_detects_can_go_below_the_truth() {
    let (count, worst, _) = too_small(3, SAMPLES, World { step: true, ..World::default() });
    assert!(count > 0, "step detection would not be needed");
    assert!(worst < (2 * OVERHEAD_NS_MAX) as f64);
}

#[test]
fn the_other_order_of_reads_goes_below_the_truth() {
    let (count, _, _) = too_small(1, SAMPLES / 5, World { swapped: true, ..World::default() });
    assert!(count > 0, "the order of reads would not matter");
}

#[test]
fn the_kernels_own_difference_goes_below_the_truth() {
    let mut dice = Dice(1);
    let below = (0..SAMPLES / 5).filter(|_| {
        let Exchange { flight, stamps } = exchange(&mut dice, World::default());
        let (time, _) = bound(&stamps, false);
        let plain = stamps.t4 - stamps.t1;
        flight > (plain + plain / 10_000 + 4_001).max(0) as f64 && time.fallback.is_some()
    });
    assert!(below.count() > 1_000, "the raw clock would not be needed");
}

/// A quiet exchange of 10 ms: 12 us out, 9 us in.
const QUIET: Stamps = Stamps {
    t0: 1_000_000,
    r0: 5_000_040,
    t1: 5_012_040,
    t4: 15_012_040,
    r3: 15_021_040,
    t3: 1_000_000 + 10_021_080,
};

fn fallback(stamps: Stamps) -> Option<Fallback> {
    clock::round_trip(&stamps, false).expect("the raw clock runs forwards").fallback
}

#[test]
fn a_quiet_exchange_is_the_raw_span_without_the_stack() {
    let time = clock::round_trip(&QUIET, false).expect("it runs forwards");
    assert_eq!(time.rtt_ns, 10_021_080 - 12_000 - 9_000);
    assert_eq!((time.fallback, time.ahead_ns), (None, -80));
    // 100 ppm of the span, 500 ppm of the stack's 21 us, 2 us for skew, 2 us for the driver.
    assert_eq!(time.eps_ns(ClockSource::Raw, StampKind::Kernel), 1_002 + 10 + 2 + 4_000);
    let interface = StampKind::Interface { frame_ns: 1_900 };
    assert_eq!(time.eps_ns(ClockSource::Raw, interface), 1_002 + 10 + 2 + 4_000 + 3_800);
    assert_eq!(time.eps_ns(ClockSource::Steered, StampKind::Kernel), 10_021_080 / 9 + 10 + 2 + 4_000);
}

#[test]
fn each_reason_falls_back_to_the_raw_span() {
    let cases = [
        (Stamps { t1: QUIET.r0 - 1, ..QUIET }, Fallback::Order),
        (Stamps { t4: QUIET.r3 + 1, ..QUIET }, Fallback::Order),
        (Stamps { t4: QUIET.t1 - 1, ..QUIET }, Fallback::Order),
        (Stamps { t1: QUIET.r0 + OVERHEAD_NS_MAX + 1, ..QUIET }, Fallback::Overhead),
        (Stamps { t4: QUIET.r3 - OVERHEAD_NS_MAX - 1, ..QUIET }, Fallback::Overhead),
        (Stamps { r3: QUIET.r3 + SKEW_NS + 5_010 + 81, ..QUIET }, Fallback::Skew),
        (Stamps { t3: QUIET.t3 + SKEW_NS + 5_010, ..QUIET }, Fallback::Skew),
    ];
    for (stamps, why) in cases {
        assert_eq!(fallback(stamps), Some(why), "{stamps:?}");
        let time = clock::round_trip(&stamps, false).expect("it runs forwards");
        assert_eq!((time.rtt_ns, time.ahead_ns), (stamps.t3 - stamps.t0, 0));
    }
    assert_eq!(fallback(Stamps { t1: QUIET.r0 + OVERHEAD_NS_MAX, ..QUIET }), None);
    assert_eq!(fallback(Stamps { r3: QUIET.r3 + SKEW_NS + 5_010 + 80, ..QUIET }), None);
    let told = clock::round_trip(&QUIET, true).expect("it runs forwards");
    assert_eq!((told.rtt_ns, told.fallback), (10_021_080, Some(Fallback::Distrusted)));
}

#[test]
fn what_steering_adds_to_the_overheads_it_adds_to_the_error() {
    let ahead =
        clock::round_trip(&Stamps { r3: QUIET.r3 + 1_000, ..QUIET }, false).expect("it runs forwards");
    assert_eq!(ahead.ahead_ns, 920);
    let even = clock::round_trip(&QUIET, false).expect("it runs forwards");
    let eps = |time: RoundTrip| time.eps_ns(ClockSource::Raw, StampKind::Kernel);
    assert_eq!(eps(ahead) - eps(even), 920 + 1, "and 500 ppm of 1 us more overhead");
    // Together they are never less than what the kernel's own clock saw.
    assert!(ahead.rtt_ns + ahead.ahead_ns >= QUIET.t4 - QUIET.t1);
}

#[test]
fn any_stamps_are_borne() {
    let edges = [i64::MIN, i64::MIN + 1, -1, 0, 1, 5_000_001, i64::MAX - 1, i64::MAX];
    let mut dice = Dice(7);
    let mut draw = || edges[(dice.next() % edges.len() as u64) as usize];
    for _ in 0..20_000 {
        let stamps = Stamps { t0: draw(), r0: draw(), t1: draw(), t4: draw(), r3: draw(), t3: draw() };
        if let Ok(time) = clock::round_trip(&stamps, false) {
            assert!(time.rtt_ns >= 0 && time.rtt_ns <= time.span_ns);
            assert!(time.bound_ns(ClockSource::Steered, StampKind::Interface { frame_ns: u32::MAX }) >= 0);
        } else {
            assert!(stamps.t3.checked_sub(stamps.t0).is_none_or(|span| span < 0));
        }
    }
}
