//! Devices under their names: where each was attested last, and what gives a copy away.

use lightcone::v1::alert::Kind;
use lightcone_attest::tpm2::counters_follow;
use lightcone_attest::{Appraisal, Attestation, Counters, Rejection};
use lightcone_store::{DeviceSighting, Session};

use super::clock::now_ns;
use super::{Measuring, Trouble};

/// A device that gives itself away as a copy.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Clone {
    /// What counts up went back: the evidence is refused.
    WentBack(Rejection),
    /// It was attested for another agent whose session is still open.
    Elsewhere {
        /// The other agent's id.
        agent: String,
    },
}

impl Measuring {
    /// What of an attestation gives a copy away, device by device.
    pub(super) async fn clones(
        &self,
        agent: &str,
        attestation: &Attestation,
    ) -> Result<Vec<(String, Clone)>, Trouble> {
        let names: Vec<String> = named(attestation).map(|device| device.instance.clone()).collect();
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let (seen, now) = (self.store.device_sightings(&names).await?, now_ns());
        let found = named(attestation).filter_map(|device| {
            let before = seen.iter().find(|before| before.instance == device.instance)?;
            Some((device.instance.clone(), clone(device, before, agent, now)?))
        });
        Ok(found.collect())
    }

    /// Keeps where the devices of a session are, until its keys stop answering.
    pub(super) async fn sighted(&self, session: &Session, attestation: &Attestation) -> Result<(), Trouble> {
        let sighting = |device: &Appraisal| DeviceSighting {
            instance: device.instance.clone(),
            agent: session.subject.clone(),
            session: session.id.clone(),
            seen_time: now_ns(),
            valid_until: session.not_after,
            counters: device.counters.map(written).unwrap_or_default(),
        };
        self.store.sight_devices(named(attestation).map(sighting).collect()).await?;
        Ok(())
    }

    /// Raises what gives a copy away.
    pub(super) async fn tell_clones(&self, agent: &str, clones: &[(String, Clone)]) {
        for (instance, clone) in clones {
            let detail = match clone {
                Clone::WentBack(rejection) => format!("{instance}: {}", rejection.why),
                Clone::Elsewhere { agent } => {
                    format!(
                        "{instance} attested for agents/{agent} too, whose session is open: one of them has a copy"
                    )
                }
            };
            self.raise(Kind::Cloned, format!("agents/{agent}"), detail).await;
        }
    }
}

/// Devices that have a name of their own. A software key is whatever file it is in.
fn named(attestation: &Attestation) -> impl Iterator<Item = &Appraisal> {
    attestation.devices.iter().filter(|device| device.kind != lightcone_attest::Kind::Software)
}

fn clone(device: &Appraisal, before: &DeviceSighting, agent: &str, now: i64) -> Option<Clone> {
    if let Some((was, is)) = read(&before.counters).zip(device.counters)
        && let Err(rejection) = counters_follow(&was, &is)
    {
        return Some(Clone::WentBack(rejection));
    }
    let is_elsewhere = before.agent != agent && before.valid_until > now;
    is_elsewhere.then(|| Clone::Elsewhere { agent: before.agent.clone() })
}

/// Counters as they are kept: resets, restarts, clock, whether it is safe.
fn written(counters: Counters) -> String {
    let Counters { resets, restarts, clock_ms, safe } = counters;
    format!("{resets} {restarts} {clock_ms} {}", u8::from(safe))
}

fn read(text: &str) -> Option<Counters> {
    let mut words = text.split(' ');
    let counters = Counters {
        resets: words.next()?.parse().ok()?,
        restarts: words.next()?.parse().ok()?,
        clock_ms: words.next()?.parse().ok()?,
        safe: words.next()? == "1",
    };
    words.next().is_none().then_some(counters)
}

#[cfg(test)]
mod tests {
    use lightcone_attest::Kind;

    use super::*;

    const NOW: i64 = 1_000;

    fn device(resets: u32) -> Appraisal {
        let mut device = Appraisal::of(Kind::Tpm2Quote, "tpm:1");
        device.counters = Some(Counters { resets, restarts: 0, clock_ms: 5, safe: true });
        device
    }

    fn before(agent: &str, resets: u32, valid_until: i64) -> DeviceSighting {
        DeviceSighting {
            instance: "tpm:1".to_owned(),
            agent: agent.to_owned(),
            session: "s-1".to_owned(),
            seen_time: 1,
            valid_until,
            counters: written(Counters { resets, restarts: 0, clock_ms: 5, safe: true }),
        }
    }

    #[test]
    fn one_device_for_two_agents_at_once_is_a_copy() {
        let of = |agent, until| clone(&device(1), &before(agent, 1, until), "a1", NOW);
        assert_eq!(of("a1", NOW + 1), None);
        assert_eq!(of("a2", NOW), None, "its session is over: the device moved");
        assert_eq!(of("a2", NOW + 1), Some(Clone::Elsewhere { agent: "a2".to_owned() }));
    }

    #[test]
    fn counters_that_go_back_are_a_copy() {
        let of = |resets| clone(&device(resets), &before("a1", 2, 0), "a1", NOW);
        assert_eq!((of(2), of(3)), (None, None));
        assert!(matches!(of(1), Some(Clone::WentBack(_))));
        assert_eq!(read("1 2 3"), None);
        assert_eq!(read("1 2 3 1 1"), None);
    }
}
