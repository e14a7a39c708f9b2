#![no_main]
//! See `oidc::token`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| lightcone_fuzz::oidc::token(data));
