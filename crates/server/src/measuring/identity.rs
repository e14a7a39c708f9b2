//! Devices under their names: where each was attested last, and what gives a copy away.

use lightcone::v1::alert::Kind;
use lightcone_attest::tpm2::counters_follow;
use lightcone_attest::{Appraisal, Attestation, Check, Counters, Kind as Device, Rejection};
use lightcone_store::{DeviceSighting, Session};

use super::clock::now_ns;
use super::{Measuring, Trouble};

impl Measuring {
    /// The first device of an attestation whose counters went back: its state was copied or restored.
    pub(super) async fn gone_back(
        &self,
        agent: &str,
        attestation: &Attestation,
    ) -> Result<Option<Rejection>, Trouble> {
        let names: Vec<String> = named(attestation).map(|device| device.instance.clone()).collect();
        if names.is_empty() {
            return Ok(None);
        }
        let seen = self.store.device_sightings(&names).await?;
        let found = named(attestation).find_map(|device| {
            let before = seen.iter().find(|before| before.instance == device.instance)?;
            Some((&device.instance, went_back(device, before)?))
        });
        let Some((instance, rejection)) = found else { return Ok(None) };
        self.raise(Kind::Cloned, format!("agents/{agent}"), format!("{instance}: {}", rejection.why)).await;
        Ok(Some(rejection))
    }

    /// Keeps where the devices of a session are until its keys stop answering, and tells of those that another agent's
    /// open session has too.
    pub(super) async fn sighted(&self, session: &Session, attestation: &Attestation) -> Result<(), Trouble> {
        let now = now_ns();
        let sighting = |device: &Appraisal| DeviceSighting {
            instance: device.instance.clone(),
            agent: session.subject.clone(),
            session: session.id.clone(),
            seen_time: now,
            valid_until: session.not_after,
            counters: device.counters.map(written).unwrap_or_default(),
        };
        let before = self.store.sight_devices(named(attestation).map(sighting).collect()).await?;
        for other in before.iter().filter(|before| is_elsewhere(before, &session.subject, now)) {
            let DeviceSighting { instance, agent, .. } = other;
            let detail = format!(
                "{instance} attested for agents/{agent} too, whose session is open: one of them has a copy"
            );
            self.raise(Kind::Cloned, format!("agents/{}", session.subject), detail).await;
        }
        Ok(())
    }
}

/// Devices that showed a name of their own. A software key is whatever file it is in, and a key that was not activated
/// may name anybody's TPM.
fn named(attestation: &Attestation) -> impl Iterator<Item = &Appraisal> {
    attestation.devices.iter().filter(|device| match device.kind {
        Device::Software => false,
        Device::Tpm2Quote => device.done.contains(&Check::Activation),
        _ => true,
    })
}

fn went_back(device: &Appraisal, before: &DeviceSighting) -> Option<Rejection> {
    let (was, is) = read(&before.counters).zip(device.counters)?;
    counters_follow(&was, &is).err()
}

/// Whether a device was last seen with another agent whose session is still open. One processor has many confidential
/// machines, each with an agent of its own: for those it is no sign.
fn is_elsewhere(before: &DeviceSighting, agent: &str, now: i64) -> bool {
    let is_shared = ["snp:", "tdx:"].iter().any(|prefix| before.instance.starts_with(prefix));
    !is_shared && before.agent != agent && before.valid_until > now
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
    use super::*;

    const NOW: i64 = 1_000;

    fn device(resets: u32) -> Appraisal {
        let mut device = Appraisal::of(Device::Tpm2Quote, "tpm:1");
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
        let of = |agent, until| is_elsewhere(&before(agent, 1, until), "a1", NOW);
        assert!(!of("a1", NOW + 1));
        assert!(!of("a2", NOW), "its session is over: the device moved");
        assert!(of("a2", NOW + 1));
        let shared = DeviceSighting { instance: "snp:1".to_owned(), ..before("a2", 1, NOW + 1) };
        assert!(!is_elsewhere(&shared, "a1", NOW));
    }

    #[test]
    fn counters_that_go_back_are_a_copy() {
        let of = |resets| went_back(&device(resets), &before("a1", 2, 0));
        assert_eq!((of(2), of(3)), (None, None));
        assert!(of(1).is_some());
        assert_eq!(read("1 2 3"), None);
        assert_eq!(read("1 2 3 1 1"), None);
    }
}
