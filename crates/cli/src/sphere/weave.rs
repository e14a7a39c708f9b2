//! Cut loops joined along the edge that cut them.

/// A stretch of a loop from where it enters a frame to where it leaves it, the set on its left.
#[derive(Clone, Debug)]
pub(crate) struct Piece<P> {
    /// Points in order, both ends on the frame.
    pub(crate) points: Vec<P>,
    /// Where on the frame it begins, counted against the clock.
    pub(crate) enters: f64,
    /// Where on the frame it ends.
    pub(crate) leaves: f64,
}

/// Joins pieces to rings: from where one leaves, along the frame against the clock, to where the next one
/// enters. `walk` gives the frame's points between two places on it; `turn` is the length of the frame.
pub(crate) fn weave<P>(pieces: Vec<Piece<P>>, turn: f64, walk: impl Fn(f64, f64) -> Vec<P>) -> Vec<Vec<P>> {
    let mut open: Vec<Option<Piece<P>>> = pieces.into_iter().map(Some).collect();
    let entries: Vec<f64> = open.iter().flatten().map(|piece| piece.enters).collect();
    let mut rings = Vec::new();
    for first in 0..open.len() {
        let mut ring = Vec::new();
        let mut current = first;
        while let Some(piece) = open[current].take() {
            ring.extend(piece.points);
            let ahead = |index: usize| (entries[index] - piece.leaves).rem_euclid(turn);
            let candidates = (0..open.len()).filter(|&index| index == first || open[index].is_some());
            let Some(next) = candidates.min_by(|&a, &b| ahead(a).total_cmp(&ahead(b))) else { break };
            ring.extend(walk(piece.leaves, piece.leaves + ahead(next)));
            current = next;
        }
        if !ring.is_empty() {
            rings.push(ring);
        }
    }
    rings
}
