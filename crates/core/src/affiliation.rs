//! Who could make a landmark lie, and so which landmarks could lie together.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

/// Whose hands a landmark is in, as the authority that enrolled it vouches. What is empty or 0 is not stated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Affiliation {
    /// Who runs it.
    pub operator: String,
    /// Where it stands.
    pub site: String,
    /// Who has the keys of the room; empty: its operator.
    pub custodian: String,
    /// Whose machine or rack it is; empty: its operator's own.
    pub hosting_provider: String,
    /// The autonomous system that carries its traffic.
    pub network_asn: u32,
    /// The host on which it is a virtual machine; empty: it is a machine.
    pub virtual_host: String,
}

/// A landmark with its affiliation.
#[derive(Clone, Copy, Debug)]
pub struct Affiliated<'a> {
    /// Its name: a virtual landmark may have another for its host.
    pub name: &'a str,
    /// What its trust group is called while nobody else is in it: its operator, or a group that was stated for it.
    pub group: &'a str,
    /// Whose hands it is in.
    pub affiliation: &'a Affiliation,
    /// Whether an authority vouched for name and affiliation; else only its operator is known.
    pub is_vouched: bool,
}

impl Affiliation {
    /// Who has the keys of the room.
    #[must_use]
    pub fn keeper(&self) -> &str {
        if self.custodian.is_empty() { &self.operator } else { &self.custodian }
    }

    /// Whether one of that name runs it, houses it or has the keys of its room.
    #[must_use]
    pub fn is_in_hands_of(&self, name: &str) -> bool {
        [&self.operator, &self.custodian, &self.hosting_provider].into_iter().any(|own| is_same(own, name))
    }
}

/// Whether two names mean the same: capitals and spaces make no other of anybody.
#[must_use]
pub fn is_same(one: &str, other: &str) -> bool {
    !one.trim().is_empty() && folded(one) == folded(other)
}

/// What landmarks can have in common. Operators, custodians and hosting providers are of one kind: who runs one
/// landmark and has the key to another's room can make both lie.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Tie {
    Party(String),
    Site(String),
    Network(u32),
    Host(String),
    Name(String),
}

/// The trust group of each of some landmarks: those that have anything in common, and whoever has anything in common
/// with one of those, are one group. A group is called by the first of its members' own group names, in the order of
/// their bytes: the same whatever order they come in.
#[must_use]
pub fn groups<'a>(landmarks: &[Affiliated<'a>]) -> Vec<&'a str> {
    let mut sets = Sets::default();
    let roots: Vec<usize> = landmarks.iter().map(|landmark| sets.enter(landmark)).collect();
    let roots: Vec<usize> = roots.into_iter().map(|node| sets.root(node)).collect();
    let mut names: BTreeMap<usize, &str> = BTreeMap::new();
    for (root, landmark) in roots.iter().zip(landmarks) {
        let name = names.entry(*root).or_insert(landmark.group);
        *name = (*name).min(landmark.group);
    }
    let name =
        |(root, landmark): (&usize, &Affiliated<'a>)| names.get(root).copied().unwrap_or(landmark.group);
    roots.iter().zip(landmarks).map(name).collect()
}

/// Disjoint sets of landmarks and of what they have in common.
#[derive(Default)]
struct Sets {
    /// Another node of the same set, nearer to its root; a root has itself.
    above: Vec<usize>,
    nodes: BTreeMap<Tie, usize>,
}

impl Sets {
    /// Enters a landmark, and gives its node.
    fn enter(&mut self, landmark: &Affiliated<'_>) -> usize {
        let Affiliation { operator, site, custodian, hosting_provider, network_asn, virtual_host } =
            landmark.affiliation;
        let node = self.node();
        for party in [landmark.group, operator, custodian, hosting_provider] {
            self.tie(node, Tie::Party, party);
        }
        self.tie(node, Tie::Site, site);
        // A host is called as the authority calls it. What nobody vouched for could be called so to tie others.
        if landmark.is_vouched {
            self.tie(node, Tie::Name, landmark.name);
        }
        if *network_asn != 0 {
            let network = self.node_of(Tie::Network(*network_asn));
            self.join(node, network);
        }
        // Its host may be known as a site, as a landmark, or by others that are virtual on it.
        for kind in [Tie::Host, Tie::Site, Tie::Name] {
            self.tie(node, kind, virtual_host);
        }
        node
    }

