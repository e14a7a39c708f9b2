//! Inventories at the door: what a host says of itself, each field with who says so.

use lightcone::v1;
use lightcone::v1::inventory_field::Origin;
use lightcone_attest::claim;
use lightcone_attest::inventory::{Field, Inventory, Limits, fields as host_fields};

use super::Violation;

/// The most that a host says of itself, in bytes.
const BYTES_MAX: usize = 65_536;
/// The most fields that are shown.
const FIELDS_MAX: usize = 1_024;

/// Checks an inventory. It is kept as it came, since it is signed.
pub(super) fn read(json: Vec<u8>) -> Result<Vec<u8>, Violation> {
    if json.len() > BYTES_MAX {
        return Err(Violation::too_long("inventory", json.len(), BYTES_MAX));
    }
    if !json.is_empty()
        && let Err(invalid) = Inventory::parse(&json, &Limits::default())
    {
        return Err(Violation::invalid_unsaid("inventory", &invalid.to_string()));
    }
    Ok(json)
}

/// An inventory that was kept; none where none was given.
pub(crate) fn kept(json: &[u8]) -> Option<Inventory> {
    Inventory::parse(json, &Limits::default()).ok()
}

/// What devices signed and what the host says, side by side.
pub(super) fn fields(json: &[u8], appraisal: Option<&v1::Appraisal>) -> Vec<v1::InventoryField> {
    let signed = appraisal.into_iter().flat_map(|appraisal| &appraisal.devices).flat_map(signed);
    let host = kept(json).map(|inventory| host_fields(&inventory, &[])).unwrap_or_default();
    signed.chain(host.into_iter().map(host_field)).take(FIELDS_MAX).collect()
}

fn signed(device: &v1::AttestedDevice) -> impl Iterator<Item = v1::InventoryField> {
    device.claims.iter().map(|said| {
        let is_identity = claim::IDENTITY.contains(&said.name.as_str());
        v1::InventoryField {
            group: if is_identity { "identity" } else { "state" }.to_owned(),
            of: device.instance.clone(),
            name: said.name.clone(),
            value: said.value.clone(),
            origin: Origin::Signed as i32,
        }
    })
}

fn host_field(field: Field) -> v1::InventoryField {
    v1::InventoryField {
        group: field.group.name().to_owned(),
        of: field.of,
        name: field.name,
        value: field.value,
        origin: Origin::Host as i32,
    }
}
