//! How deep and long a rule may be. Cedar reads and checks rules by recursion: one without end would overflow the stack,
//! and with it end the whole service.

use super::fault::Fault;

/// The most brackets within one another.
const DEPTH_MAX: usize = 32;
/// The most letters of operators in one rule: `&&` is two.
const OPERATORS_MAX: usize = 512;
/// What operators are written with, and what begins a branch.
const OPERATORS: &[u8] = b"&|+-*!<>=.";
const BRANCH: &[u8] = b"if";

/// What of a text goes too far, if anything does.
pub(super) fn check(file: &str, text: &str) -> Option<Fault> {
    let (mut depth, mut operators) = (0_usize, 0_usize);
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let offset = text.len() - rest.len();
        rest = after;
        match byte {
            b'"' => rest = behind_text(after),
            b'/' if after.starts_with(b"/") => rest = behind_line(after),
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b';' => operators = 0,
            _ if OPERATORS.contains(&byte) => operators += 1,
            _ if byte.is_ascii_alphanumeric() || byte == b'_' => {
                let length =
                    after.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
                rest = after.get(length..).unwrap_or_default();
                operators += usize::from(text.as_bytes().get(offset..=offset + length) == Some(BRANCH));
            }
            _ => {}
        }
        let told = if depth > DEPTH_MAX {
            format!("more than {DEPTH_MAX} brackets within one another")
        } else if operators > OPERATORS_MAX {
            format!("a rule with more than {OPERATORS_MAX} letters of operators")
        } else {
            continue;
        };
        return Some(Fault::at(
            file,
            text,
            Some(offset),
            &told,
            "make several rules of it, or a set with `contains`",
        ));
    }
    None
}

/// What follows a text in quotes.
fn behind_text(mut rest: &[u8]) -> &[u8] {
    while let Some((&byte, after)) = rest.split_first() {
        rest = match byte {
            b'"' => return after,
            b'\\' => after.get(1..).unwrap_or_default(),
            _ => after,
        };
    }
    rest
}

fn behind_line(rest: &[u8]) -> &[u8] {
    let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
    rest.get(end..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Option<String> {
        check("", text).map(|fault| fault.to_string())
    }

    #[test]
    fn what_stands_in_texts_and_comments_does_not_count() {
        let many = "([{&&".repeat(1_000);
        assert_eq!(told(&format!("\"{many}\\\"{many}\"; // {many}\n")), None);
        assert!(told(&format!("\"\"{many}")).is_some_and(|told| told.contains("more than 32 brackets")));
        assert!(told(&format!("// \"\n{many}")).is_some());
    }

    #[test]
    fn the_bounds_are_where_they_are_said_to_be() {
        let nested = |depth: usize| format!("{}{}", "(".repeat(depth), ")".repeat(depth));
        assert_eq!((told(&nested(32)), told(&nested(33)).is_some()), (None, true));
        let chained = |operators: usize| format!("{};", "a && b".repeat(operators / 2));
        assert_eq!((told(&chained(512).repeat(9)), told(&chained(514)).is_some()), (None, true));
        assert!(told(&"if ".repeat(513)).is_some() && told(&"iff ".repeat(513)).is_none());
        assert_eq!(told("\n (((").as_deref(), None);
        let place = told(&format!("\n {}", "(".repeat(33)));
        assert!(place.is_some_and(|told| told.starts_with("line 2:34: ")));
    }
}
