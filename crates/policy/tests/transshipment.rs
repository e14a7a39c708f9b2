//! Red flags: an order on its way to somewhere else raises those that it should, an honest one none, and each flag has
//! a case with and one without it.

mod trade;

use lightcone_policy::flags::{self, Looked};
use lightcone_policy::party::{Parties, Party, Trade};
use lightcone_policy::transfer::{Past, Transfer};
use lightcone_policy::{Book, Law, Measure, Stand};
use trade::{book, countries, country, day, listing, parties, party, past, stake, transfer};

const DOOR: &str = "8 Jalan Kilang Unit 5 Johor Bahru 81100";

/// What is known: `honest` and `user` are in order, `front` is too but for where its goods go.
fn world() -> Parties {
    parties([
        party("honest", "Aurora Compute Pte Ltd", "10 Anson Road #12-34 Singapore 079903"),
        party("user", "Borealis Research", "3 Science Park Drive Singapore 118223"),
        party("front", "Mirage Trading Hall", DOOR),
        party("other", "Kestrel Systems", "55 Jalan Ampang Kuala Lumpur 50450"),
    ])
}

fn honest_order() -> Transfer {
    let mut order = transfer("order", "honest", "2025-09-01");
    order.end_user = "user".to_owned();
    order
}

fn look_in(book: &Book, order: &Transfer, parties: &Parties, pasts: &[Past]) -> Looked {
    let law = Law::new(book, Stand::on(day("2025-09-01")));
    let looked = flags::look(&law, order, parties, pasts);
    assert_eq!(flags::raise(&law, order, parties, pasts), looked.raised);
    looked
}

/// Identifiers of the flags that are up.
fn up(order: &Transfer, parties: &Parties, pasts: &[Past]) -> Vec<String> {
    look_in(&book(), order, parties, pasts).raised.into_iter().map(|raised| raised.id).collect()
}

/// Flags that are up when a party is changed so.
fn up_if(change: impl FnOnce(&mut Party)) -> Vec<String> {
    let mut world = world();
    world.entry("honest".to_owned()).and_modify(change);
    up(&honest_order(), &world, &[])
}

/// Identifiers of the flags that nobody looked at when a party is changed so; none of them is up.
fn open_if(change: impl FnOnce(&mut Party)) -> Vec<String> {
    let mut world = world();
    world.entry("honest".to_owned()).and_modify(change);
    let looked = look_in(&book(), &honest_order(), &world, &[]);
    assert!(looked.raised.is_empty(), "{:?}", looked.raised);
    assert!(
        looked
            .unlooked
            .iter()
            .all(|open| open.missing.fact.contains("honest") && !open.missing.remedy.is_empty())
    );
    looked.unlooked.into_iter().map(|open| open.id).collect()
}

#[test]
fn singapore_malaysia_third_country_with_forwarder_and_address_raises_the_named_flags() {
    let mut world = world();
    world.get_mut("other").unwrap().addresses = vec!["Unit 5, 8 Jln Kilang, 81100 Johor Bahru".to_owned()];
    let mut earlier = transfer("earlier", "other", "2025-06-01");
    earlier.intermediaries = vec!["swift".to_owned()];
    let mut order = transfer("order", "front", "2025-09-01");
    order.origin = Some(country("SG"));
    order.destinations = countries(&["MY"]);
    order.onward = vec![country("VN")];
    order.intermediaries = vec!["swift".to_owned()];
    world.insert("swift".to_owned(), party("swift", "Swift Cargo", "1 Port Road, Port Klang 42000"));
    let looked = look_in(&book(), &order, &world, &[past(earlier)]);
    let ids: Vec<&str> = looked.raised.iter().map(|raised| raised.id.as_str()).collect();
    assert_eq!(ids, ["HF1", "HF2", "HF3"]);
    assert_eq!(looked.raised[1].about, ["front", "other"]);
    assert_eq!(looked.raised[2].about, ["front", "other", "swift"]);
    assert!(looked.unlooked.is_empty(), "{:?}", looked.unlooked);
    for raised in &looked.raised {
        let told = &raised.found;
        assert!(
            !["Jalan", "Kilang", "Johor", "MY", "SG", "VN"].iter().any(|place| told.contains(place)),
            "{told}"
        );
    }
}

