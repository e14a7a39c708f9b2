//! Names of parties: when two are written alike, and why. A likeness is a lead and never a finding: no rule is applied
//! to a party because of its name.

use serde::{Deserialize, Serialize};

use crate::fold::fold;

/// The least likeness that is told, in parts per million.
pub const LIKE_MIN_PPM: u32 = 920_000;
/// Shorter names, in letters without spaces, are the same or not: one letter changes all of them.
pub const SHORT_MAX: usize = 4;

const WHOLE: u32 = 1_000_000;
const ORDER: u32 = 990_000;
const SPACES: u32 = 980_000;
const LOOKS: u32 = 970_000;

/// Words at the end of a name that say what kind of company it is.
const FORMS: [&str; 44] = [
    "ab",
    "ag",
    "and co",
    "as",
    "asa",
    "berhad",
    "bhd",
    "bv",
    "co",
    "company",
    "corp",
    "corporation",
    "dmcc",
    "fze",
    "fzco",
    "gmbh",
    "inc",
    "incorporated",
    "jsc",
    "kg",
    "kk",
    "limited",
    "llc",
    "llp",
    "lp",
    "ltd",
    "nv",
    "ojsc",
    "ooo",
    "oy",
    "oyj",
    "pjsc",
    "plc",
    "private",
    "pte",
    "pty",
    "pvt",
    "sa",
    "sarl",
    "sas",
    "sdn",
    "se",
    "spa",
    "srl",
];
/// The same, of names that part no words; at either end.
const EAST_ASIAN_FORMS: [&str; 9] = [
    "股份有限公司",
    "有限责任公司",
    "有限責任公司",
    "有限公司",
    "株式会社",
    "合同会社",
    "有限会社",
    "주식회사",
    "유한회사",
];

/// A name as it is compared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name {
    /// Its words, without what says the kind of company; never without a word unless the name has none.
    words: Vec<String>,
    /// The words together.
    compact: String,
    /// The same, where letters of other alphabets that look the same are the same.
    looks: String,
}

/// How alike two names are, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Likeness {
    /// From 0, nothing in common, to 1,000,000, the same as far as names are compared.
    pub score_ppm: u32,
    /// Why, in plain words.
    pub why: String,
}

impl Name {
    /// A name, folded, without what says the kind of company.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let folded = fold(text);
        let mut words: Vec<String> = folded.split(' ').filter(|word| !word.is_empty()).map(bare).collect();
        words.retain(|word| !word.is_empty());
        while words.len() > 1 && words.last().is_some_and(|word| FORMS.contains(&word.as_str())) {
            words.pop();
            while words.len() > 1 && words.last().is_some_and(|word| word == "and") {
                words.pop();
            }
        }
        let compact = words.concat();
        let looks = unicode_security::skeleton(&compact).collect();
        Self { words, compact, looks }
    }

    /// Its words.
    #[must_use]
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// Its words without spaces: what names are sorted by.
    #[must_use]
    pub fn compact(&self) -> &str {
        &self.compact
    }

    /// Whether it has no letter or digit.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.compact.is_empty()
    }

    /// What it looks like: letters of other alphabets that look the same are the same.
    #[must_use]
    pub fn looks(&self) -> &str {
        &self.looks
    }

    /// How alike two names are.
    #[must_use]
    pub fn likeness(&self, other: &Self) -> Likeness {
        let told = |score_ppm, why: &str| Likeness { score_ppm, why: why.to_owned() };
        if self.is_empty() || other.is_empty() {
            return told(0, "a name has no letters");
        }
        if self.words == other.words {
            return told(WHOLE, "the same name but for case, punctuation and kind of company");
        }
        if self.compact.len() == other.compact.len() && sorted(&self.words) == sorted(&other.words) {
            return told(ORDER, "the same words in another order");
        }
        if self.compact == other.compact {
            return told(SPACES, "the same letters, parted into words in another way");
        }
        if self.looks == other.looks {
            return told(LOOKS, "written with other letters that look the same");
        }
        self.spelled(other)
    }

    /// How alike two names are that differ in letters: by Jaro and Winkler.
    fn spelled(&self, other: &Self) -> Likeness {
        let short = |name: &Self| name.compact.chars().count() <= SHORT_MAX;
        if short(self) || short(other) {
            return Likeness { score_ppm: 0, why: "short names that differ".to_owned() };
        }
        if !digits(&self.compact).eq(digits(&other.compact)) {
            return Likeness { score_ppm: 0, why: "names that differ in their numbers".to_owned() };
        }
        // Only additions, products and quotients of small whole numbers: the same on every host.
        let ratio = strsim::jaro_winkler(&self.compact, &other.compact).clamp(0.0, 1.0);
        let score_ppm = ((ratio * f64::from(WHOLE)) as u32).min(LOOKS - 1);
        let why = if score_ppm < LIKE_MIN_PPM {
            "different names".to_owned()
        } else {
            format!("names that differ by {} letters", strsim::osa_distance(&self.compact, &other.compact))
        };
        Likeness { score_ppm, why }
    }
}

