//! Linked parties: who shares owner, address, forwarder, end user or name with whom, and why that is thought.
//!
//! A link is a lead with its evidence, never a finding: no rule applies to a party because of a link. Each tie has a
//! weight in parts per million, and ties of the same two parties add up as independent leads do: 1 − Π(1 − weight).
//! What many share says little, so the weight of a shared address, forwarder or end user falls with the number of those
//! who share it. Groups are what hangs together by pairs of at least [`BINDS_PPM`]; a forwarder or a name never reaches
//! that by itself, so a forwarder that half a port uses makes no group.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::date::Date;
use crate::party::Parties;
use crate::transfer::Past;

mod find;
mod group;

pub(crate) use find::{percent, receiver};

/// From this weight on a pair belongs to one group.
pub const BINDS_PPM: u32 = 650_000;
/// From this share on an owner is a tie, unless the caller asks for another: a quarter, as the usual line for a
/// beneficial owner.
pub const SHARE_PPM: u32 = 250_000;
/// The weight of a stake of half or more, and of a smaller one.
pub const CONTROL_PPM: u32 = 980_000;
/// The weight of a stake of less than a half.
pub const STAKE_PPM: u32 = 800_000;
/// The weight of an address that is the same to the door.
pub const DOOR_PPM: u32 = 900_000;
/// The weight of one house where one address names no door.
pub const HOUSE_PPM: u32 = 600_000;
/// The weight of one house with other doors.
pub const OTHER_DOOR_PPM: u32 = 250_000;
/// The weight of a forwarder or other intermediary that only two use.
pub const FORWARDER_PPM: u32 = 400_000;
/// The weight of an end user to whom only two deliver.
pub const END_USER_PPM: u32 = 700_000;
/// The weight of the same name; of a similar one it is less.
pub const NAME_PPM: u32 = 600_000;
/// How many may share a door before its weight falls.
pub const DOOR_FULL: usize = 4;
/// How many may share a house, forwarder or end user before its weight falls.
pub const SHARED_FULL: usize = 2;
/// What more parties than this share ties none of them: it is told as a crowd.
pub const CROWD_MIN: usize = 33;
/// The most links that are given; what is left out is counted.
pub const LINKS_MAX: usize = 200_000;
/// The most transfers that are named as evidence of one tie.
pub const EVIDENCE_MAX: usize = 8;

const WHOLE: u64 = 1_000_000;

/// What two parties share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// One owns a share of the other.
    Owner,
    /// They have an address in common.
    Address,
    /// The same forwarder or other intermediary carried goods to both.
    Forwarder,
    /// Both received goods for the same end user.
    EndUser,
    /// They are called alike, or one by another name of the other.
    Name,
}

/// One reason to think that two parties belong together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Tie {
    /// What they share.
    pub kind: Kind,
    /// Its weight, in parts per million.
    pub score_ppm: u32,
    /// Why, in words that name parties by identifier and hold no place.
    pub why: String,
    /// Through whom, where it is somebody: the forwarder or end user.
    pub by: String,
    /// Since when, where that is known.
    pub from: Option<Date>,
    /// Until when, included, where that is known.
    pub to: Option<Date>,
    /// Transfers that show it, the latest first.
    pub evidence: Vec<String>,
}

/// Two parties with everything that ties them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The one whose identifier comes first.
    pub a: String,
    /// The other.
    pub b: String,
    /// All ties together, in parts per million.
    pub score_ppm: u32,
    /// The ties, the heaviest first.
    pub ties: Vec<Tie>,
}

/// A party in the view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// The party.
    pub party: String,
    /// Its group, by place in [`Links::groups`]; none: it is in none.
    pub group: Option<usize>,
    /// How many others it has links to.
    pub links: usize,
}

/// Parties that hang together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Its members by identifier, two or more.
    pub members: Vec<String>,
    /// The weakest of the links that hold it together: the group is no surer than that.
    pub weakest_ppm: u32,
}

/// What too many share to say anything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Crowd {
    /// What they share.
    pub kind: Kind,
    /// Through whom, where it is somebody.
    pub by: String,
    /// How many.
    pub parties: usize,
}

/// The linked-party view.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Links {
    /// All parties, by identifier.
    pub nodes: Vec<Node>,
    /// Links by parties.
    pub links: Vec<Link>,
    /// Groups by their first member.
    pub groups: Vec<Group>,
    /// What too many share.
    pub crowds: Vec<Crowd>,
    /// Links that were left out because there are more than [`LINKS_MAX`].
    pub left_out: usize,
    /// By place of a node, the places of its links.
    #[serde(skip)]
    by_node: Vec<Vec<usize>>,
}

/// The linked-party view, by the usual share of an owner.
#[must_use]
pub fn view(parties: &Parties, pasts: &[Past]) -> Links {
    view_from(parties, pasts, SHARE_PPM)
}