#[test]
fn an_honest_order_raises_none_and_nothing_is_left_open() {
    let looked =
        look_in(&book(), &honest_order(), &world(), &[past(transfer("before", "other", "2025-08-01"))]);
    assert_eq!(looked, Looked::default());
}

#[test]
fn first_orders_after_october_2022() {
    assert_eq!(up_if(|party| party.first_order = Some(day("2022-11-01"))), ["RF1"]);
    assert!(up_if(|party| party.first_order = Some(day("2022-10-31"))).is_empty());
    assert_eq!(open_if(|party| party.first_order = None), ["RF1"]);
}

#[test]
fn doubtful_address_web_presence_capacity_volume_and_installation() {
    assert_eq!(up_if(|party| party.traits.address_doubtful = Some(true)), ["RF2"]);
    assert_eq!(up_if(|party| party.traits.web_presence_doubtful = Some(true)), ["RF3"]);
    assert_eq!(up_if(|party| party.traits.capacity_affirmed = Some(false)), ["RF4"]);
    assert_eq!(up_if(|party| party.traits.volume_explained = Some(false)), ["RF6"]);
    assert_eq!(up_if(|party| party.traits.declined_installation = Some(true)), ["RFG"]);
    let nobody_looked = open_if(|party| party.traits = lightcone_policy::party::Traits::default());
    assert_eq!(nobody_looked, ["RF2", "RF3", "RF4", "RF6", "RF7", "RFG"]);
}

#[test]
fn capacity_is_asked_of_data_centres_and_of_those_whose_trade_is_not_known() {
    let not_affirmed = |trades: Vec<Trade>| {
        up_if(|party| {
            party.trades = trades;
            party.traits.capacity_affirmed = Some(false);
        })
    };
    assert!(not_affirmed(vec![Trade::Other]).is_empty());
    assert_eq!(not_affirmed(vec![Trade::Cloud]), ["RF4"]);
    assert_eq!(not_affirmed(Vec::new()), ["RF4"]);
}

#[test]
fn a_forwarder_or_reseller_as_consignee() {
    assert_eq!(up_if(|party| party.trades = vec![Trade::Forwarder]), ["RF5"]);
    assert_eq!(up_if(|party| party.trades = vec![Trade::Other, Trade::Reseller]), ["RF5"]);
    assert!(up_if(|party| party.trades = vec![Trade::Cloud]).is_empty());
    assert_eq!(open_if(|party| party.trades.clear()), ["RF5"]);
    let mut order = honest_order();
    order.consignee = "user".to_owned();
    order.end_user = "honest".to_owned();
    let mut world = world();
    world.get_mut("honest").unwrap().trades = vec![Trade::Reseller];
    assert!(up(&order, &world, &[]).is_empty(), "an end user is no consignee");
}

#[test]
fn user_headquarters_and_end_use_that_are_not_disclosed() {
    assert_eq!(up_if(|party| party.traits.end_use_disclosed = Some(false)), ["RF7"]);
    assert_eq!(open_if(|party| party.traits.end_use_disclosed = None), ["RF7"]);
    assert_eq!(open_if(|party| party.headquarters = None), ["RF7"]);
    let mut order = honest_order();
    order.uses.clear();
    order.end_user.clear();
    let looked = look_in(&book(), &order, &world(), &[]);
    assert!(looked.raised.is_empty());
    let facts: Vec<&str> = looked.unlooked.iter().map(|open| open.missing.fact.as_str()).collect();
    assert_eq!(facts, ["end user of order", "end use of order"]);
}

