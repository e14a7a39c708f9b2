#![no_main]
//! See `probe::reply`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| lightcone_fuzz::probe::reply(data));
