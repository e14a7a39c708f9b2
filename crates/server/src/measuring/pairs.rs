//! Which landmarks probe one another.

use std::collections::HashMap;

/// Two landmarks: who holds the stopwatch, and who answers.
pub(crate) type Pair = (String, String);

/// Chooses at most `most` pairs of those that listen: never measured ones first, then those measured longest ago.
/// Who holds the stopwatch takes turns by the round, so that both ends' clocks and words are tried.
pub(crate) fn pairs(
    listening: &[String],
    measured_at: &HashMap<Pair, i64>,
    most: usize,
    round: u64,
) -> Vec<Pair> {
    let mut due: Vec<(i64, &String, &String)> = Vec::new();
    for (place, one) in listening.iter().enumerate() {
        for other in &listening[place + 1..] {
            let at = |first: &String, second: &String| {
                measured_at.get(&(first.clone(), second.clone())).copied().unwrap_or(i64::MIN)
            };
            due.push((at(one, other).max(at(other, one)), one, other));
        }
    }
    due.sort();
    let turned = round % 2 == 1;
    let ends = |(_, one, other): (i64, &String, &String)| {
        if turned { (other.clone(), one.clone()) } else { (one.clone(), other.clone()) }
    };
    due.into_iter().take(most).map(ends).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn pair(one: &str, other: &str) -> Pair {
        (one.to_owned(), other.to_owned())
    }

    #[test]
    fn every_pair_once_and_the_longest_unseen_first() {
        let listening = names(&["a", "b", "c"]);
        let mut seen = HashMap::new();
        assert_eq!(pairs(&listening, &seen, 9, 0), [pair("a", "b"), pair("a", "c"), pair("b", "c")]);
        seen.insert(pair("a", "b"), 5);
        seen.insert(pair("c", "a"), 3);
        assert_eq!(pairs(&listening, &seen, 2, 0), [pair("b", "c"), pair("a", "c")]);
        assert_eq!(pairs(&listening, &seen, 1, 1), [pair("c", "b")]);
    }

    #[test]
    fn one_alone_measures_nobody() {
        assert!(pairs(&names(&["a"]), &HashMap::new(), 9, 0).is_empty());
    }
}
