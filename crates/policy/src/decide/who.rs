//! Parties: where they and their ultimate parents are headquartered, and which lists reach them.

use std::collections::BTreeSet;

use crate::country::Country;
use crate::decision::Used;
use crate::force::Force;
use crate::ownership::{Gap, Owners, Parent, percent, stakes_on};
use crate::party::Listing;
use crate::rule::{Instrument, OwnershipRule, Places};
use crate::source::Grade;
use crate::tri::Tri;

use super::cite;
use super::matter::{Hand, Matter};
use super::place;
use super::shown::Shown;

/// Records of parties are as good as a secondary source: somebody wrote down what somebody else stated.
const RECORD_GRADE: Grade = Grade::S;

/// Whether any party that receives, carries or uses the goods is headquartered in one of these places, or its ultimate
/// parent is.
pub(crate) fn headquartered(matter: &Matter<'_>, places: &Places) -> Shown {
    Shown::any(matter.hands.iter().map(|hand| hand_headquartered(matter, hand, places)))
}

/// Where a party is headquartered, if anybody said.
pub(crate) fn headquarters(matter: &Matter<'_>, party: &str) -> Option<Country> {
    matter.case.parties.get(party).and_then(|party| party.headquarters)
}

/// Whether any party, the exporter included, is on one of these lists, by itself or by ownership.
pub(crate) fn listed(matter: &Matter<'_>, lists: &[String]) -> Shown {
    Shown::any(matter.everybody.iter().map(|hand| hand_listed(matter, hand, lists)))
}

/// Whether an ownership rule makes a list reach a party that does not name it, whatever the rule's force.
pub(crate) fn reached(matter: &Matter<'_>, hand: &Hand<'_>, rule: &OwnershipRule, lists: &[String]) -> Shown {
    let lists: Vec<&String> = lists.iter().filter(|list| rule.lists.contains(list)).collect();
    let Some(owners) = matter.owners.get(hand.party).filter(|_| !lists.is_empty()) else {
        return Shown::NO;
    };
    let on_list = |id: &str| match matter.case.parties.get(id) {
        None => Tri::Open,
        Some(_) => Tri::from(listing(matter, id, &lists).is_some()),
    };
    match owners.reached(rule.share_ppm, rule.aggregate, &on_list) {
        Tri::No => Shown::NO,
        Tri::Yes => by_owners(matter, hand, owners, rule, &lists),
        Tri::Open => open_owners(owners).because(|| {
            format!("{} may be owned to {} by listed parties", hand.words(), percent(rule.share_ppm.into()))
        }),
    }
}

/// Ownership rules that count, or may, and by which one of these lists reaches a party, or may.
pub(crate) fn reaching<'a>(
    matter: &'a Matter<'_>,
    lists: &'a [String],
) -> impl Iterator<Item = (&'a Instrument, Force, &'a OwnershipRule, Shown)> {
    ownership_rules(matter, lists).map(move |(instrument, force, rule)| {
        let hands = matter.everybody.iter();
        let reached = Shown::any(hands.map(|hand| reached(matter, hand, rule, lists)));
        let reached = reached.and(|| cite::in_force(matter, (instrument, force), rule.grade));
        (instrument, force, rule, reached)
    })
}

/// What is wrong with stakes of the parties of the matter.
pub(crate) fn contradictions(matter: &Matter<'_>) -> Shown {
    let found = matter.owners.values().flat_map(Owners::contradictions);
    Shown::any(found.map(|found| Shown::open(found.what, found.remedy)))
}

fn hand_headquartered(matter: &Matter<'_>, hand: &Hand<'_>, places: &Places) -> Shown {
    if hand.party.is_empty() {
        return not_named(hand);
    }
    if !matter.case.parties.contains_key(hand.party) {
        return no_record(hand.party);
    }
    let own = at(matter, hand.party, places).because(|| format!("{} is headquartered there", hand.words()));
    let Some(owners) = matter.owners.get(hand.party) else { return own };
    let parents = owners.ultimate_parents();
    let above = parents.iter().filter(|parent| parent.party != hand.party);
    let parents = Shown::any(above.map(|parent| parent_headquartered(matter, hand, parent, places)));
    let ends = owners.open_ends();
    let unknown = Shown::any(ends.iter().map(|end| {
        let remedy = format!("name every owner of `{end}` that holds a fifth or more");
        Shown::open(format!("owners of party {end}"), remedy)
    }));
    let unknown = unknown.because(|| format!("an ultimate parent of {} may not be named", hand.words()));
    own.or(parents).or(unknown)
}

fn parent_headquartered(matter: &Matter<'_>, hand: &Hand<'_>, parent: &Parent, places: &Places) -> Shown {
    let shown = at(matter, &parent.party, places).because(|| {
        let chain = parent.chain.join("` is controlled by `");
        format!("the ultimate parent of {} is headquartered there: `{chain}`", hand.words())
    });
    let steps = parent.chain.windows(2).flat_map(|step| stakes(matter, &step[0], Some(&step[1])));
    let shown = weighed(matter, shown.leaning_on(steps));
    if parent.certain {
        return shown;
    }
    let remedy = format!("name every owner of `{}` that holds a fifth or more", parent.party);
    shown.and(|| Shown::open(format!("owners of party {}", parent.party), remedy))
}

/// Whether one party is headquartered in one of these places.
fn at(matter: &Matter<'_>, party: &str, places: &Places) -> Shown {
    let Some(record) = matter.case.parties.get(party) else { return no_record(party) };
    let Some(country) = record.headquarters else {
        let remedy = format!("find out where `{party}` is headquartered");
        return Shown::open(format!("party {party} headquarters"), remedy);
    };
    let used = Used {
        fact: format!("party {party} headquarters"),
        value: country.to_string(),
        source: "record of the party".to_owned(),
        grade: RECORD_GRADE,
    };
    place::within(matter, Some(country), places).leaning_on([used])
}

