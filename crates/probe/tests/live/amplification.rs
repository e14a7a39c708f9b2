//! No datagram is answered with more bytes than it has: neither end is a weapon.

use std::sync::LazyLock;

use lightcone_probe::agent;
use lightcone_probe::control::{HELLO_BYTES, RETRY_BYTES};
use lightcone_probe::limits::Limits;
use proptest::prelude::*;

use crate::world::{Flying, SECOND, World, at, unhurried};

/// Nothing is refused for its rate, so that every answer there is comes out.
fn generous() -> World {
    let most = 1_000_000;
    let limits = Limits {
        hellos_per_source: most,
        hellos: most,
        answers_per_landmark: most,
        answers: most,
        bad_tags: most,
        ..Limits::default()
    };
    let mut settings = unhurried();
    settings.limits = limits;
    let mut world = World::empty(settings, agent::Settings { limits, ..agent::Settings::default() });
    world.begin();
    world
}

/// What can be made of the datagrams of an honest session: each, with some bytes changed, cut or grown.
#[derive(Clone, Debug)]
struct Forgery {
    which: prop::sample::Index,
    changes: Vec<(prop::sample::Index, u8)>,
    length: Option<usize>,
    is_elsewhere: bool,
    keeps_cookie: bool,
}

fn forgery() -> impl Strategy<Value = Forgery> {
    let changes = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3);
    let length = prop::option::weighted(0.1, 0..260_usize);
    (any::<prop::sample::Index>(), changes, length, any::<bool>(), any::<bool>()).prop_map(
        |(which, changes, length, is_elsewhere, keeps_cookie)| Forgery {
            which,
            changes,
            length,
            is_elsewhere,
            keeps_cookie,
        },
    )
}

impl Forgery {
    fn make(&self, log: &[(i64, Flying)], cookie: &[u8]) -> Flying {
        let mut flying = self.which.get(log).1.clone();
        if flying.bytes.len() == HELLO_BYTES && !self.keeps_cookie {
            flying.bytes[16..32].copy_from_slice(cookie);
        }
        for (index, value) in &self.changes {
            let at = index.index(flying.bytes.len());
            flying.bytes[at] = *value;
        }
        if let Some(length) = self.length {
            flying.bytes.resize(length, 0);
        }
        if self.is_elsewhere {
            flying.from = at("203.0.113.66:6666");
        }
        flying
    }
}

/// Every datagram of an honest session.
static HONEST: LazyLock<Vec<(i64, Flying)>> = LazyLock::new(|| {
    let mut world = generous();
    world.run_for(20 * SECOND);
    world.log
});

fn cases() -> ProptestConfig {
    let cases = if std::env::var_os("LIGHTCONE_LONG").is_some() { 5_000 } else { 64 };
    ProptestConfig { cases, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_landmark_answers_with_no_more_than_it_got(
        seconds in 0..40_i64,
        forgeries in prop::collection::vec(forgery(), 1..60),
    ) {
        let mut world = generous();
        world.run_for(seconds * SECOND / 10);
        let mut cookie = vec![0; 16];
        for forgery in forgeries {
            let mut flying = forgery.make(&HONEST, &cookie);
            flying.to = world.landmark_at[0];
            let before = world.log.len();
            world.arrive(&flying);
            let sent: Vec<Flying> = world.log[before..].iter().map(|(_, it)| it.clone()).collect();
            let bytes: usize = sent.iter().map(|it| it.bytes.len()).sum();
            prop_assert!(bytes <= flying.bytes.len(), "{bytes} for {}", flying.bytes.len());
            prop_assert!(sent.iter().all(|it| it.to == flying.from), "an answer to somebody else");
            if let Some(retry) = sent.iter().find(|it| it.bytes.len() == RETRY_BYTES) {
                cookie = retry.bytes[16..32].to_vec();
            }
        }
    }

    #[test]
    fn an_agent_answers_with_no_more_than_it_got_and_what_it_began_itself(
        seconds in 0..40_i64,
        forgeries in prop::collection::vec(forgery(), 1..60),
    ) {
        let mut world = generous();
        world.run_for(seconds * SECOND / 10);
        let began = world.logged(HELLO_BYTES, true).len() + world.logged(64, true).len();
        let (mut retried, mut spoke) = (world.logged(48, false).len(), 0);
        for forgery in forgeries {
            let mut flying = forgery.make(&HONEST, &[0x77; 16]);
            flying.to = world.agent_at[0];
            if !forgery.is_elsewhere {
                flying.from = world.landmark_at[0];
            }
            let before = world.log.len();
            world.arrive(&flying);
            let sent: Vec<Flying> = world.log[before..].iter().map(|(_, it)| it.clone()).collect();
            prop_assert!(sent.iter().all(|it| it.to == flying.from && world.landmark_at.contains(&it.to)));
            if flying.bytes.len() == RETRY_BYTES && !sent.is_empty() {
                // One HELLO for each time that the agent itself spoke: however many RETRYs are forged.
                retried += 1;
                spoke += sent.len();
                prop_assert!(sent.len() == 1 && spoke <= began, "{spoke} for {began}, {retried} RETRYs");
                continue;
            }
            let bytes: usize = sent.iter().map(|it| it.bytes.len()).sum();
            prop_assert!(bytes <= flying.bytes.len(), "{bytes} for {}", flying.bytes.len());
        }
    }
}
