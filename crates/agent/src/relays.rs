//! Relays of the hall: each stands in front of a landmark, which then sees the relay's address and not the agent's.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use lightcone_probe::plan::{Plan, PlannedLandmark};

use crate::config::{Config, InvalidSetting};
use crate::error::Refused;

/// The most relays that may be set: a hall meets more landmarks over the years than one plan can name.
const RELAYS_MAX: usize = 1_024;
/// How a pair is written.
const FORM: &str = "write landmark=relay, each as address:port, for example 203.0.113.5:7444=10.0.0.9:7001";

/// Which relay stands in front of which landmark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Relays {
    by_landmark: BTreeMap<SocketAddr, SocketAddr>,
    /// Whether a landmark without one is left out.
    only: bool,
}

impl Relays {
    /// The relays that the settings name.
    pub(crate) fn of(config: &Config) -> Result<Self, InvalidSetting> {
        let (texts, only) = (&config.site_relay, config.site_relay_only);
        if texts.len() > RELAYS_MAX {
            let remedy = format!("name at most {RELAYS_MAX} relays");
            return Err(InvalidSetting::new("site_relay", format_args!("{} pairs", texts.len()), remedy));
        }
        if !texts.is_empty() && config.carrier != "udp" {
            let remedy = "a relay carries datagrams: set `carrier` to udp, or leave this empty and let the proxy \
                          on the way hide this host";
            return Err(InvalidSetting::new("site_relay", texts.join(", "), remedy));
        }
        let (mut by_landmark, mut relays) = (BTreeMap::new(), BTreeSet::new());
        for text in texts {
            let refused = |remedy: &str| InvalidSetting::new("site_relay", text, remedy);
            let (landmark, relay) = pair(text).ok_or_else(|| refused(FORM))?;
            if !is_answered(relay, config) {
                return Err(refused("set `bind_v4` or `bind_v6` too, whichever is of the relay's family"));
            }
            if by_landmark.insert(landmark, relay).is_some() {
                return Err(refused("name each landmark once; it has a relay already"));
            }
            if !relays.insert(relay) {
                return Err(refused("give each landmark a relay address of its own: one port leads to one"));
            }
        }
        Ok(Self { by_landmark, only })
    }

    /// A plan with relays in the place of landmarks. Its signature must have been checked before: it covers the
    /// landmarks' own addresses.
    ///
    /// # Errors
    /// [`Refused::NoRelay`] when nobody is left whom the hall may show itself to.
    pub(crate) fn stand_in(&self, mut plan: Plan) -> Result<Plan, Refused> {
        if self.by_landmark.is_empty() {
            return Ok(plan);
        }
        let count = plan.landmarks.len();
        plan.landmarks.retain_mut(|landmark| self.hide_from(landmark));
        if plan.landmarks.is_empty() && count > 0 {
            return Err(Refused::NoRelay { count });
        }
        Ok(plan)
    }

    /// Whether the landmark may be greeted, at what is now its address. With a relay in front of one of its
    /// addresses, the others are not used: each would show this host.
    fn hide_from(&self, landmark: &mut PlannedLandmark) -> bool {
        let addresses = [landmark.v4.map(SocketAddr::V4), landmark.v6.map(SocketAddr::V6)];
        let (mut v4, mut v6) = (None, None);
        for relay in addresses.iter().flatten().filter_map(|address| self.by_landmark.get(address)) {
            match *relay {
                SocketAddr::V4(relay) => v4 = v4.or(Some(relay)),
                SocketAddr::V6(relay) => v6 = v6.or(Some(relay)),
            }
        }
        if v4.is_none() && v6.is_none() {
            if self.only {
                let addresses: Vec<SocketAddr> = addresses.into_iter().flatten().collect();
                tracing::warn!(landmark = %landmark.id, ?addresses, "left out: `site_relay` has no relay for it");
            }
            return !self.only;
        }
        (landmark.v4, landmark.v6) = (v4, v6);
        true
    }
}

/// A landmark's address and its relay's, two different ones of one host each.
fn pair(text: &str) -> Option<(SocketAddr, SocketAddr)> {
    let (landmark, relay) = text.split_once('=')?;
    let pair: (SocketAddr, SocketAddr) = (landmark.trim().parse().ok()?, relay.trim().parse().ok()?);
    (pair.0 != pair.1 && is_one_host(pair.0) && is_one_host(pair.1)).then_some(pair)
}

fn is_one_host(address: SocketAddr) -> bool {
    let ip = address.ip();
    !ip.is_unspecified() && !ip.is_multicast() && address.port() != 0
}

/// Whether this agent has a socket for the relay's family.
fn is_answered(relay: SocketAddr, config: &Config) -> bool {
    let bind = if relay.is_ipv4() { &config.bind_v4 } else { &config.bind_v6 };
    !bind.is_empty()
}

#[cfg(test)]
mod tests {
    use lightcone_probe::plan::Window;
    use lightcone_probe::{Binding, LandmarkId, SessionId};

    use super::*;
    use crate::config::tests::valid;