#[test]
fn transshipment_needs_a_watched_place_and_goods_that_go_on() {
    let with = |change: fn(&mut Transfer)| {
        let mut order = honest_order();
        change(&mut order);
        up(&order, &world(), &[])
    };
    assert_eq!(with(|order| order.onward = vec![country("TH")]), ["HF1"]);
    assert_eq!(with(|order| order.through = vec![country("MY")]), ["HF1"]);
    assert!(with(|order| order.onward = vec![country("SG")]).is_empty(), "it stays");
    assert!(with(|order| order.through = vec![country("JP")]).is_empty(), "nobody watches Japan");
    let japan = with(|order| {
        order.destinations = countries(&["JP"]);
        order.onward = vec![country("TH")];
    });
    assert!(japan.is_empty());
    let mut sent_on = transfer("sent", "far", "2025-03-01");
    sent_on.exporter = "honest".to_owned();
    sent_on.origin = Some(country("SG"));
    sent_on.destinations = countries(&["VN"]);
    assert_eq!(up(&honest_order(), &world(), &[past(sent_on.clone())]), ["HF1"]);
    sent_on.lines[0].sku = "L2".to_owned();
    assert!(up(&honest_order(), &world(), &[past(sent_on)]).is_empty(), "other goods");
}

#[test]
fn the_watch_counts_from_the_day_on_which_it_was_known() {
    let mut order = honest_order();
    order.onward = vec![country("TH")];
    let mut later = book();
    later.watch.iter_mut().for_each(|place| place.known = day("2025-09-02"));
    assert!(look_in(&later, &order, &world(), &[]).raised.is_empty());
}

#[test]
fn a_shared_address_is_one_of_strangers_who_trade() {
    let order = honest_order();
    let with = |address: &str, stakes| {
        let mut world = world();
        let other = world.get_mut("other").unwrap();
        other.addresses = vec![address.to_owned()];
        other.stakes = stakes;
        up(&order, &world, &[past(transfer("before", "other", "2025-08-01"))])
    };
    let same = "#12-34, 10 Anson Rd, Singapore 079903";
    assert_eq!(with(same, vec![]), ["HF2"]);
    assert!(with("10 Anson Road #12-35 Singapore 079903", vec![]).is_empty(), "another door");
    assert!(with(same, vec![stake("honest", 600_000)]).is_empty(), "a subsidiary");
    assert_eq!(with(same, vec![stake("honest", 400_000)]), ["HF2"]);
    let mut world = world();
    world.get_mut("other").unwrap().addresses = vec![same.to_owned()];
    assert!(up(&order, &world, &[]).is_empty(), "it took part in no transfer");
    assert_eq!(open_if(|party| party.addresses.clear()), ["RF2", "HF2"]);
}

#[test]
fn a_shared_forwarder_is_one_of_few() {
    let mut order = honest_order();
    order.intermediaries = vec!["swift".to_owned()];
    let mut world = world();
    world.insert("swift".to_owned(), party("swift", "Swift Cargo", "1 Port Road, Port Klang 42000"));
    let by_swift = |at: usize| {
        let mut transfer = transfer(&format!("t{at}"), &format!("firm{at}"), "2025-08-01");
        transfer.intermediaries = vec!["swift".to_owned()];
        past(transfer)
    };
    let others = |count: usize| (0..count).map(by_swift).collect::<Vec<_>>();
    assert!(up(&order, &world, &[]).is_empty());
    assert_eq!(up(&order, &world, &others(1)), ["HF3"]);
    assert_eq!(up(&order, &world, &others(7)), ["HF3"]);
    assert!(up(&order, &world, &others(8)).is_empty(), "a common carrier");
    let mut strict = book();
    let rule = strict.flags.iter_mut().find(|rule| rule.id == "HF3").unwrap();
    rule.limits.insert("users_max".to_owned(), Measure::whole(20));
    assert_eq!(look_in(&strict, &order, &world, &others(8)).raised.len(), 1, "the book's own figure counts");
}

