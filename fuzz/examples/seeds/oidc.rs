//! Samples of tokens and sets of keys.

use std::io;

use super::write;

/// Everything.
pub fn all() -> io::Result<()> {
    let head = r#"{"alg":"ES256","kid":"a","typ":"at+jwt"}"#;
    let claims = r#"{"iss":"https://id.example.org","sub":"ann","aud":["us"],"iat":1790000000,"nbf":1790000000.5,
        "exp":1790000600,"azp":"cli","cnf":{"x5t#S256":"BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc"}}"#;
    write("token", "bound", &[b"\x01", head.as_bytes(), b"\0", claims.as_bytes()].concat())?;
    let token = "eyJhbGciOiJFZERTQSJ9.eyJpc3MiOiJhIiwic3ViIjoiYiIsImV4cCI6MX0.AAAA";
    write("token", "whole", &[b"\0", token.as_bytes()].concat())?;
    let keys = r#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","x":"BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc"},
        {"kty":"EC","crv":"P-256","x":"BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc","y":"BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc"},
        {"kty":"RSA","use":"sig","alg":"PS256","n":"AQAB","e":"AQAB"},{"kty":"oct","k":"AAAA"}]}"#;
    write("token", "keys", &[b"\x02", keys.as_bytes()].concat())
}
