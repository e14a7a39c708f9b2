#![no_main]
//! See `attest::tdx_collateral`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| lightcone_fuzz::attest::tdx_collateral(data));