    fn config(pairs: &[&str], only: bool) -> Config {
        let site_relay = pairs.iter().map(|&pair| pair.to_owned()).collect();
        Config { site_relay, site_relay_only: only, ..valid() }
    }

    /// A plan of one landmark for each list of addresses.
    fn plan(landmarks: &[&[&str]]) -> Plan {
        let landmark = |(index, addresses): (usize, &&[&str])| {
            let x25519 = [index as u8; 32];
            let mut landmark = PlannedLandmark { id: LandmarkId::of(&x25519), x25519, v4: None, v6: None };
            for address in *addresses {
                match address.parse().unwrap() {
                    SocketAddr::V4(v4) => landmark.v4 = Some(v4),
                    SocketAddr::V6(v6) => landmark.v6 = Some(v6),
                }
            }
            landmark
        };
        Plan {
            session: SessionId([3; 8]),
            binding: Binding([7; 32]),
            window: Window { probes: 64, not_before_ns: 0, not_after_ns: 1 },
            landmarks: landmarks.iter().enumerate().map(landmark).collect(),
        }
    }

    fn stood_in(pairs: &[&str], only: bool, landmarks: &[&[&str]]) -> Result<Plan, Refused> {
        Relays::of(&config(pairs, only)).unwrap().stand_in(plan(landmarks))
    }

    const BOTH: &[&str] = &["203.0.113.5:7444", "[2001:db8::5]:7444"];
    const OTHER: &[&str] = &["203.0.113.6:7444"];

    #[test]
    fn a_relay_is_greeted_in_the_place_of_its_landmark_and_no_other_address_of_it() {
        let found = stood_in(&["203.0.113.5:7444=10.0.0.9:7001"], true, &[BOTH]).unwrap();
        assert_eq!(found, plan(&[&["10.0.0.9:7001"]]));
        let across = stood_in(&["[2001:db8::5]:7444 = 10.0.0.9:7001"], false, &[BOTH]).unwrap();
        assert_eq!(across, plan(&[&["10.0.0.9:7001"]]));
        let pairs = ["203.0.113.5:7444=10.0.0.9:7001", "[2001:db8::5]:7444=[fd00::9]:7001"];
        assert_eq!(stood_in(&pairs, true, &[BOTH]).unwrap(), plan(&[&["10.0.0.9:7001", "[fd00::9]:7001"]]));
        // Another port of the same host is another landmark.
        assert!(stood_in(&["203.0.113.5:7445=10.0.0.9:7001"], true, &[BOTH]).is_err());
    }

    #[test]
    fn a_landmark_without_a_relay_is_left_out_or_seen_by_setting() {
        let pairs = ["203.0.113.5:7444=10.0.0.9:7001"];
        assert_eq!(stood_in(&pairs, true, &[BOTH, OTHER]).unwrap(), plan(&[&["10.0.0.9:7001"]]));
        assert_eq!(stood_in(&pairs, false, &[BOTH, OTHER]).unwrap(), plan(&[&["10.0.0.9:7001"], OTHER]));
        assert_eq!(stood_in(&[], true, &[BOTH, OTHER]).unwrap(), plan(&[BOTH, OTHER]), "no relay, no change");
        let refused = stood_in(&pairs, true, &[OTHER]).unwrap_err().to_string();
        assert!(refused.contains("site_relay") && refused.contains("site_relay_only"), "{refused}");
    }

    #[test]
    fn relays_that_cannot_be_are_told_with_their_pair() {
        for bad in [
            "203.0.113.5:7444",
            "203.0.113.5:7444=10.0.0.9",
            "landmark:7444=10.0.0.9:7001",
            "203.0.113.5:0=10.0.0.9:7001",
            "203.0.113.5:7444=0.0.0.0:7001",
            "203.0.113.5:7444=203.0.113.5:7444",
        ] {
            let refused = config(&[bad], true).check().unwrap_err();
            assert_eq!((refused.key, refused.value.as_str()), ("site_relay", bad));
        }
        let twice = ["203.0.113.5:7444=10.0.0.9:7001", "203.0.113.5:7444=10.0.0.9:7002"];
        let shared = ["203.0.113.5:7444=10.0.0.9:7001", "203.0.113.6:7444=10.0.0.9:7001"];
        for pairs in [twice, shared] {
            assert_eq!(config(&pairs, true).check().unwrap_err().value, pairs[1]);
        }
        let unbound = Config { bind_v6: String::new(), ..config(&["203.0.113.5:7444=[fd00::9]:7001"], true) };
        assert!(unbound.check().unwrap_err().remedy.contains("bind_v6"));
        let carried = Config { carrier: "tls".to_owned(), ..config(&twice[..1], true) };
        assert_eq!(Relays::of(&carried).unwrap_err().key, "site_relay");
        let many = Config { site_relay: vec![twice[0].to_owned(); RELAYS_MAX + 1], ..valid() };
        assert_eq!(many.check().unwrap_err().value, format!("{} pairs", RELAYS_MAX + 1));
    }
}
