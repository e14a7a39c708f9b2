#![no_main]
//! See `entries::transcript`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| lightcone_fuzz::transcript(data));
