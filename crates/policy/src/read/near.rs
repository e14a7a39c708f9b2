//! The nearest of the names that would have been right.

/// The least likeness at which a name is proposed.
const LIKENESS_MIN: f64 = 0.6;
/// The most names that are told.
const NAMES_MAX: usize = 24;

/// The nearest name, if any is near.
pub(crate) fn nearest<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let folded = name.to_ascii_lowercase();
    let likeness = names.map(|right| (strsim::jaro_winkler(&folded, &right.to_ascii_lowercase()), right));
    let near = likeness.filter(|(likeness, _)| *likeness >= LIKENESS_MIN);
    near.max_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, right)| right)
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
