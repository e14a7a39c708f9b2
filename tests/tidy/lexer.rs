//! As much of Rust's syntax as the rules need: where comments and literals are, where tests are, how long
//! functions are.

use std::ops::Range;

/// Rust source with comments, strings and characters blanked out, of the same length and with the same
/// line breaks.
pub(crate) fn blank(source: &str) -> String {
    let bytes = source.as_bytes();
    let mut code = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let end = match &bytes[at..] {
            [b'/', b'/', ..] => line_end(bytes, at),
            [b'/', b'*', ..] => comment_end(bytes, at),
            [b'"', ..] => string_end(bytes, at + 1),
            [b'r', b'"' | b'#', ..] if !is_word_before(bytes, at) => raw_end(bytes, at),
            [b'\'', ..] => character_end(bytes, at),
            _ => at,
        };
        if end == at {
            at += 1;
            continue;
        }
        code[at..end].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
        at = end;
    }
    String::from_utf8(code).unwrap()
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Whether an `r` belongs to a longer word. The `b` and `c` of `br"…"` and `cr"…"` do not count as one.
fn is_word_before(bytes: &[u8], at: usize) -> bool {
    let before = bytes[..at].iter().rev();
    let word: Vec<u8> = before.take_while(|byte| is_word(**byte)).copied().collect();
    !matches!(word.as_slice(), [] | [b'b' | b'c'])
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |length| at + length)
}

fn comment_end(bytes: &[u8], mut at: usize) -> usize {
    let mut depth = 0;
    while at < bytes.len() {
        match &bytes[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] if depth == 1 => return at + 2,
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
    }
    bytes.len()
}

fn string_end(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() && bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(bytes.len())
}

/// The end of `r"…"` or `r#"…"#`; the start itself for a raw identifier.
fn raw_end(bytes: &[u8], at: usize) -> usize {
    let hashes = bytes[at + 1..].iter().take_while(|byte| **byte == b'#').count();
    if bytes.get(at + 1 + hashes) != Some(&b'"') {
        return at;
    }
    let close: Vec<u8> = [b'"'].into_iter().chain(std::iter::repeat_n(b'#', hashes)).collect();
    let body = at + 2 + hashes;
    let length = bytes[body..].windows(close.len()).position(|window| window == close);
    length.map_or(bytes.len(), |length| body + length + close.len())
}

/// The end of a character; the start itself for a lifetime.
fn character_end(bytes: &[u8], at: usize) -> usize {
    if bytes.get(at + 1) == Some(&b'\\') {
        let length = bytes[at + 3..].iter().position(|byte| *byte == b'\'');
        return length.map_or(bytes.len(), |length| at + length + 4);
    }
    // One character of up to four bytes, then the closing quote.
    let close = bytes.iter().enumerate().skip(at + 2).take(4).find(|(_, byte)| **byte == b'\'');
    match close {
        Some((end, _))
            if std::str::from_utf8(&bytes[at + 1..end]).is_ok_and(|text| text.chars().count() == 1) =>
        {
            end + 1
        }
        _ => at,
    }
}

/// The line of a position, from zero.
pub(crate) fn line_of(code: &str, at: usize) -> usize {
    code.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count()
}

/// The lines of every item that is compiled for tests only; `code` is blanked source.
pub(crate) fn tests(code: &str) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    let mut from = 0;
    while let Some(found) = code[from..].find("#[cfg(") {
        let start = from + found;
        let end = start + code[start..].find(']').unwrap_or(code.len() - start);
        let condition = &code[start + 6..end];
        from = end;
        if words(condition).any(|word| word == "test") && !condition.contains("not(test)") {
            from = item_end(code, end + 1);
            ranges.push(line_of(code, start)..line_of(code, from.saturating_sub(1)) + 1);
        }
    }
    ranges
}

/// The words of blanked source.
pub(crate) fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(|letter: char| !letter.is_alphanumeric() && letter != '_').filter(|word| !word.is_empty())
}

