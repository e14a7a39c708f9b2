//! A report of NVIDIA's library in the form that its own tools print and our verifier reads.

use lightcone_attest::nvidia::Evidence;

/// How a request for measurements begins: SPDM 1.1, `GET_MEASUREMENTS`, signed, all of them (DMTF DSP0274).
const REQUEST: [u8; 4] = [0x11, 0xE0, 0x01, 0xFF];
/// How its answer begins.
const RESPONSE: [u8; 2] = [0x11, 0x60];
/// The slot of the certificate that signs.
const SLOT: u8 = 0;
/// How the chain of certificates begins.
const PEM: &str = "-----BEGIN CERTIFICATE-----";

/// The evidence of one device as JSON: `arch`, `certificate`, `evidence` and `nonce`.
///
/// The library gives request and answer in one, as signed; where a driver gives the answer alone, the request follows
/// from the nonce.
///
/// # Errors
/// The report is no answer to this nonce, or the chain is no PEM.
pub(super) fn to_json(
    arch: &str,
    nonce: &[u8; 32],
    report: &[u8],
    chain: &[u8],
) -> Result<Vec<u8>, &'static str> {
    let request = [REQUEST.as_slice(), nonce, &[SLOT]].concat();
    let report = if report.starts_with(&RESPONSE) {
        [request.as_slice(), report].concat()
    } else if report.starts_with(&request) {
        report.to_vec()
    } else {
        return Err("its report answers another request");
    };
    let chain = str::from_utf8(chain).map_err(|_| "its chain of certificates is no text")?;
    let chain = chain.trim_end_matches('\0');
    if !chain.starts_with(PEM) {
        return Err("its chain of certificates is not PEM");
    }
    Ok(Evidence { arch: arch.to_owned(), chain: chain.to_owned(), report, nonce: nonce.to_vec() }.to_json())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRINTED: &[u8] = include_bytes!("../../../attest/tests/vectors/nvidia/gh100_evidence_590.json");

    /// What NVIDIA's tool printed of a GPU, and its nonce.
    fn printed() -> (Evidence, [u8; 32]) {
        let all: Vec<serde_json::Value> = serde_json::from_slice(PRINTED).unwrap();
        let printed = Evidence::from_json(all[0].to_string().as_bytes()).unwrap();
        let nonce = printed.nonce.clone().try_into().unwrap();
        (printed, nonce)
    }

    #[test]
    fn evidence_is_what_the_maker_s_tool_prints() {
        let (printed, nonce) = printed();
        let padded = [printed.chain.as_bytes(), &[0; 9]].concat();
        for report in [printed.report.as_slice(), &printed.report[37..]] {
            for chain in [printed.chain.as_bytes(), &padded] {
                let json = to_json("HOPPER", &nonce, report, chain).unwrap();
                assert_eq!(Evidence::from_json(&json).unwrap(), printed);
            }
        }
    }

    #[test]
    fn what_is_no_report_of_ours_is_refused() {
        let (printed, nonce) = printed();
        let (report, chain) = (printed.report, printed.chain.into_bytes());
        let cases: [(&[u8], &[u8], &str); 5] = [
            (&[], &chain, "another request"),
            (&report[1..], &chain, "another request"),
            (&report[..36], &chain, "another request"),
            (&report, b"\x30\x82", "no text"),
            (&report, b"hello", "not PEM"),
        ];
        for (report, chain, why) in cases {
            assert!(to_json("HOPPER", &nonce, report, chain).unwrap_err().contains(why));
        }
        let other = to_json("HOPPER", &[7; 32], &report, &chain);
        assert!(other.unwrap_err().contains("another request"), "a report over an old nonce");
    }
}