fn hand_listed(matter: &Matter<'_>, hand: &Hand<'_>, lists: &[String]) -> Shown {
    if hand.party.is_empty() {
        return not_named(hand);
    }
    if !matter.case.parties.contains_key(hand.party) {
        return no_record(hand.party);
    }
    let wanted: Vec<&String> = lists.iter().collect();
    if let Some(listing) = listing(matter, hand.party, &wanted) {
        let why = format!("{} is on {} since {}", hand.words(), listing.list, listing.from);
        let shown = Shown::yes(why).leaning_on([listed_fact(hand.party, listing)]);
        return shown.and(|| matter.checked(listing.source.grade));
    }
    Shown::any(ownership_rules(matter, lists).map(|(instrument, force, rule)| {
        let reached = reached(matter, hand, rule, lists);
        reached
            .because(|| format!("by rule {}", rule.id))
            .and(|| cite::in_force(matter, (instrument, force), rule.grade))
    }))
}

/// Ownership rules that count, or may, for any of these lists.
fn ownership_rules<'a>(
    matter: &'a Matter<'_>,
    lists: &'a [String],
) -> impl Iterator<Item = (&'a Instrument, Force, &'a OwnershipRule)> {
    let rules = matter.law.counting().flat_map(|(instrument, force)| {
        let standing = instrument.ownership.iter().filter(|rule| matter.law.stands(&rule.id));
        standing.map(move |rule| (instrument, force, rule))
    });
    rules.filter(|(_, _, rule)| rule.lists.iter().any(|list| lists.contains(list)))
}

fn by_owners(
    matter: &Matter<'_>,
    hand: &Hand<'_>,
    owners: &Owners,
    rule: &OwnershipRule,
    lists: &[&String],
) -> Shown {
    let named = owners.all().into_iter().filter_map(|owner| {
        let listing = listing(matter, &owner.party, lists)?;
        Some((owner, listing))
    });
    let named: Vec<_> = named.collect();
    let words = named.iter().map(|(owner, listing)| {
        format!(
            "`{}` on {} ({} over all ways)",
            owner.party,
            listing.list,
            percent(owner.effective_ppm.into())
        )
    });
    let words = words.collect::<Vec<_>>().join(", ");
    let share = percent(rule.share_ppm.into());
    let why = format!("{} is owned to {share} or more by listed parties: {words}", hand.words());
    let facts = named.iter().map(|(owner, listing)| listed_fact(&owner.party, listing));
    let stakes = owners.parties().flat_map(|party| stakes(matter, party, None));
    weighed(matter, Shown::yes(why).leaning_on(facts).leaning_on(stakes))
}

/// As sure as the weakest of its facts.
fn weighed(matter: &Matter<'_>, shown: Shown) -> Shown {
    let weakest = shown.facts.iter().map(|fact| fact.grade).min();
    shown.and(|| weakest.map_or(Shown::YES, |grade| matter.checked(grade)))
}

fn open_owners(owners: &Owners) -> Shown {
    let gaps = owners.gaps().map(|(party, gap)| match gap {
        Gap::NoRecord => no_record(party),
        Gap::NotAllNamed => Shown::open(
            format!("owners of party {party}"),
            format!("name every owner of `{party}` that holds a fifth or more"),
        ),
        Gap::TooFar => Shown::open(
            format!("owners of party {party}"),
            format!("state the owners of `{party}` nearer to the party: they are too many steps away"),
        ),
    });
    let over = owners.contradictions();
    let over = over.into_iter().map(|found| Shown::open(found.what, found.remedy));
    Shown::any(gaps.chain(over))
}

/// The listing of a party that names it on the day, on the first of these lists that does.
fn listing<'a>(matter: &Matter<'a>, party: &str, lists: &[&String]) -> Option<&'a Listing> {
    let listings = matter.case.parties.get(party)?.listings.iter();
    let on = listings.filter(|listing| listing.from <= matter.day && matter.day <= listing.to);
    on.filter(|listing| lists.contains(&&listing.list))
        .min_by(|a, b| (&a.list, a.from, a.to).cmp(&(&b.list, b.from, b.to)))
}

fn listed_fact(party: &str, listing: &Listing) -> Used {
    Used {
        fact: format!("party {party} on {}", listing.list),
        value: format!("since {}", listing.from),
        source: listing.source.source.clone(),
        grade: listing.source.grade,
    }
}

/// Stakes in a party, of one owner or of all, as facts.
fn stakes(matter: &Matter<'_>, party: &str, owner: Option<&str>) -> Vec<Used> {
    let on = stakes_on(matter.case.parties, party, matter.day);
    let of = on.filter(|stake| owner.is_none_or(|owner| stake.owner == owner));
    let used: BTreeSet<Used> = of
        .map(|stake| Used {
            fact: format!("party {party} owner {}", stake.owner),
            value: percent(stake.share_ppm.into()),
            source: stake.source.source.clone(),
            grade: stake.source.grade,
        })
        .collect();
    used.into_iter().collect()
}

fn not_named(hand: &Hand<'_>) -> Shown {
    Shown::open(hand.roles.clone(), format!("name the {}", hand.roles))
        .because(|| format!("the {} is not named", hand.roles))
}

fn no_record(party: &str) -> Shown {
    let remedy = format!("give a record of `{party}`: headquarters, owners, lists");
    Shown::open(format!("party {party}"), remedy).because(|| format!("there is no record of `{party}`"))
}
