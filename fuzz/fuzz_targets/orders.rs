#![no_main]
//! See `entries::orders`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| lightcone_fuzz::orders(data));
