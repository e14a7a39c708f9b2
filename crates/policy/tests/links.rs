//! The linked-party view: who hangs together, why, and what ties nobody.

mod trade;

use lightcone_policy::links::{self, BINDS_PPM, CROWD_MIN, Kind, LINKS_MAX};
use lightcone_policy::party::Parties;
use lightcone_policy::transfer::Past;
use proptest::prelude::*;
use trade::{day, parties, party, past, stake, transfer};

/// Parties without anything in common.
fn strangers(names: &[&str]) -> Parties {
    let address = |at: usize| format!("{} Road {at}, Town {}", 100 + at, 10_000 + at);
    parties(names.iter().enumerate().map(|(at, name)| party(name, name, &address(at))))
}

fn kinds(view: &links::Links, a: &str, b: &str) -> Vec<Kind> {
    view.between(a, b).map(|link| link.ties.iter().map(|tie| tie.kind).collect()).unwrap_or_default()
}

fn by_forwarder(id: &str, consignee: &str, forwarder: &str, date: &str) -> Past {
    let mut transfer = transfer(id, consignee, date);
    transfer.intermediaries = vec![forwarder.to_owned()];
    past(transfer)
}

#[test]
fn strangers_have_no_links() {
    let view = links::view(&strangers(&["Aurora", "Borealis", "Cumulus", "Drizzle"]), &[]);
    assert!(view.links.is_empty() && view.groups.is_empty() && view.crowds.is_empty());
    assert_eq!(view.nodes.len(), 4);
}

#[test]
fn an_owner_ties_its_subsidiaries_and_a_small_share_does_not() {
    let mut all = strangers(&["Parent", "Left", "Right", "Minor"]);
    all.get_mut("Left").unwrap().stakes = vec![stake("Parent", 600_000)];
    all.get_mut("Right").unwrap().stakes = vec![stake("Parent", 300_000)];
    all.get_mut("Minor").unwrap().stakes = vec![stake("Parent", 249_999)];
    let view = links::view(&all, &[]);
    assert_eq!(view.groups.len(), 1);
    assert_eq!(view.groups[0].members, ["Left", "Parent", "Right"]);
    assert_eq!(view.groups[0].weakest_ppm, links::STAKE_PPM);
    let tie = &view.between("Parent", "Left").unwrap().ties[0];
    assert_eq!((tie.from, tie.to), (Some(day("2015-01-01")), None));
    assert!(tie.why.contains("60 %") && tie.why.contains("secondary source"), "{}", tie.why);
    assert_eq!(links::view_from(&all, &[], 200_000).groups[0].members.len(), 4);
}

#[test]
fn an_address_ties_to_the_door_and_a_tower_does_not() {
    let door = "10 Anson Road #12-34 Singapore 079903";
    let mut all = strangers(&["Aurora", "Borealis", "Cumulus", "Drizzle"]);
    all.get_mut("Aurora").unwrap().addresses = vec![door.to_owned()];
    all.get_mut("Borealis").unwrap().addresses = vec!["#12-34, 10 Anson Rd, SINGAPORE 079903".to_owned()];
    all.get_mut("Cumulus").unwrap().addresses = vec!["10 Anson Road #03-01 Singapore 079903".to_owned()];
    let view = links::view(&all, &[]);
    assert_eq!(view.groups[0].members, ["Aurora", "Borealis"]);
    assert_eq!(kinds(&view, "Aurora", "Cumulus"), [Kind::Address]);
    assert!(view.between("Aurora", "Cumulus").unwrap().score_ppm < BINDS_PPM);
    assert!(view.between("Aurora", "Drizzle").is_none());
    assert!(!view.links.iter().any(|link| link.ties.iter().any(|tie| tie.why.contains("Anson"))));
}

