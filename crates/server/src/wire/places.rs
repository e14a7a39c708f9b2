//! What a verdict says of places, short: kept beside it so that a scan of all chips reads no verdict whole.
//!
//! One byte says of the claim, then two bytes each the codes of the destinations still possible, by code. No
//! destination: nothing is proven.

use lightcone::v1;
use lightcone_core::Borders;
use lightcone_policy::{Countries, Country};
use prost::Message as _;

use super::standing::possible;

/// The claimed place is not impossible, or none is claimed.
const CLAIM_STANDS: u8 = b'-';
/// The claimed place is impossible.
const CLAIM_IMPOSSIBLE: u8 = b'!';
/// Bytes of a code.
const CODE_BYTES: usize = 2;

/// What of a verdict is kept beside it: for whoever writes a verdict into a store without a server.
#[must_use]
pub fn to_keep(borders: &Borders, record: &v1::VerdictRecord) -> Vec<u8> {
    let (found, is_elsewhere) = possible(borders, record);
    let mut places = vec![if is_elsewhere { CLAIM_IMPOSSIBLE } else { CLAIM_STANDS }];
    // A place without such a code cannot be told, and leaving it out would promise too much: so nothing is.
    if found.iter().all(|code| code.len() == CODE_BYTES) {
        places.extend(found.iter().flat_map(|code| code.bytes()));
    }
    places
}

/// What of a verdict that was kept whole is kept beside it; one that cannot be read says nothing.
pub(crate) fn of_kept(borders: &Borders, wire: &[u8]) -> Vec<u8> {
    v1::VerdictRecord::decode(wire).map_or_else(|_| vec![CLAIM_STANDS], |record| to_keep(borders, &record))
}

/// The destinations still possible and whether the claimed place is impossible, as they were kept; none where nothing is
/// proven.
pub(crate) fn kept(places: &[u8]) -> Option<(Countries, bool)> {
    let (claim, codes) = places.split_first()?;
    let (codes, rest) = codes.as_chunks::<CODE_BYTES>();
    let countries = codes.iter().map(|code| Country::new(*code)).collect::<Option<Countries>>()?;
    (rest.is_empty() && !countries.is_empty()).then_some((countries, *claim == CLAIM_IMPOSSIBLE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(touched: &[&str], extent: v1::verdict::Extent, finding: v1::Finding, kept: &[u8]) {
        let claim = v1::question::Question::Claim(v1::question::Claim::default());
        let answer = v1::Answer {
            question: Some(v1::Question { question: Some(claim) }),
            finding: finding as i32,
            ..v1::Answer::default()
        };
        let verdict = v1::Verdict {
            extent: extent as i32,
            touched: touched.iter().map(|&code| code.to_owned()).collect(),
            answers: vec![answer],
            ..v1::Verdict::default()
        };
        let record = v1::VerdictRecord { verdict: Some(verdict), ..v1::VerdictRecord::default() };
        assert_eq!(to_keep(&Borders::embedded().unwrap(), &record), kept);
    }

    #[test]
    fn what_is_kept_is_the_claim_and_the_codes_in_order() {
        use v1::Finding::{Impossible, Possible};
        use v1::verdict::Extent::{Bounded, Whole};
        check(&["SG", "MY", "XZ"], Bounded, Possible, b"-MYSGXZ");
        check(&["SG"], Bounded, Impossible, b"!SG");
        check(&["SG"], Whole, Possible, b"-");
    }

    #[test]
    fn a_place_without_a_code_of_two_letters_makes_all_unknown_and_none_fewer() {
        check(&["SG", "Q99"], v1::verdict::Extent::Bounded, v1::Finding::Possible, b"-");
    }
}
