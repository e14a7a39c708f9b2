//! Groups: what hangs together by links that bind.

use std::collections::BTreeMap;

use super::{BINDS_PPM, Group, Link};

/// Connected components over links of at least [`BINDS_PPM`], by their first member.
pub(super) fn of(links: &[Link]) -> Vec<Group> {
    let binding: Vec<&Link> = links.iter().filter(|link| link.score_ppm >= BINDS_PPM).collect();
    let mut names: Vec<&str> = binding.iter().flat_map(|link| [link.a.as_str(), link.b.as_str()]).collect();
    names.sort_unstable();
    names.dedup();
    let place = |name: &str| names.binary_search(&name).unwrap_or(0);
    let mut roots: Vec<usize> = (0..names.len()).collect();
    for link in &binding {
        let (a, b) = (root(&mut roots, place(&link.a)), root(&mut roots, place(&link.b)));
        // The smaller name is the root, so groups come out by their first member.
        roots[a.max(b)] = a.min(b);
    }
    let mut groups: BTreeMap<usize, Group> = BTreeMap::new();
    for (at, name) in names.iter().enumerate() {
        let empty = || Group { members: Vec::new(), weakest_ppm: u32::MAX };
        groups.entry(root(&mut roots, at)).or_insert_with(empty).members.push((*name).to_owned());
    }
    // The surest links hold a group together first: what the last of them weighs is how sure it is.
    for (root, weakest) in weakest(&binding, &names, &mut roots) {
        if let Some(group) = groups.get_mut(&root) {
            group.weakest_ppm = weakest;
        }
    }
    groups.into_values().collect()
}

/// The weakest link of a spanning tree of the weightiest links, by group.
fn weakest(binding: &[&Link], names: &[&str], groups: &mut [usize]) -> BTreeMap<usize, u32> {
    let mut order: Vec<&&Link> = binding.iter().collect();
    order.sort_by(|x, y| y.score_ppm.cmp(&x.score_ppm).then_with(|| (&x.a, &x.b).cmp(&(&y.a, &y.b))));
    let place = |name: &str| names.binary_search(&name).unwrap_or(0);
    let mut roots: Vec<usize> = (0..names.len()).collect();
    let mut weakest = BTreeMap::new();
    for link in order {
        let (a, b) = (root(&mut roots, place(&link.a)), root(&mut roots, place(&link.b)));
        if a != b {
            roots[a.max(b)] = a.min(b);
            weakest.insert(root(groups, a), link.score_ppm);
        }
    }
    weakest
}

/// The root of a member, with paths halved on the way.
fn root(roots: &mut [usize], mut at: usize) -> usize {
    while roots[at] != at {
        roots[at] = roots[roots[at]];
        at = roots[at];
    }
    at
}