    fn tie(&mut self, node: usize, kind: fn(String) -> Tie, name: &str) {
        let name = folded(name);
        if !name.is_empty() {
            let other = self.node_of(kind(name));
            self.join(node, other);
        }
    }

    fn node(&mut self) -> usize {
        self.above.push(self.above.len());
        self.above.len() - 1
    }

    fn node_of(&mut self, tie: Tie) -> usize {
        if let Some(node) = self.nodes.get(&tie) {
            return *node;
        }
        let node = self.node();
        self.nodes.insert(tie, node);
        node
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        self.above[one] = other;
    }

    /// The root of a node's set; the way there is halved for the next who asks.
    fn root(&mut self, mut node: usize) -> usize {
        while self.above[node] != node {
            self.above[node] = self.above[self.above[node]];
            node = self.above[node];
        }
        node
    }
}

/// A name without what makes no other of anybody.
fn folded(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    for word in name.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.extend(word.chars().flat_map(char::to_lowercase));
    }
    folded
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn run_by(operator: &str) -> Affiliation {
        Affiliation { operator: operator.into(), ..Affiliation::default() }
    }

    /// The groups of landmarks that are called `l0`, `l1` and so on.
    fn grouped(affiliations: &[Affiliation]) -> Vec<String> {
        let names: Vec<String> = (0..affiliations.len()).map(|at| format!("l{at}")).collect();
        let landmarks: Vec<Affiliated<'_>> = names
            .iter()
            .zip(affiliations)
            .map(|(name, affiliation)| Affiliated {
                name,
                group: &affiliation.operator,
                affiliation,
                is_vouched: true,
            })
            .collect();
        groups(&landmarks).into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn each_thing_in_common_makes_one_group() {
        let (a, b) = (run_by("a"), run_by("b"));
        assert_eq!(grouped(&[a.clone(), b.clone()]), ["a", "b"]);
        assert_eq!(grouped(&[a.clone(), a.clone()]), ["a", "a"]);
        let pairs: [fn(&mut Affiliation); 5] = [
            |it| it.site = "Jurong 2".into(),
            |it| it.custodian = "Locks & Sons".into(),
            |it| it.hosting_provider = "Racks".into(),
            |it| it.network_asn = 64_500,
            |it| it.virtual_host = "host-7".into(),
        ];
        for change in pairs {
            let (mut one, mut other) = (a.clone(), b.clone());
            change(&mut one);
            assert_eq!(grouped(&[one.clone(), other.clone()]), ["a", "b"], "{one:?}");
            change(&mut other);
            assert_eq!(grouped(&[one.clone(), other]), ["a", "a"], "{one:?}");
        }
    }

    #[test]
    fn who_keeps_or_houses_one_and_runs_another_has_both() {
        let kept = Affiliation { custodian: "b".into(), ..run_by("a") };
        assert_eq!(grouped(&[kept, run_by("b")]), ["a", "a"]);
        let housed = Affiliation { hosting_provider: "b".into(), ..run_by("c") };
        assert_eq!(grouped(&[housed, run_by("b")]), ["b", "b"]);
    }

    #[test]
    fn a_site_is_not_an_operator_of_that_name() {
        let at = Affiliation { site: "b".into(), ..run_by("a") };
        assert_eq!(grouped(&[at, run_by("b")]), ["a", "b"]);
    }

    #[test]
    fn a_virtual_landmark_is_of_the_group_of_its_host() {
        let on = |host: &str| Affiliation { virtual_host: host.into(), ..run_by("v") };
        let at = Affiliation { site: "hall".into(), ..run_by("a") };
        assert_eq!(grouped(&[on("hall"), at]), ["a", "a"]);
        assert_eq!(grouped(&[run_by("a"), on("l0")]), ["a", "a"]);
        assert_eq!(grouped(&[run_by("a"), on("elsewhere")]), ["a", "v"]);
    }

    #[test]
    fn capitals_and_spaces_make_no_other_of_anybody() {
        assert_eq!(grouped(&[run_by("Straits  Timing"), run_by(" straits timing")]), [" straits timing"; 2]);
        assert!(is_same("Ä B", "ä  b ") && !is_same("a", "b") && !is_same("", " "));
    }

    #[test]
    fn a_third_makes_one_group_of_two() {
        let a = Affiliation { site: "x".into(), ..run_by("a") };
        let b = Affiliation { network_asn: 7, ..run_by("b") };
        assert_eq!(grouped(&[a.clone(), b.clone()]), ["a", "b"]);
        let bridge = Affiliation { site: "x".into(), network_asn: 7, ..run_by("c") };
        assert_eq!(grouped(&[a, b, bridge]), ["a", "a", "a"]);
    }

    fn affiliation() -> impl Strategy<Value = Affiliation> {
        let name = |prefix: &'static str| {
            (0..12_u8).prop_map(move |n| match n {
                0..6 => String::new(),
                n => format!("{prefix}{n}"),
            })
        };
        let operator = (0..20_u8).prop_map(|n| format!("p{n}"));
        (operator, name("s"), name("p"), name("p"), 0..9_u32, name("l")).prop_map(
            |(operator, site, custodian, hosting_provider, network_asn, virtual_host)| Affiliation {
                operator,
                site,
                custodian,
                hosting_provider,
                network_asn,
                virtual_host,
            },
        )
    }

    /// Whether two have something in common themselves, said in another way than above.
    fn have_in_common(
        (one_name, one): (&str, &Affiliation),
        (other_name, other): (&str, &Affiliation),
    ) -> bool {
        let parties = |it: &Affiliation| {
            [it.operator.clone(), it.custodian.clone(), it.hosting_provider.clone()]
                .into_iter()
                .filter(|name| !name.is_empty())
                .collect::<Vec<_>>()
        };
        let is_on = |virtual_one: &Affiliation, host_name: &str, host: &Affiliation| {
            let on = &virtual_one.virtual_host;
            !on.is_empty() && (*on == host.virtual_host || *on == host.site || on == host_name)
        };
        parties(one).iter().any(|party| parties(other).contains(party))
            || (!one.site.is_empty() && one.site == other.site)
            || (one.network_asn != 0 && one.network_asn == other.network_asn)
            || is_on(one, other_name, other)
            || is_on(other, one_name, one)
    }

    proptest! {
        #[test]
        fn groups_are_what_is_reached_by_things_in_common(all in prop::collection::vec(affiliation(), 0..14)) {
            let groups = grouped(&all);
            let names: Vec<String> = (0..all.len()).map(|at| format!("l{at}")).collect();
            let mut reached: Vec<usize> = (0..all.len()).collect();
            for _ in 0..all.len() {
                for one in 0..all.len() {
                    for other in 0..all.len() {
                        if have_in_common((&names[one], &all[one]), (&names[other], &all[other])) {
                            let least = reached[one].min(reached[other]);
                            (reached[one], reached[other]) = (least, least);
                        }
                    }
                }
            }
            for one in 0..all.len() {
                for other in 0..all.len() {
                    prop_assert_eq!(groups[one] == groups[other], reached[one] == reached[other]);
                }
            }
        }

        #[test]
        fn the_order_does_not_matter(
            all in prop::collection::vec(affiliation(), 1..14), seed in any::<prop::sample::Index>(),
        ) {
            let names: Vec<String> = (0..all.len()).map(|at| format!("l{at}")).collect();
            let mut landmarks: Vec<Affiliated<'_>> = names.iter().zip(&all)
                .map(|(name, affiliation)| Affiliated { name, group: &affiliation.operator, affiliation, is_vouched: true })
                .collect();
            let by_name = |landmarks: &[Affiliated<'_>]| -> BTreeMap<String, String> {
                let names = landmarks.iter().map(|landmark| landmark.name.to_owned());
                names.zip(groups(landmarks).into_iter().map(str::to_owned)).collect()
            };
            let before = by_name(&landmarks);
            landmarks.rotate_left(seed.index(all.len()));
            prop_assert_eq!(&by_name(&landmarks), &before);
            landmarks.reverse();
            prop_assert_eq!(&by_name(&landmarks), &before);
        }

        #[test]
        fn another_landmark_merges_groups_and_splits_none(
            all in prop::collection::vec(affiliation(), 1..14), another in affiliation(),
        ) {
            let before = grouped(&all);
            let after = grouped(&[all.clone(), vec![another]].concat());
            for one in 0..all.len() {
                for other in 0..all.len() {
                    prop_assert!(before[one] != before[other] || after[one] == after[other]);
                }
            }
        }
    }
}
