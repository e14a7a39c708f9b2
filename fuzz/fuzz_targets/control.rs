#![no_main]
//! See `entries::control`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| lightcone_fuzz::control(data));
