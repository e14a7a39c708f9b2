//! What a file of a book is, by its path.

/// What to do about a path that is none of these.
pub(crate) const REMEDY: &str = "a book has book.toml, chips.toml, flags.toml, watch.toml, groups/*.toml, examples/*.toml, and \
     instruments such as us/P02.toml";

/// What a file of a book is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileKind {
    /// A text of an authority: `us/P02.toml`.
    Instrument,
    /// A group of countries: `groups/D5.toml`.
    Group,
    /// Places that count as another: `groups/treated_as.toml`.
    Treated,
    /// Chips.
    Chips,
    /// Red flags.
    Flags,
    /// Watched destinations.
    Watch,
    /// Facts and what is expected of them: `examples/h20.toml`.
    Example,
}

impl FileKind {
    /// What a file is; none: it is not of a book.
    pub(crate) fn of(path: &str) -> Option<Self> {
        match path {
            "chips.toml" => return Some(Self::Chips),
            "flags.toml" => return Some(Self::Flags),
            "watch.toml" => return Some(Self::Watch),
            "groups/treated_as.toml" => return Some(Self::Treated),
            _ => {}
        }
        let (folder, file) = path.split_once('/')?;
        let name = file.strip_suffix(".toml")?;
        let plain =
            !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        let authority = folder.len() == 2 && folder.bytes().all(|b| b.is_ascii_lowercase());
        match folder {
            _ if !plain => None,
            "groups" => Some(Self::Group),
            "examples" => Some(Self::Example),
            _ => authority.then_some(Self::Instrument),
        }
    }
}
