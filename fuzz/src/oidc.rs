//! People's tokens and their providers' keys. What is in base64 is made so here, or else no change of an input would
//! reach it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// An entry point.
pub type Target = fn(&[u8]);

/// Every entry point with its name, which is also that of its corpus.
pub const TARGETS: [(&str, Target); 1] = [("token", token)];

/// The first byte picks: a token as it comes, one of a head and claims that a zero byte parts, or a set of keys.
pub fn token(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else { return };
    match first % 3 {
        0 => taken(&String::from_utf8_lossy(rest)),
        1 => {
            let mut parts = rest.splitn(2, |byte| *byte == 0).map(|part| URL_SAFE_NO_PAD.encode(part));
            let (head, claims) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
            taken(&format!("{head}.{claims}.AAAA"));
        }
        _ => {
            let _keys_or_not = lightcone_oidc::parses_keys(rest);
        }
    }
}

fn taken(token: &str) {
    if lightcone_oidc::parses(token) {
        assert!(token.len() <= 16 << 10 && token.is_ascii());
        assert_eq!(token.matches('.').count(), 2);
    }
}
