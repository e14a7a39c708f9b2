//! Text as it is compared: without case, accents, width of letters and punctuation.

use unicode_normalization::UnicodeNormalization;

/// The most bytes of a text that are looked at; what follows is not compared.
pub const TEXT_MAX: usize = 1_024;

/// Combining marks that are taken off letters. Others, as of Japanese or Arabic, make a letter what it is.
const MARKS: std::ops::RangeInclusive<char> = '\u{300}'..='\u{36f}';

/// A text in compatible forms of letters, lower case, without accents; words parted by one space. `&` is `and`.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len().min(TEXT_MAX));
    for c in head(text).nfkd().filter(|c| !MARKS.contains(c)).flat_map(char::to_lowercase) {
        match plain(c) {
            Some(plain) => folded.push_str(plain),
            None if c.is_alphanumeric() || is_mark(c) => folded.push(c),
            // `A.B.C.` and `O'Neill` are one word each; anything else parts words.
            None if matches!(c, '.' | '\'' | '’' | '`') || MARKS.contains(&c) => {}
            None => folded.push(' '),
        }
    }
    let composed: String = folded.nfc().collect();
    composed.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The first bytes, up to a whole letter.
fn head(text: &str) -> &str {
    let mut end = text.len().min(TEXT_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Letters that are written with others where a keyboard lacks them.
const fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'ł' => "l",
        'þ' => "th",
        'ı' => "i",
        '&' | '＆' => " and ",
        _ => return None,
    })
}

/// Marks outside of Latin, Greek and Cyrillic that belong to their letter.
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_accents_width_and_punctuation_make_no_difference() {
        for (text, folded) in [
            ("  Électronique-Düsseldorf ", "electronique dusseldorf"),
            ("ＡＣＭＥ　Ｃｏ．", "acme co"),
            ("A.B.C. O'Neill & Søn", "abc oneill and son"),
            ("İstanbul Straße", "istanbul strasse"),
            ("ﾊﾟﾅｿﾆｯｸ", "パナソニック"),
            ("ガラス", "ガラス"),
            ("한국 전자", "한국 전자"),
            ("", ""),
            ("...", ""),
        ] {
            assert_eq!(fold(text), folded, "{text}");
        }
    }

    #[test]
    fn folding_twice_changes_nothing_and_long_texts_end_at_a_letter() {
        let long = "é株".repeat(TEXT_MAX);
        for text in ["Über & Co", "ﾊﾟ", "ǅ", long.as_str()] {
            let once = fold(text);
            assert_eq!(fold(&once), once);
            assert!(once.len() <= TEXT_MAX);
        }
    }
}
