#![no_main]
//! See `probe::report`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| lightcone_fuzz::probe::report(data));
