#![no_main]
//! See `entries::challenge`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| lightcone_fuzz::challenge(data));
