#![no_main]
//! See `probe::orders`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| lightcone_fuzz::probe::orders(data));
