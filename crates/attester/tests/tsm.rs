//! Reports from Linux, with a folder that looks like the kernel's.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should fail")]

use std::fs;

use lightcone_attest::{snp, tdx};
use lightcone_attester::{Source as _, Tsm, Unavailable};
use tempfile::TempDir;

const BINDING: [u8; 32] = [0xB1; 32];
/// VCEK, ASK and ARK, one after the other, by AMD's identifiers.
const IDS: [u128; 3] = [
    0x63da758d_e664_4564_adc5_f4b93be8accd,
    0x4ab7b379_bbac_4fe4_a02f_05aef327c782,
    0xc0b406a4_a803_4952_9743_3fb6014cd0ae,
];
/// Two certificates, `ASK` and `ARK` in place of their bytes.
const PEM: &str = "-----BEGIN CERTIFICATE-----\nQVNL\n-----END CERTIFICATE-----\n\
                   -----BEGIN CERTIFICATE-----\nQVJL\n-----END CERTIFICATE-----\n";

/// The kernel's folder after an answer that bears a binding.
fn kernel(provider: &str, binding: [u8; 32], beside: Option<&[u8]>) -> TempDir {
    let root = TempDir::new().unwrap();
    let folder = root.path().join("lightcone");
    fs::create_dir(&folder).unwrap();
    let report = [&b"head"[..], &binding, &[0; 32], b"tail"].concat();
    let files =
        [("provider", provider.as_bytes()), ("generation", b"1\n"), ("inblob", b""), ("outblob", &report)];
    for (name, bytes) in files.into_iter().chain(beside.map(|bytes| ("auxblob", bytes))) {
        fs::write(folder.join(name), bytes).unwrap();
    }
    root
}

/// The host's table with the first so many of VCEK, ASK and ARK, three bytes each.
fn table(count: usize) -> Vec<u8> {
    let names = ["VEK", "ASK", "ARK"];
    let start = 24 * (count + 1);
    let entry = |place: usize| {
        let offset = u32::try_from(start + 3 * place).unwrap();
        [&IDS[place].to_be_bytes()[..], &offset.to_le_bytes(), &3u32.to_le_bytes()].concat()
    };
    [(0..count).flat_map(entry).collect(), vec![0; 24], names[..count].concat().into_bytes()].concat()
}

fn evidence(mut source: Tsm) -> Result<snp::Evidence, Unavailable> {
    let pieces = source.collect(&BINDING)?;
    assert_eq!((pieces.len(), pieces[0].kind), (1, source.kind()));
    Ok(snp::Evidence::parse(&pieces[0].payload).unwrap())
}

#[test]
fn a_report_comes_with_the_certificates_that_the_host_hands_out() {
    let root = kernel("sev_guest\n", BINDING, Some(&table(3)));
    let evidence = evidence(Tsm::sev_snp(root.path())).unwrap();
    assert_eq!(evidence.chain, [b"VEK", b"ASK", b"ARK"]);
    assert_eq!(evidence.report[4..36], BINDING);
    let asked = fs::read(root.path().join("lightcone/inblob")).unwrap();
    assert_eq!(asked, [BINDING, [0; 32]].concat());
}

#[test]
fn certificates_that_the_host_lacks_are_those_that_were_given() {
    let root = kernel("sev_guest\n", BINDING, Some(&table(1)));
    let source = Tsm::sev_snp(root.path()).with_chain(PEM).unwrap();
    assert_eq!(evidence(source).unwrap().chain, [b"VEK", b"ASK", b"ARK"]);
    let missing = evidence(Tsm::sev_snp(root.path())).unwrap_err();
    assert!(missing.why.contains("ASK") && missing.remedy.contains("kdsintf.amd.com"), "{missing}");
    let bare = kernel("sev_guest\n", BINDING, None);
    let source = Tsm::sev_snp(bare.path()).with_chain(PEM).unwrap();
    assert!(evidence(source).unwrap_err().why.contains("VCEK"));
    let whole = format!("-----BEGIN CERTIFICATE-----\nVkVL\n-----END CERTIFICATE-----\n{PEM}");
    let source = Tsm::sev_snp(bare.path()).with_chain(&whole).unwrap();
    assert_eq!(evidence(source).unwrap().chain, [b"VEK", b"ASK", b"ARK"]);
    for pem in ["", &PEM.repeat(2), &PEM.replace("QVJL", "?")] {
        assert!(Tsm::sev_snp(bare.path()).with_chain(pem).is_err(), "{pem}");
    }
}

#[test]
fn a_quote_comes_alone() {
    let root = kernel("tdx_guest\n", BINDING, None);
    let pieces = Tsm::tdx(root.path()).collect(&BINDING).unwrap();
    let evidence = tdx::Evidence::parse(&pieces[0].payload).unwrap();
    assert_eq!((evidence.quote.len(), evidence.collateral), (72, None));
}

#[test]
fn what_gives_no_report_says_why_and_what_to_do() {
    let nowhere = TempDir::new().unwrap();
    let missing = Tsm::tdx(nowhere.path().join("none")).collect(&BINDING).unwrap_err();
    assert!(missing.remedy.contains("configfs"), "{missing}");
    let empty = Tsm::tdx(nowhere.path()).collect(&BINDING).unwrap_err();
    assert!(empty.to_string().starts_with("no tdx evidence from "), "{empty}");
    assert!(!nowhere.path().join("lightcone").exists(), "the request is taken away");
    let amd = kernel("sev_guest\n", BINDING, None);
    let other = Tsm::tdx(amd.path()).collect(&BINDING).unwrap_err();
    assert!(other.why.contains("`sev_guest`"), "{other}");
    let stale = kernel("tdx_guest\n", [0; 32], None);
    let stale = Tsm::tdx(stale.path()).collect(&BINDING).unwrap_err();
    assert!(stale.why.contains("in between"), "{stale}");
}
