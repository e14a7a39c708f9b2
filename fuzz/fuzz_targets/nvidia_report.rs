#![no_main]
//! See `attest::nvidia_report`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| lightcone_fuzz::attest::nvidia_report(data));
