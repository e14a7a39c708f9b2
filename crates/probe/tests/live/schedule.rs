//! When challenges go out.

use lightcone_probe::chance::Seeded;
use lightcone_probe::schedule::Schedule;

use crate::world::{MS, SECOND};

fn seeded(seed: u8) -> Seeded {
    Seeded::new(&[seed; 32])
}

#[test]
fn all_go_out_within_five_seconds_however_many() {
    for seed in 0..=255 {
        for probes in [1, 15, 16, 17, 64, 255, 256] {
            let times = Schedule::default().draw(probes, 100 * SECOND, &mut seeded(seed));
            assert_eq!(times.len(), usize::from(probes));
            assert!(times.is_sorted(), "{times:?}");
            assert!(times[0] >= 100 * SECOND && times[times.len() - 1] <= 105 * SECOND, "{times:?}");
        }
    }
}

#[test]
fn gaps_are_as_long_as_they_should_be_on_average() {
    let schedule = Schedule { within_ns: 3_600 * SECOND, ..Schedule::default() };
    let gaps: Vec<i64> = (0..=255)
        .flat_map(|seed| {
            let times = schedule.draw(16, 0, &mut seeded(seed));
            times.windows(2).map(|pair| pair[1] - pair[0]).collect::<Vec<_>>()
        })
        .collect();
    let mean = gaps.iter().sum::<i64>() / gaps.len() as i64;
    assert!((45 * MS..55 * MS).contains(&mean), "{mean}");
    // Poisson: a share of e^-1 is longer than the mean.
    let longer = gaps.iter().filter(|gap| **gap > 50 * MS).count() as f64 / gaps.len() as f64;
    assert!((0.33..0.41).contains(&longer), "{longer}");
}

#[test]
fn bursts_stand_apart_and_nobody_can_prepare_for_them() {
    let first = |seed| Schedule::default().draw(16, 0, &mut seeded(seed))[0];
    let starts: std::collections::BTreeSet<i64> = (0..100).map(|seed| first(seed) / (100 * MS)).collect();
    assert!(starts.len() > 20, "beginnings in {} tenths of a second only", starts.len());
    let times = Schedule::default().draw(64, 0, &mut seeded(1));
    let between = times.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap();
    assert!(between > 300 * MS, "longest gap {between}");
}

#[test]
fn a_short_window_has_all_challenges_and_time_for_their_answers() {
    for seed in 0..=255 {
        let over = (200 + 37 * i64::from(seed)) * MS;
        let times = Schedule::default().before(over).draw(16, SECOND, &mut seeded(seed));
        let last = times[times.len() - 1] - SECOND;
        assert!(last <= over - (over / 4).min(500 * MS) && last <= 5 * SECOND, "{over}: {times:?}");
    }
}
