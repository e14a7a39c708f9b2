//! Affiliations as they are kept: JSON, whose names are the contract's.

use lightcone::v1;
use lightcone_core::Affiliation;
use lightcone_identity::enrolment;
use lightcone_store::Landmark;
use serde::{Deserialize, Serialize};

use super::registry::Garbled;

/// An affiliation in the store.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Kept {
    operator: String,
    site: String,
    custodian: String,
    hosting_provider: String,
    network_asn: u32,
    virtual_host: String,
}

/// An affiliation that a token vouches for, as it is kept.
pub(crate) fn kept(vouched: enrolment::Affiliation) -> String {
    let enrolment::Affiliation { operator, site, custodian, hosting_provider, network_asn, virtual_host } =
        vouched;
    let kept = Kept { operator, site, custodian, hosting_provider, network_asn, virtual_host };
    // Texts and a number: nothing that has no JSON.
    serde_json::to_string(&kept).unwrap_or_default()
}

/// Whose hands a landmark is in; where nobody vouched for more, only who runs it is known.
pub(crate) fn opened(record: &Landmark) -> Result<Affiliation, Garbled> {
    if record.affiliation.is_empty() {
        return Ok(Affiliation { operator: record.operator.clone(), ..Affiliation::default() });
    }
    let kept = serde_json::from_str(&record.affiliation);
    let Kept { operator, site, custodian, hosting_provider, network_asn, virtual_host } =
        kept.map_err(|error| Garbled { kind: "landmark", id: record.id.clone(), cause: error.to_string() })?;
    Ok(Affiliation { operator, site, custodian, hosting_provider, network_asn, virtual_host })
}

/// An affiliation that was vouched for, in the contract's words; none where there is none.
pub(crate) fn shown(record: &Landmark) -> Result<Option<v1::Affiliation>, Garbled> {
    if record.affiliation.is_empty() {
        return Ok(None);
    }
    let Affiliation { operator, site, custodian, hosting_provider, network_asn, virtual_host } =
        opened(record)?;
    Ok(Some(v1::Affiliation { operator, site, custodian, hosting_provider, network_asn, virtual_host }))
}
