//! A secret as one line of text: what it is, its version, and 64 hexadecimal digits.

use zeroize::Zeroizing;

/// Ed25519, the seed of RFC 8032, section 5.1.5.
pub(crate) const ED25519: &str = "lightcone-ed25519-v1";
/// X25519, the scalar of RFC 7748, section 5, before it is clamped.
pub(crate) const X25519: &str = "lightcone-x25519-v1";

/// 32 bytes that are overwritten when they are dropped.
pub(crate) type Secret = Zeroizing<[u8; 32]>;

/// The line, with its line feed.
pub(crate) fn write(kind: &str, secret: &Secret) -> Zeroizing<String> {
    // Room for all of it, so that no copy is left behind by growing.
    let mut line = Zeroizing::new(String::with_capacity(kind.len() + 2 + 64));
    line.push_str(kind);
    line.push(':');
    for byte in secret.iter() {
        line.extend([byte >> 4, byte & 15].map(|digit| char::from(DIGITS[usize::from(digit)])));
    }
    line.push('\n');
    line
}

/// The secret in a line, or what the line seems to be instead.
pub(crate) fn read(kind: &str, text: &[u8]) -> Result<Secret, String> {
    let line = text.trim_ascii_end();
    let Some(digits) = line.strip_prefix(kind.as_bytes()).and_then(|rest| rest.strip_prefix(b":")) else {
        let other = [ED25519, X25519].into_iter().find(|other| line.starts_with(other.as_bytes()));
        return Err(other.map_or_else(String::new, |other| format!(", but one of `{other}`")));
    };
    let mut secret = Secret::default();
    if digits.len() != 2 * secret.len() {
        return Err(format!(", but {} characters after the colon", digits.len()));
    }
    for (byte, pair) in secret.iter_mut().zip(digits.chunks_exact(2)) {
        let [high, low] = [digit(pair[0]), digit(pair[1])];
        let (Some(high), Some(low)) = (high, low) else {
            return Err(", but another character among the digits".to_owned());
        };
        *byte = high << 4 | low;
    }
    Ok(secret)
}

const DIGITS: &[u8; 16] = b"0123456789abcdef";

fn digit(character: u8) -> Option<u8> {
    char::from(character).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}
