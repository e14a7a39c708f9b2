#![no_main]
//! See `entries::landmark`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| lightcone_fuzz::landmark(data));