#[test]
fn small_orders_of_linked_parties_add_up() {
    // 1,000 H100 are 15,832,000 TPP: two such orders are above the line, each alone is small.
    let order = |id: &str, to: &str, date: &str, units: u64| {
        let mut order = transfer(id, to, date);
        order.lines[0].units = units;
        order
    };
    let ours = order("order", "honest", "2025-09-01", 1_000);
    let mut linked = world();
    linked.get_mut("other").unwrap().stakes = vec![stake("honest", 600_000)];
    let before = |date: &str, units| [past(order("before", "other", date, units))];
    assert_eq!(up(&ours, &linked, &before("2025-06-01", 1_000)), ["HF4"]);
    assert!(up(&ours, &world(), &before("2025-06-01", 1_000)).is_empty(), "strangers");
    assert!(up(&ours, &linked, &before("2024-08-31", 1_000)).is_empty(), "more than a year before");
    assert_eq!(up(&ours, &linked, &before("2024-09-01", 1_000)), ["HF4"]);
    assert!(up(&ours, &linked, &before("2025-06-01", 1_700)).is_empty(), "a large order hides nothing");
    // 26,900,000 TPP are 1,699.09 H100: at the line and one chip below it.
    assert_eq!(up(&ours, &linked, &before("2025-06-01", 700)), ["HF4"]);
    assert!(up(&ours, &linked, &before("2025-06-01", 699)).is_empty());
    let same = [past(order("before", "honest", "2025-06-01", 1_000))];
    assert!(up(&ours, &linked, &same).is_empty(), "one party's orders are no secret");
    let mut unknown = ours.clone();
    unknown.lines[0].sku = "X1".to_owned();
    let looked = look_in(&book(), &unknown, &linked, &[]);
    assert_eq!(looked.unlooked[0].missing.fact, "sku X1 tpp");
}

#[test]
fn a_link_to_a_listed_party_is_a_lead_and_a_listed_party_is_not_linked_to_itself() {
    let mut world = world();
    let mut bad = party("bad", "Nightfall Dynamics", "99 Long Street, Far Town 99999");
    bad.listings = vec![listing("EL")];
    world.insert("bad".to_owned(), bad.clone());
    assert!(up(&honest_order(), &world, &[]).is_empty());
    let owned = |ppm| {
        let mut world = world.clone();
        world.get_mut("honest").unwrap().stakes = vec![stake("bad", ppm)];
        up(&honest_order(), &world, &[])
    };
    assert_eq!(owned(50_000), ["HF5"]);
    let mut alike = world.clone();
    alike.get_mut("honest").unwrap().aliases = vec!["NIGHTFALL Dynamic Ltd".to_owned()];
    assert_eq!(up(&honest_order(), &alike, &[]), ["HF5"]);
    let mut itself = world.clone();
    itself.get_mut("honest").unwrap().listings = vec![listing("EL")];
    assert!(up(&honest_order(), &itself, &[]).is_empty(), "the rules themselves speak of it");
    let mut validated = world.clone();
    validated.get_mut("bad").unwrap().listings = vec![listing("VEU")];
    validated.get_mut("honest").unwrap().stakes = vec![stake("bad", 600_000)];
    assert!(up(&honest_order(), &validated, &[]).is_empty(), "a list that speaks for it");
}

#[test]
fn a_claim_that_was_found_impossible() {
    let mut order = honest_order();
    order.claim_impossible = true;
    assert_eq!(up(&order, &world(), &[]), ["HF6"]);
    assert!(up(&honest_order(), &world(), &[]).is_empty());
}

#[test]
fn a_flag_is_up_only_once_it_is_known() {
    let mut order = honest_order();
    order.claim_impossible = true;
    let mut world = world();
    world.get_mut("honest").unwrap().traits.declined_installation = Some(true);
    let book = book();
    let at = |date: &str| {
        let law = Law::new(&book, Stand::on(day(date)));
        flags::raise(&law, &order, &world, &[]).into_iter().map(|raised| raised.id).collect::<Vec<_>>()
    };
    assert_eq!(at("2025-05-13"), ["RFG", "HF6"]);
    assert_eq!(at("2025-05-12"), ["HF6"]);
    assert!(at("2022-09-30").is_empty());
}

#[test]
fn a_party_without_a_record_is_asked_for() {
    let order = transfer("order", "nobody", "2025-09-01");
    let looked = look_in(&book(), &order, &world(), &[]);
    assert!(looked.raised.is_empty());
    let ids: std::collections::BTreeSet<&str> = looked.unlooked.iter().map(|open| open.id.as_str()).collect();
    assert_eq!(ids, ["HF2", "RF1", "RF2", "RF3", "RF4", "RF5", "RF6", "RF7", "RFG"].into());
}
