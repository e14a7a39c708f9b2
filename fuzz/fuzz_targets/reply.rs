#![no_main]
//! See `entries::reply`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| lightcone_fuzz::reply(data));
