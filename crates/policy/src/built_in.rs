//! The book that comes with the program.

use crate::book::{Book, Files};
use crate::fault::Fault;

/// Its files: every file of the folder `rules`, which a test holds to.
const FILES: [(&str, &str); 63] = [
    ("book.toml", include_str!("../rules/book.toml")),
    ("chips.toml", include_str!("../rules/chips.toml")),
    ("cn/C2.toml", include_str!("../rules/cn/C2.toml")),
    ("examples/a800.toml", include_str!("../rules/examples/a800.toml")),
    ("examples/affiliates.toml", include_str!("../rules/examples/affiliates.toml")),
    ("examples/affiliates_below.toml", include_str!("../rules/examples/affiliates_below.toml")),
    ("examples/b200.toml", include_str!("../rules/examples/b200.toml")),
    ("examples/cambodia.toml", include_str!("../rules/examples/cambodia.toml")),
    ("examples/cambodia_direct.toml", include_str!("../rules/examples/cambodia_direct.toml")),
    ("examples/diffusion.toml", include_str!("../rules/examples/diffusion.toml")),
    ("examples/diffusion_small.toml", include_str!("../rules/examples/diffusion_small.toml")),
    ("examples/diffusion_small_over.toml", include_str!("../rules/examples/diffusion_small_over.toml")),
    ("examples/h20.toml", include_str!("../rules/examples/h20.toml")),
    ("examples/h200.toml", include_str!("../rules/examples/h200.toml")),
    ("examples/h200_cap.toml", include_str!("../rules/examples/h200_cap.toml")),
    ("examples/h200_reexport.toml", include_str!("../rules/examples/h200_reexport.toml")),
    ("examples/h20_to_china.toml", include_str!("../rules/examples/h20_to_china.toml")),
    ("examples/h20_window.toml", include_str!("../rules/examples/h20_window.toml")),
    ("examples/hong_kong.toml", include_str!("../rules/examples/hong_kong.toml")),
    ("examples/johor.toml", include_str!("../rules/examples/johor.toml")),
    ("examples/johor_china.toml", include_str!("../rules/examples/johor_china.toml")),
    ("examples/l40_no_notice.toml", include_str!("../rules/examples/l40_no_notice.toml")),
    ("examples/l40_notice.toml", include_str!("../rules/examples/l40_notice.toml")),
    ("examples/l40_open.toml", include_str!("../rules/examples/l40_open.toml")),
    ("examples/parent_in_china.toml", include_str!("../rules/examples/parent_in_china.toml")),
    ("examples/place_open.toml", include_str!("../rules/examples/place_open.toml")),
    ("examples/rtx_4090d.toml", include_str!("../rules/examples/rtx_4090d.toml")),
    ("examples/singapore_malaysia.toml", include_str!("../rules/examples/singapore_malaysia.toml")),
    ("examples/singapore_owners.toml", include_str!("../rules/examples/singapore_owners.toml")),
    ("examples/singapore_site.toml", include_str!("../rules/examples/singapore_site.toml")),
    ("examples/uae.toml", include_str!("../rules/examples/uae.toml")),
    ("examples/uae_validated.toml", include_str!("../rules/examples/uae_validated.toml")),
    ("flags.toml", include_str!("../rules/flags.toml")),
    ("groups/A5.toml", include_str!("../rules/groups/A5.toml")),
    ("groups/A6.toml", include_str!("../rules/groups/A6.toml")),
    ("groups/D1.toml", include_str!("../rules/groups/D1.toml")),
    ("groups/D3.toml", include_str!("../rules/groups/D3.toml")),
    ("groups/D4.toml", include_str!("../rules/groups/D4.toml")),
    ("groups/D5.toml", include_str!("../rules/groups/D5.toml")),
    ("groups/E1.toml", include_str!("../rules/groups/E1.toml")),
    ("groups/E2.toml", include_str!("../rules/groups/E2.toml")),
    ("groups/treated_as.toml", include_str!("../rules/groups/treated_as.toml")),
    ("my/C1.toml", include_str!("../rules/my/C1.toml")),
    ("us/B1.toml", include_str!("../rules/us/B1.toml")),
    ("us/B2.toml", include_str!("../rules/us/B2.toml")),
    ("us/G01.toml", include_str!("../rules/us/G01.toml")),
    ("us/P01.toml", include_str!("../rules/us/P01.toml")),
    ("us/P02.toml", include_str!("../rules/us/P02.toml")),
    ("us/P03.toml", include_str!("../rules/us/P03.toml")),
    ("us/P04.toml", include_str!("../rules/us/P04.toml")),
    ("us/P05.toml", include_str!("../rules/us/P05.toml")),
    ("us/P06.toml", include_str!("../rules/us/P06.toml")),
    ("us/P07.toml", include_str!("../rules/us/P07.toml")),
    ("us/P08.toml", include_str!("../rules/us/P08.toml")),
    ("us/P09.toml", include_str!("../rules/us/P09.toml")),
    ("us/P10.toml", include_str!("../rules/us/P10.toml")),
    ("us/P11.toml", include_str!("../rules/us/P11.toml")),
    ("us/P12.toml", include_str!("../rules/us/P12.toml")),
    ("us/P13.toml", include_str!("../rules/us/P13.toml")),
    ("us/P14.toml", include_str!("../rules/us/P14.toml")),
    ("us/P15.toml", include_str!("../rules/us/P15.toml")),
    ("us/P16.toml", include_str!("../rules/us/P16.toml")),
    ("watch.toml", include_str!("../rules/watch.toml")),
];

/// The files of the built-in book by path.
#[must_use]
pub fn files() -> Files {
    FILES.iter().map(|(path, content)| ((*path).to_owned(), (*content).to_owned())).collect()
}

impl Book {
    /// Reads the built-in book.
    ///
    /// # Errors
    /// None that a test did not find before.
    pub fn built_in() -> Result<Self, Vec<Fault>> {
        Self::read(&files())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    use super::*;

    #[test]
    fn no_file_of_the_folder_is_missing_and_none_is_too_many() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
        let mut folders = vec![root.clone()];
        let mut found = BTreeSet::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("the folder is there") {
                let path: PathBuf = entry.expect("it can be listed").path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let path = path.strip_prefix(&root).expect("it is below").to_string_lossy().into_owned();
                    found.insert(path);
                }
            }
        }
        assert_eq!(found, files().into_keys().collect());
    }

    #[test]
    fn it_reads_and_its_groups_have_no_known_error() {
        let book = Book::built_in().unwrap_or_else(|faults| {
            panic!("{}", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
        });
        assert_eq!(book.check_groups(), []);
    }

    #[test]
    fn its_lines_are_short_enough_to_read() {
        for (path, content) in files() {
            let long = content.lines().position(|line| line.chars().count() > 120);
            assert_eq!(long, None, "{path}");
        }
    }
}
