//! Least vertex covers of small graphs.

use alloc::vec;
use alloc::vec::Vec;
use core::cell::Cell;

use crate::stop::Stopped;

/// All searches of an audit together may look at so many neighbours: less than a second.
const WORK_MAX: usize = 100_000_000;

/// What searches may still do, and whether anyone waits for them.
pub(super) struct Budget<'a> {
    left: Cell<usize>,
    stop: &'a dyn Fn() -> bool,
}

impl<'a> Budget<'a> {
    pub(super) fn new(stop: &'a dyn Fn() -> bool) -> Self {
        Self { left: Cell::new(WORK_MAX), stop }
    }

    fn spend(&self, work: usize) -> Result<(), NoCover> {
        if (self.stop)() {
            return Err(NoCover::Stopped(Stopped));
        }
        self.left.set(self.left.get().checked_sub(work).ok_or(NoCover::GaveUp)?);
        Ok(())
    }
}

/// A graph of vertices from zero.
#[derive(Clone, Debug)]
pub(super) struct Graph {
    neighbours: Vec<Vec<u32>>,
}

/// Why there is no least cover.
pub(super) enum NoCover {
    /// The graph is too tangled.
    GaveUp,
    /// The work was called off.
    Stopped(Stopped),
}

impl Graph {
    pub(super) fn of(vertices: usize, edges: impl Iterator<Item = (u32, u32)>) -> Self {
        let mut neighbours = vec![Vec::new(); vertices];
        for (a, b) in edges {
            neighbours[a as usize].push(b);
            neighbours[b as usize].push(a);
        }
        for list in &mut neighbours {
            list.sort_unstable();
            list.dedup();
        }
        Self { neighbours }
    }

    pub(super) fn neighbours(&self, vertex: u32) -> &[u32] {
        &self.neighbours[vertex as usize]
    }

    /// The connected parts that have an edge, each with its vertices in order.
    pub(super) fn parts(&self) -> Vec<Vec<u32>> {
        let mut seen = vec![false; self.neighbours.len()];
        let mut parts = Vec::new();
        for start in 0..self.neighbours.len() as u32 {
            if seen[start as usize] || self.neighbours(start).is_empty() {
                continue;
            }
            let (mut part, mut next) = (vec![start], 0);
            seen[start as usize] = true;
            while next < part.len() {
                for &other in self.neighbours(part[next]) {
                    if !core::mem::replace(&mut seen[other as usize], true) {
                        part.push(other);
                    }
                }
                next += 1;
            }
            part.sort_unstable();
            parts.push(part);
        }
        parts
    }

    /// The size of a least cover of one part, when the vertices `out` are taken away beforehand.
    pub(super) fn least_cover(&self, part: &[u32], out: &[u32], budget: &Budget<'_>) -> Result<u32, NoCover> {
        let mut alive = vec![false; self.neighbours.len()];
        part.iter().for_each(|vertex| alive[*vertex as usize] = true);
        out.iter().for_each(|vertex| alive[*vertex as usize] = false);
        let mut search = Search { graph: self, part, alive, best: part.len() as u32, budget };
        search.branch(0)?;
        Ok(search.best)
    }

    /// A number that no cover of a part can go below: the edges of a greedy matching.
    pub(super) fn matching(&self, part: &[u32]) -> u32 {
        let mut matched = vec![false; self.neighbours.len()];
        let mut count = 0;
        for &vertex in part {
            let free = self.neighbours(vertex).iter().find(|other| !matched[**other as usize]);
            if let (false, Some(&other)) = (matched[vertex as usize], free) {
                matched[vertex as usize] = true;
                matched[other as usize] = true;
                count += 1;
            }
        }
        count
    }
}

/// Branch and bound: the busiest vertex is in the cover, or all its neighbours are.
struct Search<'a> {
    graph: &'a Graph,
    part: &'a [u32],
    alive: Vec<bool>,
    best: u32,
    budget: &'a Budget<'a>,
}

impl Search<'_> {
    fn branch(&mut self, taken: u32) -> Result<(), NoCover> {
        // A step looks at every neighbour of every vertex.
        self.budget.spend(self.part.iter().map(|&vertex| 1 + self.graph.neighbours(vertex).len()).sum())?;
        let busiest = self
            .part
            .iter()
            .map(|&vertex| (self.degree(vertex), vertex))
            .max_by_key(|&(degree, vertex)| (degree, core::cmp::Reverse(vertex)));
        let Some((degree @ 1.., vertex)) = busiest else {
            self.best = self.best.min(taken);
            return Ok(());
        };
        let edges: u32 = self.part.iter().map(|&vertex| self.degree(vertex)).sum::<u32>() / 2;
        if taken + edges.div_ceil(degree) >= self.best {
            return Ok(()); // even the busiest vertices could not cover the rest in time
        }
        self.without(&[vertex], taken + 1)?;
        let neighbours: Vec<u32> = self
            .graph
            .neighbours(vertex)
            .iter()
            .copied()
            .filter(|other| self.alive[*other as usize])
            .collect();
        if degree > 1 {
            self.without(&neighbours, taken + degree)?;
        }
        Ok(())
    }

    fn without(&mut self, vertices: &[u32], taken: u32) -> Result<(), NoCover> {
        vertices.iter().for_each(|vertex| self.alive[*vertex as usize] = false);
        let result = self.branch(taken);
        vertices.iter().for_each(|vertex| self.alive[*vertex as usize] = true);
        result
    }

    fn degree(&self, vertex: u32) -> u32 {
        if !self.alive[vertex as usize] {
            return 0;
        }
        self.graph.neighbours(vertex).iter().filter(|other| self.alive[**other as usize]).count() as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn least(vertices: usize, edges: &[(u32, u32)]) -> Option<u32> {
        let graph = Graph::of(vertices, edges.iter().copied());
        graph.parts().iter().map(|part| graph.least_cover(part, &[], &Budget::new(&|| false)).ok()).sum()
    }

    #[test]
    fn small_graphs_have_their_known_covers() {
        assert_eq!(least(3, &[]), Some(0));
        assert_eq!(least(2, &[(0, 1)]), Some(1));
        assert_eq!(least(4, &[(0, 1), (0, 2), (0, 3)]), Some(1), "a star");
        assert_eq!(least(3, &[(0, 1), (1, 2), (0, 2)]), Some(2), "a triangle");
        assert_eq!(least(5, &[(0, 1), (1, 2), (2, 3), (3, 4), (4, 0)]), Some(3), "a ring of five");
        assert_eq!(least(6, &[(0, 1), (2, 3), (4, 5)]), Some(3), "three pairs");
    }

    #[test]
    fn random_graphs_agree_with_trying_every_set() {
        let mut state = 1u32;
        for _ in 0..300 {
            let mut edges = Vec::new();
            for a in 0..9u32 {
                for b in a + 1..9 {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    if state >> 30 == 0 {
                        edges.push((a, b));
                    }
                }
            }
            let covers = |set: u32| edges.iter().all(|&(a, b)| set >> a & 1 == 1 || set >> b & 1 == 1);
            let brute = (0..512u32).filter(|set| covers(*set)).map(u32::count_ones).min();
            assert_eq!(least(9, &edges), brute, "{edges:?}");
        }
    }
}