/// The linked-party view, where an owner of this share or more, in parts per million, is a tie.
#[must_use]
pub fn view_from(parties: &Parties, pasts: &[Past], share_ppm: u32) -> Links {
    let mut found = find::Found::default();
    find::owners(&mut found, parties, share_ppm);
    find::addresses(&mut found, parties);
    find::shared(&mut found, pasts);
    find::names(&mut found, parties);
    let crowds = std::mem::take(&mut found.crowds);
    let (links, left_out) = joined(found);
    let groups = group::of(&links);
    let nodes = nodes(parties, &links, &groups);
    let mut by_node = vec![Vec::new(); nodes.len()];
    for (at, link) in links.iter().enumerate() {
        for party in [&link.a, &link.b] {
            if let Ok(node) = nodes.binary_search_by(|node| node.party.cmp(party)) {
                by_node[node].push(at);
            }
        }
    }
    Links { nodes, links, groups, crowds, left_out, by_node }
}

impl Link {
    /// The other one of the two; none: the party is neither.
    #[must_use]
    pub fn other(&self, party: &str) -> Option<&str> {
        match (self.a == party, self.b == party) {
            (true, _) => Some(&self.b),
            (_, true) => Some(&self.a),
            _ => None,
        }
    }
}

impl Links {
    /// The links of a party.
    pub fn of<'s>(&'s self, party: &'s str) -> impl Iterator<Item = &'s Link> + 's {
        let at = self.nodes.binary_search_by(|node| node.party.as_str().cmp(party)).ok();
        let links = at.and_then(|at| self.by_node.get(at)).map_or(&[][..], Vec::as_slice);
        links.iter().filter_map(|at| self.links.get(*at))
    }

    /// The link of two parties, whichever comes first.
    #[must_use]
    pub fn between(&self, one: &str, other: &str) -> Option<&Link> {
        let (a, b) = if one < other { (one, other) } else { (other, one) };
        let at = self.links.binary_search_by(|link| (link.a.as_str(), link.b.as_str()).cmp(&(a, b)));
        at.ok().and_then(|at| self.links.get(at))
    }

    /// The members of a party's group; of a party without one, only itself.
    #[must_use]
    pub fn group_of<'s>(&'s self, party: &'s str) -> Vec<&'s str> {
        let at = self.nodes.binary_search_by(|node| node.party.as_str().cmp(party)).ok();
        let group = at.and_then(|at| self.nodes[at].group).and_then(|group| self.groups.get(group));
        group.map_or_else(|| vec![party], |group| group.members.iter().map(String::as_str).collect())
    }
}

/// Ties of the same two parties together, and how many pairs were left out.
fn joined(found: find::Found) -> (Vec<Link>, usize) {
    let left_out = found.ties.len().saturating_sub(LINKS_MAX);
    let mut links: Vec<Link> = found.ties.into_iter().map(|((a, b), ties)| link(a, b, ties)).collect();
    if left_out > 0 {
        // The weightiest stay; of equals those whose names come first.
        links.sort_by(|x, y| y.score_ppm.cmp(&x.score_ppm).then_with(|| (&x.a, &x.b).cmp(&(&y.a, &y.b))));
        links.truncate(LINKS_MAX);
        links.sort_by(|x, y| (&x.a, &x.b).cmp(&(&y.a, &y.b)));
    }
    (links, left_out)
}

fn link(a: String, b: String, mut ties: Vec<Tie>) -> Link {
    ties.sort_by(|x, y| y.score_ppm.cmp(&x.score_ppm).then_with(|| x.cmp(y)));
    // One address or name is enough; forwarders, end users and owners are told one by one.
    let mut told = BTreeSet::new();
    ties.retain(|tie| told.insert((tie.kind, tie.by.clone(), tie.from)));
    // Of several ties of one kind only the heaviest counts: two forwarders are one habit.
    let mut kinds = BTreeSet::new();
    let heaviest = ties.iter().filter(|tie| kinds.insert(tie.kind));
    let apart =
        heaviest.fold(WHOLE, |apart, tie| apart * (WHOLE - u64::from(tie.score_ppm).min(WHOLE)) / WHOLE);
    Link { a, b, score_ppm: (WHOLE - apart) as u32, ties }
}

fn nodes(parties: &Parties, links: &[Link], groups: &[Group]) -> Vec<Node> {
    let mut nodes: BTreeMap<&str, Node> = BTreeMap::new();
    let empty = |party: &str| Node { party: party.to_owned(), group: None, links: 0 };
    for party in parties.keys() {
        nodes.insert(party, empty(party));
    }
    for party in links.iter().flat_map(|link| [link.a.as_str(), link.b.as_str()]) {
        nodes.entry(party).or_insert_with(|| empty(party)).links += 1;
    }
    for (at, group) in groups.iter().enumerate() {
        for member in &group.members {
            if let Some(node) = nodes.get_mut(member.as_str()) {
                node.group = Some(at);
            }
        }
    }
    nodes.into_values().collect()
}
