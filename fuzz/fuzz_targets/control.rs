#![no_main]
//! See `probe::control`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| lightcone_fuzz::probe::control(data));
