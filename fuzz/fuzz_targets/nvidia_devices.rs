#![no_main]
//! See `attest::nvidia_devices`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| lightcone_fuzz::attest::nvidia_devices(data));