#[test]
fn a_forwarder_that_everybody_uses_ties_nobody() {
    let names: Vec<String> = (0..CROWD_MIN).map(|at| format!("firm{at:02}x{}", at * 7919)).collect();
    let all = strangers(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let pasts: Vec<Past> =
        names.iter().map(|name| by_forwarder(name, name, "Harbour", "2025-01-01")).collect();
    let few = links::view(&all, &pasts[..CROWD_MIN - 1]);
    let many = links::view(&all, &pasts);
    assert!(few.groups.is_empty() && many.groups.is_empty());
    assert!(few.links.iter().all(|link| link.score_ppm < 50_000) && few.crowds.is_empty());
    assert!(many.links.iter().all(|link| link.ties.iter().all(|tie| tie.kind != Kind::Forwarder)));
    assert_eq!(many.crowds.len(), 1);
    assert_eq!((many.crowds[0].by.as_str(), many.crowds[0].parties), ("Harbour", CROWD_MIN));
}

#[test]
fn neither_name_nor_forwarder_makes_a_group_alone_but_both_do() {
    let mut all = strangers(&["a", "b", "c"]);
    all.get_mut("a").unwrap().name = "Pacific Compute Pte Ltd".to_owned();
    all.get_mut("b").unwrap().aliases = vec!["Pacific Compute Sdn Bhd".to_owned()];
    let pasts =
        [by_forwarder("t1", "a", "Harbour", "2025-01-01"), by_forwarder("t2", "b", "Harbour", "2025-03-01")];
    let name_only = links::view(&all, &[]);
    assert_eq!(kinds(&name_only, "a", "b"), [Kind::Name]);
    assert!(name_only.groups.is_empty());
    let forwarder_only = links::view(&strangers(&["a", "b", "c"]), &pasts);
    assert_eq!(kinds(&forwarder_only, "a", "b"), [Kind::Forwarder]);
    assert!(forwarder_only.groups.is_empty());
    let both = links::view(&all, &pasts);
    assert_eq!(both.groups[0].members, ["a", "b"]);
    let tie = both.between("b", "a").unwrap().ties.iter().find(|tie| tie.kind == Kind::Forwarder).unwrap();
    assert_eq!((tie.from, tie.to), (Some(day("2025-01-01")), Some(day("2025-03-01"))));
    assert_eq!(tie.evidence, ["t2", "t1"]);
    assert_eq!(both.group_of("a"), ["a", "b"]);
    assert_eq!(both.group_of("c"), ["c"]);
}

#[test]
fn two_who_deliver_to_one_end_user_belong_together() {
    let all = strangers(&["a", "b", "user"]);
    let to_user = |id: &str, consignee: &str| {
        let mut transfer = transfer(id, consignee, "2025-01-01");
        transfer.end_user = "user".to_owned();
        past(transfer)
    };
    let view = links::view(&all, &[to_user("t1", "a"), to_user("t2", "b")]);
    assert_eq!(kinds(&view, "a", "b"), [Kind::EndUser]);
    assert_eq!(view.groups[0].members, ["a", "b"]);
}

#[test]
fn ten_thousand_parties_are_compared_by_keys() {
    // Half of them share one word in their names, and every tenth a forwarder with one other.
    let name = |at: usize| format!("{} {}", if at.is_multiple_of(2) { "Data" } else { "Grid" }, word(at));
    let all =
        parties((0..10_000).map(|at| {
            party(&format!("p{at:05}"), &name(at), &format!("{at} Long Road, Town {}", 100_000 + at))
        }));
    let pasts: Vec<Past> = (0..10_000)
        .step_by(10)
        .map(|at| {
            by_forwarder(&format!("t{at}"), &format!("p{at:05}"), &format!("f{}", at / 20), "2025-01-01")
        })
        .collect();
    let view = links::view(&all, &pasts);
    let forwarded = view.links.iter().filter(|link| link.ties.iter().any(|tie| tie.kind == Kind::Forwarder));
    assert_eq!(forwarded.count(), 500);
    assert!(view.links.len() < LINKS_MAX && view.left_out == 0);
}

/// A word of its own for every number.
fn word(at: usize) -> String {
    let mut left = at as u64 * 2_654_435_761 % 4_294_967_291;
    let mut word = String::new();
    while left > 0 {
        word.push((b'a' + (left % 26) as u8) as char);
        left /= 26;
    }
    word
}

proptest! {
    #[test]
    fn the_view_does_not_hang_on_the_order_of_transfers(seed in 0_u64..1_000, shift in 0_usize..12) {
        let all = strangers(&["a", "b", "c", "d"]);
        let name = |at: u64| ["a", "b", "c", "d"][(at % 4) as usize];
        let mut pasts: Vec<Past> = (0..12)
            .map(|at| {
                let mut past = by_forwarder(&format!("t{at}"), name(seed + at), "f", "2025-01-01");
                past.transfer.end_user = name(seed * at).to_owned();
                past
            })
            .collect();
        let before = links::view(&all, &pasts);
        pasts.rotate_left(shift);
        prop_assert_eq!(&links::view(&all, &pasts), &before);
        for link in &before.links {
            prop_assert!(link.score_ppm <= 1_000_000 && link.ties.iter().all(|tie| tie.score_ppm <= link.score_ppm));
        }
    }
}
