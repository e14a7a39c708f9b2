#![no_main]
//! See `attest::tpm_parts`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| lightcone_fuzz::attest::tpm_parts(data));
