//! Flags by what was found out about each party.

use super::{Find, Looker};
use crate::date::Date;
use crate::flag::Sign;
use crate::party::{Party, Trade};
use crate::transfer::Transfer;

/// The last day of the month in which advanced chips were first controlled: first orders of later days are a flag.
pub(super) const CONTROLLED: Option<Date> = Date::new(2022, 10, 31);

/// What is asked of a party: the fact, whether the answer is a flag, and words.
struct Asked {
    fact: &'static str,
    remedy: &'static str,
    words: &'static str,
    /// Whether it was found; none: nobody looked.
    up: fn(&Party) -> Option<bool>,
    /// Whether it is asked of such a party.
    of: fn(&Party) -> bool,
}

impl<'l> Looker<'l> {
    pub(super) fn first_order(&self, transfer: &Transfer) -> Vec<Find> {
        let look = |(id, party): (&str, Option<&Party>)| match party.and_then(|party| party.first_order) {
            Some(first) if CONTROLLED.is_some_and(|day| first > day) => {
                Some(Find::Up(format!("`{id}` first ordered advanced chips on {first}"), vec![id.to_owned()]))
            }
            Some(_) => None,
            None => Some(Find::missing(
                format!("party {id} first order of advanced chips"),
                "ask since when it orders advanced chips",
            )),
        };
        self.receivers(transfer).into_iter().filter_map(look).collect()
    }

    pub(super) fn of_parties(&self, sign: Sign, transfer: &Transfer) -> Vec<Find> {
        let Some(asked) = asked(sign) else { return Vec::new() };
        let look = |(id, party): (&str, Option<&Party>)| match party {
            Some(party) if !(asked.of)(party) => None,
            party => match party.and_then(asked.up) {
                Some(true) => Some(Find::Up(format!("`{id}` {}", asked.words), vec![id.to_owned()])),
                Some(false) => None,
                None => Some(Find::missing(format!("party {id} {}", asked.fact), asked.remedy)),
            },
        };
        self.receivers(transfer).into_iter().filter_map(look).collect()
    }

    pub(super) fn unusual_consignee(&self, transfer: &Transfer) -> Vec<Find> {
        let id = &transfer.consignee;
        if id.is_empty() {
            return vec![Find::missing(format!("consignee of {id}", id = transfer.id), "name the consignee")];
        }
        let Some(party) = self.parties.get(id).filter(|party| !party.trades.is_empty()) else {
            return vec![Find::missing(format!("party {id} trade"), "find out what the consignee does")];
        };
        let trade = party.trades.iter().find_map(|trade| match trade {
            Trade::Forwarder => Some("carries goods for others"),
            Trade::Reseller => Some("sells on"),
            Trade::DataCentre | Trade::Cloud | Trade::Other => None,
        });
        trade
            .map(|trade| Find::Up(format!("the consignee `{id}` {trade}"), vec![id.clone()]))
            .into_iter()
            .collect()
    }

    pub(super) fn not_disclosed(&self, transfer: &Transfer) -> Vec<Find> {
        let mut finds = Vec::new();
        if transfer.end_user.is_empty() {
            finds.push(Find::missing(format!("end user of {}", transfer.id), "ask who uses the goods"));
        }
        if transfer.uses.is_empty() {
            finds.push(Find::missing(
                format!("end use of {}", transfer.id),
                "ask what the goods are used for",
            ));
        }
        for (id, party) in self.receivers(transfer) {
            match party.and_then(|party| party.traits.end_use_disclosed) {
                Some(false) => finds.push(Find::Up(
                    format!("`{id}` did not name user, headquarters or end use when asked"),
                    vec![id.to_owned()],
                )),
                Some(true) => {}
                None => finds.push(Find::missing(
                    format!("party {id} disclosure of end use"),
                    "ask it for user, headquarters and end use",
                )),
            }
            if party.is_none_or(|party| party.headquarters.is_none()) {
                finds.push(Find::missing(
                    format!("party {id} headquarters"),
                    "ask where it and its ultimate parent are headquartered",
                ));
            }
        }
        finds
    }
}

fn asked(sign: Sign) -> Option<Asked> {
    let everybody = |_: &Party| true;
    Some(match sign {
        Sign::DoubtfulAddress => Asked {
            fact: "address check",
            remedy: "verify its address and whether it is residential",
            words: "has an address that is residential or cannot be verified",
            up: |party| if party.addresses.is_empty() { None } else { party.traits.address_doubtful },
            of: everybody,
        },
        Sign::DoubtfulWebPresence => Asked {
            fact: "web presence",
            remedy: "look it up on the web",
            words: "has little or an odd presence on the web",
            up: |party| party.traits.web_presence_doubtful,
            of: everybody,
        },
        Sign::CapacityNotAffirmed => Asked {
            fact: "capacity of its data centre",
            remedy: "ask it to affirm power, cooling and space for the goods",
            words: "did not affirm power, cooling and space for the goods",
            up: |party| party.traits.capacity_affirmed.map(|affirmed| !affirmed),
            // Of a party whose trade is not known it is asked too.
            of: |party| {
                let runs = |trade: &Trade| matches!(trade, Trade::DataCentre | Trade::Cloud);
                party.trades.is_empty() || party.trades.iter().any(runs)
            },
        },
        Sign::UnexplainedVolume => Asked {
            fact: "reason for the volume",
            remedy: "ask what so many are for",
            words: "gave no reason for the volume that fits its business",
            up: |party| party.traits.volume_explained.map(|explained| !explained),
            of: everybody,
        },
        Sign::DeclinedInstallation => Asked {
            fact: "installation and service",
            remedy: "offer installation, service and training, and note the answer",
            words: "declined installation, service or training that are usual",
            up: |party| party.traits.declined_installation,
            of: everybody,
        },
        _ => return None,
    })
}
