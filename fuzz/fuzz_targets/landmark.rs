#![no_main]
//! See `probe::landmark`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| lightcone_fuzz::probe::landmark(data));
