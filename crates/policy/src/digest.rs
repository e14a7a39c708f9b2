//! The digest of a book: the same files, the same digest.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::book::Files;

/// What the digest begins with, so that it is of a book and of nothing else.
const DOMAIN: &[u8] = b"lightcone-rule-book-files/1\n";

/// Lower-case SHA-256, 64 digits, over the files by path: of each the length of the path as eight bytes, big end first,
/// the path, the length of the content, the content.
#[must_use]
pub fn of(files: &Files) -> String {
    let mut hash = Sha256::new_with_prefix(DOMAIN);
    for (path, content) in files {
        for part in [path, content] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
    }
    let digest = hash.finalize();
    digest.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a text does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(files: &[(&str, &str)]) -> Files {
        files.iter().map(|(path, content)| ((*path).to_owned(), (*content).to_owned())).collect()
    }

    #[test]
    fn every_byte_and_every_border_counts() {
        let all = [
            files(&[]),
            files(&[("a", "")]),
            files(&[("", "a")]),
            files(&[("a", "b")]),
            files(&[("ab", "")]),
            files(&[("a", "bc")]),
            files(&[("ab", "c")]),
            files(&[("a", "b"), ("c", "")]),
            files(&[("a", ""), ("b", "c")]),
        ];
        let digests: std::collections::BTreeSet<_> = all.iter().map(of).collect();
        assert_eq!(digests.len(), all.len());
        assert!(digests.iter().all(|digest| digest.len() == 64));
    }

    #[test]
    fn the_order_in_which_files_come_does_not_count() {
        assert_eq!(of(&files(&[("a", "1"), ("b", "2")])), of(&files(&[("b", "2"), ("a", "1")])));
    }
}
