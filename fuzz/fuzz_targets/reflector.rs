#![no_main]
//! See `probe::reflector`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| lightcone_fuzz::probe::reflector(data));
