#![no_main]
//! See `probe::agent`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| lightcone_fuzz::probe::agent(data));
