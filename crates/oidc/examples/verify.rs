//! Checks tokens as a server would: `verify ISSUER AUDIENCE`, then one token a line on standard input.
//!
//! Says who each one is, or why it does not hold. Keys are fetched each second and clocks must agree to the second, so
//! that a test need not wait for either.

#![expect(clippy::print_stdout, reason = "an example speaks")]

use std::error::Error;
use std::io::{BufRead as _, stdin};
use std::time::SystemTime;

use lightcone_oidc::{OidcSettings, Provider, Verifier};
use tokio::runtime::Runtime;

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let (Some(issuer), Some(audience)) = (args.next(), args.next()) else {
        return Err("usage: verify ISSUER AUDIENCE".into());
    };
    let provider = Provider { issuer, audience, ..Provider::default() };
    let settings =
        OidcSettings { providers: vec![provider], leeway_s: 0, refresh_s: 1, ..OidcSettings::default() };
    let runtime = Runtime::new()?;
    let verifier = runtime.block_on(Verifier::start(&settings))?;
    for token in stdin().lock().lines() {
        match runtime.block_on(verifier.verify(token?.trim(), SystemTime::now())) {
            Ok(claims) => {
                let groups = claims.all.get("groups").map(ToString::to_string).unwrap_or_default();
                println!("{} of {}, groups {groups}", claims.subject, claims.issuer);
            }
            Err(error) => println!("{}", error.cause()),
        }
    }
    Ok(())
}
