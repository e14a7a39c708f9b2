#![no_main]
//! See `entries::agent`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| lightcone_fuzz::agent(data));
