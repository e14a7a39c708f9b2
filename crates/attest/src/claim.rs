//! Names of what devices sign, as appraisals claim it and as inventories are held against.

/// Name of the chip in its certificate, text.
pub const HWMODEL: &str = "hwmodel";
/// Serial number of the chip, bytes.
pub const SERIAL: &str = "serial";
/// Identity of the device in entity attestation tokens (RFC 9711 `ueid`), text.
pub const UEID: &str = "ueid";
/// Identifier that is fused into a switch, bytes.
pub const PDI: &str = "pdi";
/// Version of the accelerator's driver, text.
pub const DRIVER_VERSION: &str = "driver-version";
/// Version of the accelerator's VBIOS, text.
pub const VBIOS_VERSION: &str = "vbios-version";
/// Type of board, number.
pub const BOARD_ID: &str = "board-id";
/// Part number of the chip, text.
pub const CHIP_SKU: &str = "chip-sku";
/// Variant of the chip's part number, text.
pub const CHIP_SKU_MOD: &str = "chip-sku-mod";
/// Project of the board, text.
pub const PROJECT: &str = "project";
/// Part number of the board, text.
pub const PROJECT_SKU: &str = "project-sku";
/// Variant of the board's part number, text.
pub const PROJECT_SKU_MOD: &str = "project-sku-mod";
/// Digest of the firmware that made the attestation key, bytes.
pub const FWID: &str = "fwid";
/// Switches that an accelerator is wired to, list of hexadecimal texts.
pub const SWITCH_PDIS: &str = "switch-pdis";
/// How the accelerator is closed to its host, text: [`PASSTHROUGH`] or [`PROTECTED_PCIE`].
pub const CONFIDENTIAL_MODE: &str = "confidential-mode";

/// A value of [`CONFIDENTIAL_MODE`]: given to one confidential machine.
pub const PASSTHROUGH: &str = "passthrough";
/// A value of [`CONFIDENTIAL_MODE`]: several accelerators behind protected links. As a claim of its own: whether they
/// are, yes or no.
pub const PROTECTED_PCIE: &str = "protected-pcie";

/// The claims that tell which device it is; all others tell its state.
pub const IDENTITY: [&str; 14] = [
    HWMODEL,
    SERIAL,
    UEID,
    PDI,
    DRIVER_VERSION,
    VBIOS_VERSION,
    BOARD_ID,
    CHIP_SKU,
    CHIP_SKU_MOD,
    PROJECT,
    PROJECT_SKU,
    PROJECT_SKU_MOD,
    FWID,
    SWITCH_PDIS,
];
