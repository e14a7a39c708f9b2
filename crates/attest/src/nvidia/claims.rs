//! What a device signed of itself, as claims of an appraisal.

use super::chip::Chip;
use super::opaque::{Field, Opaque};
use crate::appraisal::Appraisal;
use crate::x509::Certificate;

/// Fields that are texts, with the names of their claims.
const TEXTS: [(Field, &str); 6] = [
    (Field::Driver, "driver-version"),
    (Field::ChipSku, "chip-sku"),
    (Field::ChipSkuMod, "chip-sku-mod"),
    (Field::Project, "project"),
    (Field::ProjectSku, "project-sku"),
    (Field::ProjectSkuMod, "project-sku-mod"),
];
/// Fields that are numbers.
const NUMBERS: [(Field, &str); 2] = [(Field::BoardId, "board-id"), (Field::FeatureFlag, "feature-flag")];
/// Fields that are on or off.
const STATUSES: [(Field, &str); 2] = [(Field::ProtectedPcie, "protected-pcie"), (Field::Nvdec0, "nvdec0")];

/// Says what the certificates and the report say of the device.
pub(super) fn say(appraisal: &mut Appraisal, chip: &Chip, leaf: &Certificate, opaque: &Opaque<'_>) {
    appraisal.model = model(chip, opaque);
    appraisal.claim("hwmodel", chip.name.as_str());
    appraisal.claim("serial", chip.serial.as_slice());
    appraisal.claim("ueid", decimal(leaf.serial()));
    if let Some(version) = opaque.vbios() {
        appraisal.claim("vbios-version", version);
    }
    if let Some(fwid) = opaque.bytes(Field::Fwid) {
        appraisal.claim("fwid", fwid);
    }
    for (field, name) in TEXTS {
        if let Some(text) = opaque.text(field) {
            appraisal.claim(name, text);
        }
    }
    for (field, name) in NUMBERS {
        if let Some(number) = opaque.number(field) {
            appraisal.claim(name, number);
        }
    }
    for (field, name) in STATUSES {
        if let Some(is_on) = opaque.is_on(field) {
            appraisal.claim(name, is_on);
        }
    }
}

/// The die and its stepping, and as far as the report says them, the chip's SKU and the board.
fn model(chip: &Chip, opaque: &Opaque<'_>) -> String {
    let mut model = format!("NVIDIA {}", chip.stepping());
    let parts = [(Field::ChipSku, ", chip SKU "), (Field::Project, ", board "), (Field::ProjectSku, " SKU ")];
    for (field, before) in parts {
        if let Some(text) = opaque.text(field) {
            model.push_str(before);
            model.push_str(&text);
        }
    }
    model
}

/// A number, big-endian, in decimal digits: how NVIDIA writes its `ueid`.
fn decimal(number: &[u8]) -> String {
    let mut digits = vec![0_u8];
    for byte in number {
        let mut carry = u32::from(*byte);
        for digit in &mut digits {
            carry += u32::from(*digit) * 256;
            *digit = (carry % 10) as u8;
            carry /= 10;
        }
        while carry > 0 {
            digits.push((carry % 10) as u8);
            carry /= 10;
        }
    }
    digits.iter().rev().map(|digit| char::from(b'0' + digit)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_any_length_are_written_in_decimal() {
        let numbers: [(&[u8], &str); 5] = [
            (&[], "0"),
            (&[0], "0"),
            (&[0x01, 0x00], "256"),
            (&[0xFF; 8], "18446744073709551615"),
            (&[0xFF; 16], "340282366920938463463374607431768211455"),
        ];
        for (number, written) in numbers {
            assert_eq!(decimal(number), written);
        }
    }
}
