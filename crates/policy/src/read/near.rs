//! The nearest of the names that would have been right.

/// The least likeness by letters at which a name is proposed.
const LETTERS_MIN: f64 = 0.6;
/// The least likeness by how both begin, where letters do not tell.
const BEGINNING_MIN: f64 = 0.85;
/// The most names that are told.
const NAMES_MAX: usize = 24;

/// The nearest name, if any is near; of several that are as near the first.
pub(crate) fn nearest<'n>(name: &str, names: impl Iterator<Item = &'n str> + Clone) -> Option<&'n str> {
    let folded = name.to_ascii_lowercase();
    let best = |likeness: fn(&str, &str) -> f64, least: f64| {
        let all = names.clone().map(|right| (likeness(&folded, &right.to_ascii_lowercase()), right));
        let near = all.filter(|(likeness, _)| *likeness >= least);
        near.reduce(|best, next| if next.0 > best.0 { next } else { best }).map(|(_, right)| right)
    };
    best(strsim::normalized_damerau_levenshtein, LETTERS_MIN)
        .or_else(|| best(strsim::jaro_winkler, BEGINNING_MIN))
}

/// What to do about a wrong name: the nearest right one, or all of them.
pub(crate) fn remedy<'n>(name: &str, names: impl Iterator<Item = &'n str> + Clone, verb: &str) -> String {
    if let Some(right) = nearest(name, names.clone()) {
        return format!("{verb} `{right}`");
    }
    let mut all: Vec<_> = names.map(|name| format!("`{name}`")).collect();
    all.sort();
    if all.is_empty() {
        return "there is none in the book".to_owned();
    }
    let more = if all.len() > NAMES_MAX { ", …" } else { "" };
    all.truncate(NAMES_MAX);
    format!("{verb} one of {}{more}", all.join(", "))
}
