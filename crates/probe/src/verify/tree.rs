//! A Merkle tree (RFC 6962, section 2.1, with SHA-256) over a report's samples: who keeps the root can be shown any
//! sample later and know that it was in the report.

use sha2::{Digest, Sha256};

/// The most leaves: 2^8 samples and the one root above them.
const LEVELS: usize = 17;

/// A hash of the tree.
pub type Hash = [u8; 32];

/// The root over all leaves; that of no leaf is the hash of nothing.
pub fn root<'a>(leaves: impl IntoIterator<Item = &'a [u8]>) -> Hash {
    let mut peaks = [[0; 32]; LEVELS];
    let (mut depth, mut count) = (0, 0_u32);
    for bytes in leaves.into_iter().take(1 << (LEVELS - 1)) {
        let mut hash = leaf(bytes);
        // As many complete trees end here as the count so far has ones at its end.
        for _ in 0..count.trailing_ones() {
            depth -= 1;
            hash = node(&peaks[depth], &hash);
        }
        peaks[depth] = hash;
        depth += 1;
        count += 1;
    }
    let peaks = &peaks[..depth];
    match peaks.split_last() {
        Some((last, rest)) => rest.iter().rev().fold(*last, |right, left| node(left, &right)),
        None => Sha256::digest([]).into(),
    }
}

/// The hashes beside the way from leaf `index` to the root, from below. Empty as well when there is no such leaf.
#[must_use]
pub fn path(leaves: &[&[u8]], index: usize) -> Vec<Hash> {
    if leaves.len() < 2 || index >= leaves.len() {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut path, beside) = if index < left.len() {
        (self::path(left, index), right)
    } else {
        (self::path(right, index - left.len()), left)
    };
    path.push(root(beside.iter().copied()));
    path
}

/// Whether `leaf_bytes` is leaf `index` of the `count` leaves below `root`.
#[must_use]
pub fn holds(root: &Hash, count: usize, index: usize, leaf_bytes: &[u8], path: &[Hash]) -> bool {
    index < count && climb(count, index, leaf(leaf_bytes), path).is_some_and(|found| found == *root)
}

fn climb(count: usize, index: usize, leaf: Hash, path: &[Hash]) -> Option<Hash> {
    if count == 1 {
        return path.is_empty().then_some(leaf);
    }
    let (beside, below) = path.split_last()?;
    let left = split(count);
    if index < left {
        Some(node(&climb(left, index, leaf, below)?, beside))
    } else {
        Some(node(beside, &climb(count - left, index - left, leaf, below)?))
    }
}

/// The largest power of two below `count`, which is at least 2.
fn split(count: usize) -> usize {
    1 << (count - 1).ilog2()
}

fn leaf(bytes: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(bytes).finalize().into()
}

fn node(left: &Hash, right: &Hash) -> Hash {
    let mut bytes = [1; 65];
    bytes[1..33].copy_from_slice(left);
    bytes[33..].copy_from_slice(right);
    Sha256::digest(bytes).into()
}
