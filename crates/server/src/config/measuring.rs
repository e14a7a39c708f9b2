//! Settings of measuring: sessions, verdicts, the mesh, simulated time, and how long things are kept.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Config;
use super::check::InvalidSetting;
use crate::measuring::{Draw, Rules};

/// The most sessions a day: one every five seconds.
const PER_DAY_MAX: u32 = 17_280;
/// The longest that a session is announced before it, in milliseconds: long enough for a slow host, too short to
/// carry a chip.
const LEAD_MS_MAX: u64 = 60_000;
/// The shortest and longest window of a session, in milliseconds; the protocol's limit is the longest.
const WINDOW_MS: [u64; 2] = [200, 600_000];
/// The longest grace, in milliseconds.
const GRACE_MS_MAX: u64 = 600_000;
/// The most landmarks of a session.
const LANDMARKS_MAX: u32 = lightcone_probe::transcript::LANDMARKS_MAX as u32;
/// The most challenges of one landmark.
const PROBES_MAX: u32 = lightcone_probe::report::CHALLENGES_MAX as u32;
/// The most that verdict time may outrun clocks.
const FACTOR_MAX: u32 = 1_000_000;
/// The shortest time between two rounds of the mesh, in milliseconds.
const MESH_MS_MIN: u64 = 500;
/// A hundred years, in seconds.
const YEARS_MAX_S: u64 = 100 * 366 * 86_400;

const NS_PER_MS: i64 = 1_000_000;
const NS_PER_S: i64 = 1_000_000_000;

/// Sessions: when they come and how they are measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SessionSettings {
    /// Sessions a day of each agent, at times that nobody can foresee; 0: only those that are asked for.
    pub per_day: u32,
    /// How long before it an agent is told of a session, in milliseconds; at most 60,000.
    pub lead_ms: u64,
    /// The most landmarks that measure in one session, 1 to 64.
    pub landmarks: u32,
    /// How long after an agent attested measuring begins, in milliseconds; at most 60,000. Long enough for the
    /// farthest landmark to hear of it: until then it is silent to the agent.
    pub notice_ms: u64,
    /// How long the landmarks of one session may challenge, in milliseconds.
    pub window_ms: u64,
    /// How long after that transcript and reports may come, in milliseconds.
    pub grace_ms: u64,
    /// Challenges of one landmark, 1 to 256.
    pub probes: u32,
}

/// Verdicts: what they assume.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct VerdictSettings {
    /// How many trust groups may lie, 0 to 16; with 0 every verdict says that it assumes each landmark honest.
    pub liars: u32,
}

/// The mesh of landmarks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MeshSettings {
    /// Time between two rounds in which landmarks probe one another, in milliseconds; 0: they do not.
    pub interval_ms: u64,
    /// Whether a new landmark counts only once it agrees with others; without, each counts at once.
    pub probation: bool,
}

/// Simulated time, for demonstrations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SimulationSettings {
    /// How many times as fast as clocks verdict time runs between sessions; 1: it is the time of clocks.
    pub time_factor: u32,
}

/// How long things are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RetentionSettings {
    /// Full samples after they were checked, in seconds; 0: they are dropped then and there.
    pub samples_s: u64,
    /// Verdicts and what they rest on, in seconds.
    pub verdicts_s: u64,
}

impl Default for SessionSettings {
    fn default() -> Self {
        Self {
            per_day: 12,
            lead_ms: 5_000,
            landmarks: 16,
            notice_ms: 500,
            window_ms: 5_000,
            grace_ms: 15_000,
            probes: 64,
        }
    }
}

impl Default for VerdictSettings {
    fn default() -> Self {
        Self { liars: 1 }
    }
}

impl Default for MeshSettings {
    fn default() -> Self {
        Self { interval_ms: 300_000, probation: true }
    }
}

impl Default for SimulationSettings {
    fn default() -> Self {
        Self { time_factor: 1 }
    }
}

impl Default for RetentionSettings {
    fn default() -> Self {
        Self { samples_s: 86_400, verdicts_s: 5 * 366 * 86_400 }
    }
}

impl Config {
    /// What measuring goes by.
    pub(crate) fn measuring(&self) -> Rules {
        let sessions = &self.sessions;
        let ns = |ms: u64| (ms as i64).saturating_mul(NS_PER_MS);
        // A session has to be over before the next one of the same agent.
        let whole = Duration::from_millis(
            sessions.lead_ms + sessions.notice_ms + sessions.window_ms + sessions.grace_ms,
        );
        Rules {
            draw: Draw::new(sessions.per_day, whole),
            lead_ns: ns(sessions.lead_ms),
            landmarks: sessions.landmarks as usize,
            notice_ns: ns(sessions.notice_ms),
            window_ns: ns(sessions.window_ms),
            grace_ns: ns(sessions.grace_ms),
            probes: sessions.probes as u16,
            liars: self.verdicts.liars,
            mesh_interval: (self.mesh.interval_ms > 0).then(|| Duration::from_millis(self.mesh.interval_ms)),
            time_factor: self.simulation.time_factor,
            samples_ns: (self.retention.samples_s as i64).saturating_mul(NS_PER_S),
            verdicts_ns: (self.retention.verdicts_s as i64).saturating_mul(NS_PER_S),
        }
    }
}

pub(super) fn check(config: &Config) -> Result<(), InvalidSetting> {
    let sessions = &config.sessions;
    within("sessions.per_day", sessions.per_day.into(), [0, PER_DAY_MAX.into()], "sessions a day")?;
    within("sessions.lead_ms", sessions.lead_ms, [1, LEAD_MS_MAX], "milliseconds")?;
    within("sessions.landmarks", sessions.landmarks.into(), [1, LANDMARKS_MAX.into()], "landmarks")?;
    within("sessions.notice_ms", sessions.notice_ms, [0, LEAD_MS_MAX], "milliseconds")?;
    within("sessions.window_ms", sessions.window_ms, WINDOW_MS, "milliseconds")?;
    within("sessions.grace_ms", sessions.grace_ms, [1, GRACE_MS_MAX], "milliseconds")?;
    within("sessions.probes", sessions.probes.into(), [1, PROBES_MAX.into()], "challenges")?;
    within("verdicts.liars", config.verdicts.liars.into(), [0, crate::limits::LIARS_MAX.into()], "groups")?;
    if config.mesh.interval_ms != 0 {
        within("mesh.interval_ms", config.mesh.interval_ms, [MESH_MS_MIN, 86_400_000], "milliseconds, or 0")?;
    }
    within("simulation.time_factor", config.simulation.time_factor.into(), [1, FACTOR_MAX.into()], "times")?;
    within("retention.samples_s", config.retention.samples_s, [0, YEARS_MAX_S], "seconds")?;
    within("retention.verdicts_s", config.retention.verdicts_s, [1, YEARS_MAX_S], "seconds")
}

fn within(key: &str, value: u64, [least, most]: [u64; 2], unit: &str) -> Result<(), InvalidSetting> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(InvalidSetting::new(key, value, format!("choose {least} to {most} {unit}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_hold_and_the_limits_are_told() {
        assert_eq!(check(&Config::default()), Ok(()));
        let mut config = Config::default();
        config.sessions.lead_ms = 60_001;
        let refused = check(&config).unwrap_err();
        assert_eq!((refused.key.as_str(), refused.value.as_str()), ("sessions.lead_ms", "60001"));
        config = Config::default();
        config.mesh.interval_ms = 10;
        assert!(check(&config).is_err());
        config.mesh.interval_ms = 0;
        assert!(config.measuring().mesh_interval.is_none());
    }
}
