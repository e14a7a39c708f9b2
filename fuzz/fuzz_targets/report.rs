#![no_main]
//! See `entries::report`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| lightcone_fuzz::report(data));
