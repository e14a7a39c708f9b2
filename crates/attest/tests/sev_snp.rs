//! probe
use lightcone_attest::references::References;
use lightcone_attest::snp::{Evidence, SevSnp};
use lightcone_attest::{Case, UnixTime, Verifier as _};
use base64::Engine as _;

#[test]
fn probe() {
    let report = hex::decode(include_str!("vectors/snp/report_milan.hex").trim()).unwrap();
    let pem = include_str!("vectors/snp/cert_chain_milan.pem");
    let mut chain = vec![include_bytes!("vectors/snp/vcek_milan.der").to_vec()];
    for part in pem.split("-----BEGIN CERTIFICATE-----").skip(1) {
        let body: String = part.split("-----END").next().unwrap().split_whitespace().collect();
        chain.push(base64::engine::general_purpose::STANDARD.decode(body).unwrap());
    }
    let references = References::built_in();
    let case = Case { binding: None, identity_key: None, activated: &[], references: &references, collateral: None, now: UnixTime::from_s(1_750_414_563) };
    println!("{:#?}", SevSnp.verify(&Evidence{report, chain}.to_json(), &case));
}
