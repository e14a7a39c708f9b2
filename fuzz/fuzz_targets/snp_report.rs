#![no_main]
//! See `attest::snp_report`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| lightcone_fuzz::attest::snp_report(data));
