//! What a verdict says of places, short: kept beside it so that a scan of all chips reads no verdict whole.
//!
//! One byte says of the claim, then two bytes each the codes of the destinations still possible, by code. No
//! destination: nothing is proven.

use lightcone::v1;
use lightcone_core::Borders;

use super::standing::possible;

/// The claimed place is not impossible, or none is claimed.
const CLAIM_STANDS: u8 = b'-';
/// The claimed place is impossible.
const CLAIM_IMPOSSIBLE: u8 = b'!';
/// Bytes of a code.
const CODE_BYTES: usize = 2;

/// What of a verdict is kept beside it.
pub(crate) fn to_keep(borders: &Borders, record: &v1::VerdictRecord) -> Vec<u8> {
    let (found, is_elsewhere) = possible(borders, record);
    let mut places = vec![if is_elsewhere { CLAIM_IMPOSSIBLE } else { CLAIM_STANDS }];
    // A place without such a code cannot be told, and leaving it out would promise too much: so nothing is.
    if found.iter().all(|code| code.len() == CODE_BYTES) {
        places.extend(found.iter().flat_map(|code| code.bytes()));
    }
    places
}
