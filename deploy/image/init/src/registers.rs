//! Tells what the TPM measured: values that a quote shows to anyone, so no secret.

use std::fs;

use crate::console::say;

const FOLDER: &str = "/sys/class/tpm/tpm0/pcr-sha256";
/// Registers from here on are for debuggers and applications.
const END: u8 = 16;

/// One line a register.
pub(crate) fn tell() {
    if !fs::exists(FOLDER).unwrap_or_default() {
        say(format_args!("no TPM with a SHA-256 bank"));
        return;
    }
    for number in 0..END {
        match fs::read_to_string(format!("{FOLDER}/{number}")) {
            Ok(value) => say(format_args!("pcr {number} {}", value.trim().to_ascii_lowercase())),
            Err(error) => say(format_args!("pcr {number} cannot be read: {error}")),
        }
    }
}
