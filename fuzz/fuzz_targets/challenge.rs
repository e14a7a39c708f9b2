#![no_main]
//! See `probe::challenge`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| lightcone_fuzz::probe::challenge(data));
