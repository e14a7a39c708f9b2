//! Names of what devices sign, as appraisals claim it and as inventories are held against.

/// Version of the accelerator's driver, text.
pub const DRIVER_VERSION: &str = "driver_version";
/// Version of the accelerator's VBIOS, text.
pub const VBIOS_VERSION: &str = "vbios_version";
/// Serial number of the device's certificate subject, text: what people read on a list.
pub const SERIAL: &str = "serial";
/// Identity of the device in entity attestation tokens (RFC 9711 `ueid`), text.
pub const UEID: &str = "ueid";
/// Board, bytes.
pub const BOARD_ID: &str = "board_id";
/// Part number of the chip, text.
pub const CHIP_SKU: &str = "chip_sku";
/// Project of the board, text.
pub const PROJECT: &str = "project";
/// Part number of the board, text.
pub const PROJECT_SKU: &str = "project_sku";
/// Digest of the firmware that made the attestation key, bytes.
pub const FWID: &str = "fwid";
/// Switches that an accelerator is wired to, list of hexadecimal texts.
pub const SWITCH_PDIS: &str = "switch_pdis";
/// Whether traffic to several accelerators is protected between them, yes or no.
pub const PROTECTED_PCIE: &str = "protected_pcie";
/// How the accelerator is closed to its host: `SPT`, `MPT` or `PPCIE`, text.
pub const CC_MODE: &str = "cc_mode";

/// The claims that tell which device it is; all others tell its state.
pub const IDENTITY: [&str; 10] = [
    SERIAL,
    UEID,
    BOARD_ID,
    CHIP_SKU,
    PROJECT,
    PROJECT_SKU,
    DRIVER_VERSION,
    VBIOS_VERSION,
    FWID,
    SWITCH_PDIS,
];
