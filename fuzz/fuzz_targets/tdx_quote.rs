#![no_main]
//! See `attest::tdx_quote`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| lightcone_fuzz::attest::tdx_quote(data));
