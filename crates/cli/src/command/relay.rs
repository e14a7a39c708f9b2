//! `lightcone relay`: datagrams between a hall and landmarks, so that these see the relay's address and no other.

use std::net::SocketAddr;
use std::time::Duration;

use lightcone_core::Point;
use lightcone_wan::{Host, HostId, Path, Paths, SeenAs, Settings, Source, Wan, WanError};

use super::Notes;
use crate::args::RelayArgs;
use crate::exit::{Exit, Failure, Outcome};
use crate::stop;

/// How often ctrl-c is looked for while a relay runs.
const LOOK: Duration = Duration::from_millis(100);
/// The landmarks behind a relay are one host of its network.
pub(super) const LANDMARKS: HostId = HostId::nth(0);

/// Where agents send to, and the landmark that it leads to.
pub(super) type Pair = (SocketAddr, SocketAddr);

/// Relays until ctrl-c.
pub(crate) fn run(args: &RelayArgs, notes: Notes) -> Outcome<Exit> {
    #[cfg(target_os = "linux")]
    crate::harden::leave_no_core()?;
    let (fronts, landmarks) = (args.listen.len(), args.landmark.len());
    if fronts != landmarks {
        let told = format!("{fronts} of --listen and {landmarks} of --landmark: give them in pairs");
        return Err(Failure::usage(told));
    }
    let pairs: Vec<Pair> = args.listen.iter().copied().zip(args.landmark.iter().copied()).collect();
    stop::listen()?;
    keep(open(&pairs, SeenAs::Relay)?, &pairs, notes)
}

/// A relay that adds no delay of its own, and carries already.
pub(super) fn open(pairs: &[Pair], seen_as: SeenAs) -> Outcome<Wan> {
    for (_, landmark) in pairs {
        if landmark.ip().is_unspecified() || landmark.port() == 0 {
            return Err(Failure::usage(format!(
                "`{landmark}` is no landmark's address: give address and port of one host"
            )));
        }
    }
    let here = Point::from_degrees(0.0, 0.0).map_err(|error| Failure::machine(error.to_string()))?;
    let landmarks = Host::new("landmarks", here);
    let landmarks =
        pairs.iter().fold(landmarks, |landmarks, &(front, landmark)| landmarks.serves(front, landmark));
    let hosts = [landmarks, Host::new("agents", here).sends_from(Source::Anyone)];
    let settings = Settings { seen_as, ..Settings::default() };
    let wan = Wan::start_with(&hosts, Paths::fixed(&hosts, Path::default()), settings);
    wan.map_err(|error| match error {
        WanError::Front { .. } | WanError::Start(_) => Failure::machine(error.to_string()),
        _ => Failure::usage(error.to_string()),
    })
}

/// Stands there until ctrl-c, then says what it carried.
pub(super) fn keep(wan: Wan, pairs: &[Pair], notes: Notes) -> Outcome<Exit> {
    for (front, (_, landmark)) in wan.fronts(LANDMARKS).iter().zip(pairs) {
        notes.say(&format!("relaying {front} to {landmark}; ctrl-c ends it"));
    }
    while !stop::pressed() && wan.is_running() {
        std::thread::sleep(LOOK);
    }
    let late = wan.lateness();
    let totals = wan.stop().map_err(|error| Failure::machine(error.to_string()))?;
    let all = totals.paths;
    let dropped = all.lost + all.attacked + all.overflowed + all.too_long + all.undeliverable;
    notes.say(&format!(
        "{} datagrams carried, {dropped} dropped, {} refused a place; half handed on within {:?} of when they were \
         due, 99 in 100 within {:?}",
        all.delivered, totals.flows_refused, late.p50, late.p99
    ));
    Ok(Exit::Answered)
}
