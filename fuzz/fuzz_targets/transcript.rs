#![no_main]
//! See `probe::transcript`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| lightcone_fuzz::probe::transcript(data));