/// Where an item ends that begins here: behind its body, or behind its semicolon.
fn item_end(code: &str, start: usize) -> usize {
    let mut depth = 0usize;
    for (offset, byte) in code.as_bytes()[start..].iter().enumerate() {
        match byte {
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth = depth.saturating_sub(1),
            b'{' if depth == 0 => return body_end(code, start + offset),
            b';' if depth == 0 => return start + offset + 1,
            _ => {}
        }
    }
    code.len()
}

/// Where a body ends that opens here.
fn body_end(code: &str, open: usize) -> usize {
    let mut depth = 0;
    for (offset, byte) in code.as_bytes()[open..].iter().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 1 => return open + offset + 1,
            b'}' => depth -= 1,
            _ => {}
        }
    }
    code.len()
}

/// A function with its length as a reader counts it: from its first line to its closing brace, comments
/// included.
#[derive(Debug, PartialEq)]
pub(crate) struct Function {
    pub(crate) name: String,
    /// Its first line, from zero.
    pub(crate) line: usize,
    pub(crate) lines: usize,
}

/// Every function with a body; `code` is blanked source.
pub(crate) fn functions(code: &str) -> Vec<Function> {
    let mut functions = Vec::new();
    let mut from = 0;
    while let Some(found) = code[from..].find("fn ") {
        let start = from + found;
        from = start + 3;
        if start > 0 && is_word(code.as_bytes()[start - 1]) {
            continue;
        }
        let Some(name) =
            words(&code[from..]).next().filter(|name| code[from..].trim_start().starts_with(name))
        else {
            continue; // the type of a function has no name
        };
        let end = item_end(code, from);
        if code.as_bytes()[end - 1] == b'}' {
            let line = line_of(code, start);
            functions.push(Function {
                name: name.to_owned(),
                line,
                lines: line_of(code, end - 1) - line + 1,
            });
        }
    }
    functions
}

#[test]
fn comments_and_literals_are_blanked_and_nothing_else() {
    let check = |source: &str, expected: &str| assert_eq!(blank(source), expected, "{source}");
    check("a // b\nc", "a     \nc");
    check("a /* b /* c */ d */ e", "a                   e");
    check(r#"f("x\"y", z)"#, r#"f(      , z)"#);
    check(r###"f(r#"x"y"#, z)"###, "f(        , z)");
    check("let r#type = br\"\\\";", "let r#type = b    ;");
    check("('\\'', '{', 'é', &'a str)", "(    ,    ,     , &'a str)");
    check("for_each(\"\")", "for_each(  )");
}

#[test]
fn test_items_are_found() {
    let check = |source: &str, expected: &[(usize, usize)]| {
        let found: Vec<(usize, usize)> =
            tests(&blank(source)).iter().map(|range| (range.start, range.end)).collect();
        assert_eq!(found, expected, "{source}");
    };
    check("a\n#[cfg(test)]\nmod tests {\n    fn x() {}\n}\nb", &[(1, 5)]);
    check("#[cfg(all(test, not(loom)))]\nmod x;\nmod y;", &[(0, 2)]);
    check("#[cfg(not(test))]\nmod x;", &[]);
    check("#[cfg(loom)]\nmod x;\n// #[cfg(test)]", &[]);
}

#[test]
fn functions_are_measured_to_their_closing_brace() {
    let check = |source: &str, expected: &[(&str, usize, usize)]| {
        let found = functions(&blank(source));
        let found: Vec<(&str, usize, usize)> =
            found.iter().map(|f| (f.name.as_str(), f.line, f.lines)).collect();
        assert_eq!(found, expected, "{source}");
    };
    check("fn a() {}\n", &[("a", 0, 1)]);
    check(
        "x\npub async fn a(b: [u8; 4]) -> [u8; 2]\nwhere\n    T: U,\n{\n    // }\n    if b { c }\n}\n",
        &[("a", 1, 7)],
    );
    check("trait T { fn a(&self); fn b(&self) { c } }", &[("b", 0, 1)]);
    check("type F = fn (u8) -> u8; let often = 1;", &[]);
}
