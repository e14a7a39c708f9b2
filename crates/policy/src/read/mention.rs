//! What files name, and whether it is in the book.

use std::collections::{BTreeMap, BTreeSet};

use crate::fault::Fault;
use crate::read::near;
use crate::spot::Spot;

/// The kinds of things that are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Named {
    /// A group of countries.
    Group,
    /// An instrument.
    Instrument,
    /// An instrument or a rule.
    Rule,
    /// An item rule.
    Item,
    /// A licence rule, or a class of goods.
    Requirement,
    /// A licence rule.
    Licence,
    /// A cap.
    Cap,
    /// A class of goods.
    Class,
    /// A chip.
    Sku,
    /// A red flag.
    Flag,
}

impl Named {
    const fn words(self) -> &'static str {
        match self {
            Self::Group => "group",
            Self::Instrument => "instrument",
            Self::Rule => "rule or instrument",
            Self::Item => "item rule",
            Self::Requirement => "licence rule or class",
            Self::Licence => "licence rule",
            Self::Cap => "cap",
            Self::Class => "class",
            Self::Sku => "chip",
            Self::Flag => "red flag",
        }
    }
}

/// Something is named.
#[derive(Clone, Debug)]
pub(crate) struct Mention {
    /// As what.
    pub kind: Named,
    /// The name.
    pub name: String,
    /// Where.
    pub spot: Spot,
}

/// Everything that can be named.
#[derive(Default)]
pub(crate) struct Names {
    names: BTreeMap<Named, BTreeSet<String>>,
    ids: BTreeMap<String, Spot>,
}

impl Names {
    /// A name that may be given several times, such as a class.
    pub(crate) fn add(&mut self, kind: Named, name: &str) {
        self.names.entry(kind).or_default().insert(name.to_owned());
    }

    /// An identifier that must be given once in a book.
    pub(crate) fn add_id(&mut self, kinds: &[Named], id: &str, spot: &Spot) -> Option<Fault> {
        for kind in kinds {
            self.add(*kind, id);
        }
        let Some(first) = self.ids.get(id) else {
            self.ids.insert(id.to_owned(), spot.clone());
            return None;
        };
        let what = format!("the identifier `{id}` is given twice: first at {}:{}", first.file, first.line);
        Some(spot.fault(what, "give each its own"))
    }

    /// A mistake for everything that is named and is not there.
    pub(crate) fn unknown(&self, mentions: &[Mention]) -> Vec<Fault> {
        let unknown = mentions.iter().filter(|mention| !self.has(mention.kind, &mention.name));
        unknown.map(|mention| self.fault(mention)).collect()
    }

    fn has(&self, kind: Named, name: &str) -> bool {
        // A book without chips names those that its user brings.
        let names = self.names.get(&kind);
        names.map_or(kind == Named::Sku, |names| names.contains(name))
    }

    fn fault(&self, mention: &Mention) -> Fault {
        let what = format!(
            "there is no {} `{}` in the book",
            mention.kind.words(),
            super::text::shown(&mention.name)
        );
        let names = self.names.get(&mention.kind).into_iter().flatten().map(String::as_str);
        mention.spot.fault(what, near::remedy(&mention.name, names, "write"))
    }
}
