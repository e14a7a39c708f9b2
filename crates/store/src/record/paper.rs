//! By what papers are found, and what they lean on.

use crate::value::{row, words};

words! {
    /// What a key of a paper is. A key is such a word, a space and a text without line feeds.
    pub enum KeyKind: "key kind" {
        /// A party's owner, by id; must exist.
        Owner = "OWNER",
        /// A house, in the caller's folding.
        Address = "ADDRESS",
        /// A name or alias, in the caller's folding.
        Name = "NAME",
        /// Who sends, by id; must exist.
        Exporter = "EXPORTER",
        /// Who receives, by id; must exist.
        Consignee = "CONSIGNEE",
        /// Who carries or receives in between, by id; must exist.
        Intermediary = "INTERMEDIARY",
        /// Who uses, by id; must exist.
        EndUser = "END_USER",
        /// Whom a licence is for, by id; must exist.
        Licensee = "LICENSEE",
        /// A SKU of the tenant's own, by id; must exist.
        Sku = "SKU",
        /// A chip with which the tenant has to do, by id; must exist.
        Chip = "CHIP",
    }
}

impl KeyKind {
    /// The key.
    #[must_use]
    pub fn key(self, text: &str) -> String {
        format!("{} {text}", self.as_str())
    }

    /// What it names, and the beginning of the query which ids there are and of which tenants; none: it names nothing.
    pub(crate) const fn target(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Address | Self::Name => None,
            Self::Owner
            | Self::Exporter
            | Self::Consignee
            | Self::Intermediary
            | Self::EndUser
            | Self::Licensee => Some(("party", "SELECT id, tenant FROM parties WHERE id")),
            Self::Sku => Some(("sku", "SELECT id, tenant FROM skus WHERE id")),
            Self::Chip => Some(("chip", "SELECT chip, tenant FROM chip_tenants WHERE chip")),
        }
    }
}

row! {
    /// One key of one paper, so that it is found by an index.
    pub(crate) struct PaperKey: "paper key" in "paper_keys" {
        /// The paper's table.
        pub kind: String,
        /// Whose it is.
        pub tenant: String,
        /// The key.
        pub key: String,
        /// When the paper was made.
        pub create_time: i64,
        /// The paper's id.
        pub paper: String,
    }
}
