#![no_main]
//! See `entries::reflector`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| lightcone_fuzz::reflector(data));