/// The most that two names have in common, of all names of one and all of the other.
#[must_use]
pub fn closest(ours: &[Name], theirs: &[Name]) -> Option<Likeness> {
    let pairs = ours.iter().flat_map(|our| theirs.iter().map(move |their| our.likeness(their)));
    pairs.max_by(|a, b| a.score_ppm.cmp(&b.score_ppm).then_with(|| b.why.cmp(&a.why)))
}

/// A word without the kind of company at either end, of names that part no words.
fn bare(word: &str) -> String {
    let front = EAST_ASIAN_FORMS.iter().fold(word, |word, form| word.strip_prefix(form).unwrap_or(word));
    let both = EAST_ASIAN_FORMS.iter().fold(front, |word, form| word.strip_suffix(form).unwrap_or(word));
    both.to_owned()
}

fn sorted(words: &[String]) -> Vec<&str> {
    let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
    words.sort_unstable();
    words
}

fn digits(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().filter(|c| c.is_numeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(a: &str, b: &str) -> u32 {
        let (a, b) = (Name::new(a), Name::new(b));
        assert_eq!(a.likeness(&b), b.likeness(&a));
        a.likeness(&b).score_ppm
    }

    #[test]
    fn kinds_of_company_case_and_accents_make_no_difference() {
        for (a, b) in [
            ("Acme Pte. Ltd.", "ACME PRIVATE LIMITED"),
            ("Müller & Co. KG", "Muller GmbH"),
            ("华星科技有限公司", "华星科技股份有限公司"),
            ("株式会社サクラ", "サクラ"),
            ("주식회사 한빛", "한빛"),
            ("Sungrid Sdn. Bhd.", "sungrid"),
            ("Ｎｏｒｔｈ Data, Inc", "north-data"),
        ] {
            assert_eq!(score(a, b), WHOLE, "{a} and {b}");
        }
    }

    #[test]
    fn a_name_that_is_only_a_kind_of_company_stays() {
        assert_eq!(Name::new("SAS Co Ltd").words(), ["sas"]);
        assert_eq!(Name::new("Ltd").words(), ["ltd"]);
        assert!(Name::new("!?").is_empty() && score("!?", "!?") == 0);
    }

    #[test]
    fn order_spaces_and_letters_that_look_the_same_are_told_apart() {
        assert_eq!(score("Data North", "North Data"), ORDER);
        assert_eq!(score("Hua Wei", "Huawei"), SPACES);
        // The second has a Cyrillic `а` and `о`.
        assert_eq!(score("Pacific Compute", "P\u{430}cific C\u{43e}mpute"), LOOKS);
    }

    #[test]
    fn a_slip_is_like_and_another_number_or_a_short_name_is_not() {
        let slip = score("Megaspeed Computing", "Megaspeed Computting");
        assert!((LIKE_MIN_PPM..LOOKS).contains(&slip), "{slip}");
        assert_eq!(score("Data Centre 12", "Data Centre 13"), 0);
        assert_eq!(score("Acme", "Acne"), 0);
        assert!(score("Sunrise Logistics", "Harbour Cold Storage") < LIKE_MIN_PPM);
    }

    #[test]
    fn the_closest_pair_of_all_names_counts() {
        let names = |names: &[&str]| names.iter().map(|name| Name::new(name)).collect::<Vec<_>>();
        let found = closest(&names(&["Alpha", "Old Harbour"]), &names(&["Beta", "Old Harbour Ltd"]));
        assert_eq!(found.map(|found| found.score_ppm), Some(WHOLE));
        assert_eq!(closest(&names(&["Alpha"]), &[]), None);
    }
}
