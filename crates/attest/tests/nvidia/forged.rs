//! Devices under an authority of our own: what no sample shows. Where the authority is pinned, they are taken as genuine,
//! so that it is their contents that decide.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair};
use lightcone_attest::nvidia::Evidence;
use lightcone_attest::references::{Document, Firmware, FirmwarePart, References, Root};
use lightcone_attest::{Appraisal, Check, Claim, Rejection};
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DnType, IsCa, Issuer, KeyPair, SerialNumber,
    date_time_ymd,
};
use sha2::{Digest as _, Sha256};

use crate::vectors::{GPU, SWITCH, appraise, bare, pem};

/// The FWID that forged certificates name, after the head of its sequence.
const FWID: [u8; 48] = [7; 48];

/// A device of ours: its chain and the key of its first certificate.
struct Device {
    chain: Vec<Vec<u8>>,
    key: EcdsaKeyPair,
}

fn params(name: &str, is_ca: bool) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = if is_ca { IsCa::Ca(BasicConstraints::Unconstrained) } else { IsCa::ExplicitNoCa };
    (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2040, 1, 1));
    params
}

/// A composite device identity with a FWID, as Hopper has it.
fn identity() -> CustomExtension {
    let head = hex::decode("303d0609608648016503040202").unwrap();
    let fwid = [head.as_slice(), &[0x04, 0x30], &FWID].concat();
    let inside = [&[0x02, 0x01, 0x01, 0x30, 0x00], fwid.as_slice()].concat();
    let all = [&[0x30, u8::try_from(inside.len()).unwrap()], inside.as_slice()].concat();
    CustomExtension::from_oid_content(&[2, 23, 133, 5, 4, 1], all)
}

impl Device {
    fn new(boot_rom: &str, serial: &[u8]) -> Self {
        let pair = || KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384).unwrap();
        let (root_key, boot_key, key) = (pair(), pair(), pair());
        let root = params("root", true).self_signed(&root_key).unwrap();
        let mut boot = params(boot_rom, true);
        boot.serial_number = Some(SerialNumber::from_slice(serial));
        let boot_issuer = Issuer::new(boot.clone(), &boot_key);
        let boot = boot.signed_by(&boot_key, &Issuer::new(params("root", true), &root_key)).unwrap();
        let mut leaf = params("leaf", false);
        leaf.custom_extensions = vec![identity()];
        let leaf = leaf.signed_by(&key, &boot_issuer).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, &key.serialize_der()).unwrap();
        Self { chain: [leaf, boot, root].map(|one| one.der().to_vec()).to_vec(), key }
    }

    fn gpu() -> Self {
        Self::new("GH100 A01 GSP BROM", &[0x41, 1, 2, 3, 4, 5, 6, 7, 8])
    }

    /// Signs what was written, and appraises it where `firmware` is known.
    fn appraise(&self, report: &Written, firmware: Vec<Firmware>) -> Result<Appraisal, Rejection> {
        let signed = report.bytes();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        let evidence = Evidence {
            arch: report.arch.to_owned(),
            chain: pem(&self.chain),
            nonce: vec![9; 32],
            report: [signed.as_slice(), signature.as_ref()].concat(),
        };
        let kind = if report.arch == "LS10" { SWITCH } else { GPU };
        let sha256 = hex::encode(Sha256::digest(self.chain.last().unwrap()));
        let roots = vec![Root { kind: kind.name().to_owned(), name: "ours".to_owned(), sha256 }];
        appraise(&evidence, &References::unsigned(Document { roots, firmware, ..Document::default() }))
    }
}

/// A report as it is written.
struct Written {
    arch: &'static str,
    request: Vec<u8>,
    response: Vec<u8>,
    count: u8,
    record: Vec<u8>,
    fields: Vec<(u16, Vec<u8>)>,
    after: Vec<u8>,
}

impl Written {
    fn plain() -> Self {
        let record = (1..=36).flat_map(|index| block(index, 48)).collect();
        Self {
            arch: "HOPPER",
            request: vec![0x11, 0xE0, 0x01, 0xFF],
            response: vec![0x11, 0x60],
            count: 36,
            record,
            fields: vec![(3, b"1.2.3\0".to_vec()), (6, b"96.00.00.00.01".to_vec()), (20, FWID.to_vec())],
            after: Vec::new(),
        }
    }

    fn with(field: u16, value: &[u8]) -> Self {
        let mut plain = Self::plain();
        plain.fields.push((field, value.to_vec()));
        plain
    }

    fn bytes(&self) -> Vec<u8> {
        let tlv = |(kind, value): &(u16, Vec<u8>)| {
            let length = u16::try_from(value.len()).unwrap();
            [&kind.to_le_bytes()[..], &length.to_le_bytes(), value].concat()
        };
        let opaque: Vec<u8> = self.fields.iter().flat_map(tlv).collect();
        let parts: [&[u8]; 12] = [
            &self.request,
            &[9; 32],
            &[0],
            &self.response,
            &[0, 0],
            &[self.count],
            &u32::try_from(self.record.len()).unwrap().to_le_bytes()[..3],
            &self.record,
            &[8; 32],
            &u16::try_from(opaque.len()).unwrap().to_le_bytes(),
            &opaque,
            &self.after,
        ];
        parts.concat()
    }
}

/// One block, its value the index over and over.
fn block(index: u8, size: u16) -> Vec<u8> {
    let value = vec![index; usize::from(size)];
    let head = [&[index, 1][..], &(size + 3).to_le_bytes(), &[1], &size.to_le_bytes()].concat();
    [head, value].concat()
}

#[test]
fn a_device_under_a_pinned_authority_is_taken_and_under_another_is_not() {
    let device = Device::gpu();
    let appraisal = device.appraise(&Written::plain(), Vec::new()).unwrap();
    assert!(appraisal.done.contains(&Check::Firmware) && appraisal.done.contains(&Check::Root));
    let evidence = Evidence {
        arch: "HOPPER".to_owned(),
        chain: pem(&device.chain),
        nonce: vec![9; 32],
        report: {
            let signed = Written::plain().bytes();
            let signature = device.key.sign(&SystemRandom::new(), &signed).unwrap();
            [signed.as_slice(), signature.as_ref()].concat()
        },
    };
    assert_eq!(appraise(&evidence, &References::built_in()).unwrap_err().check, Check::Root);
    // The maker's chain does not help where its key did not sign.
    let maker = bare("gh100_report_nvtrust.hex", "gh100_chain_nvtrust.pem", "HOPPER").chain;
    let borrowed = Evidence { chain: maker, ..evidence };
    assert_eq!(appraise(&borrowed, &References::built_in()).unwrap_err().check, Check::Signature);
}

#[test]
fn only_a_boot_rom_names_a_chip() {
    for (name, check) in [
        ("GH100 A01 GSP BROM", None),
        ("NVIDIA GH100 Provisioner ICA 1", Some(Check::Chain)),
        ("BF3 A01 BROM", Some(Check::Chain)),
        ("GB100 A01 GSP BROM", Some(Check::Statement)),
        ("LS_10 A01 FSP BROM", Some(Check::Statement)),
    ] {
        let device = Device::new(name, &[0x41, 1, 2, 3, 4, 5, 6, 7, 8]);
        let found = device.appraise(&Written::plain(), Vec::new()).err().map(|rejection| rejection.check);
        assert_eq!(found, check, "{name}");
    }
}

#[test]
fn reports_that_are_not_written_as_they_must_be_are_refused() {
    type Change = fn(&mut Written);
    let changes: [(&str, Change); 16] = [
        ("another version of the request", |report| report.request[0] = 0x12),
        ("another request", |report| report.request[1] = 0xE1),
        ("a request without a signature", |report| report.request[2] = 0),
        ("a request of one measurement", |report| report.request[3] = 1),
        ("another version of the response", |report| report.response[0] = 0x12),
        ("an error", |report| report.response[1] = 0x7F),
        ("one block too few", |report| report.count = 37),
        ("one block too many", |report| report.count = 35),
        ("a byte behind the blocks", |report| report.record.push(0)),
        ("a block of another form", |report| report.record[1] = 2),
        ("a block that is longer than the record", |report| report.record[3] = 0xFF),
        ("a value that is longer than its block", |report| report.record[5] = 49),
        ("a value that is shorter than its block", |report| report.record[5] = 47),
        ("a block twice", |report| report.record[0] = 2),
        ("a field twice", |report| report.fields.push((3, Vec::new()))),
        ("a byte behind the fields", |report| report.after.push(0)),
    ];
    let device = Device::gpu();
    for (what, change) in changes {
        let mut report = Written::plain();
        change(&mut report);
        let rejection = device.appraise(&report, Vec::new()).expect_err(what);
        assert_eq!(rejection.check, Check::Format, "{what}: {rejection}");
    }
}

#[test]
fn firmware_that_the_certificate_does_not_name_is_refused() {
    let device = Device::gpu();
    let mut report = Written::plain();
    report.fields.pop();
    let silent = device.appraise(&report, Vec::new()).unwrap();
    assert!(silent.not_done.contains(&Check::Firmware));
    for other in [vec![6; 48], vec![7; 47], Vec::new()] {
        report.fields.push((20, other));
        assert_eq!(device.appraise(&report, Vec::new()).unwrap_err().check, Check::Firmware);
        report.fields.pop();
    }
}

#[test]
fn the_decoder_is_compared_unless_it_is_off() {
    let firmware = Firmware {
        kind: GPU.name().to_owned(),
        part: FirmwarePart::Driver,
        id: "driver".to_owned(),
        version: "1.2.3".to_owned(),
        model: None,
        measurements: [(34, vec![hex::encode([35; 48])]), (35, vec![hex::encode([1; 48])])].into(),
        checked_by: "a test".to_owned(),
    };
    let told = |report: &Written| {
        let appraisal = Device::gpu().appraise(report, vec![firmware.clone()]).unwrap();
        appraisal.claims["driver-measurements"].clone()
    };
    let compared = Claim::Text("1 of 2; differing: 35".to_owned());
    assert_eq!(told(&Written::with(11, &[0xAA])), compared);
    assert_eq!(told(&Written::with(11, &[0x00])), compared);
    assert_eq!(told(&Written::plain()), compared);
    assert_eq!(told(&Written::with(11, &[0x55])), Claim::Text("1 of 1".to_owned()));
}

#[test]
fn modes_that_are_known_close_the_gpu_to_its_host() {
    let device = Device::gpu();
    let mode = |flag: &[u8]| {
        let appraisal = device.appraise(&Written::with(36, flag), Vec::new()).unwrap();
        assert_eq!(
            appraisal.done.contains(&Check::Confidential),
            !appraisal.not_done.contains(&Check::Confidential)
        );
        appraisal.claims.get("confidential-mode").cloned()
    };
    let text = |words: &str| Some(Claim::Text(words.to_owned()));
    assert_eq!(mode(&[0, 0]), text("passthrough"));
    assert_eq!(mode(&[1, 0]), text("passthrough"));
    assert_eq!(mode(&[2, 0]), text("protected-pcie"));
    assert_eq!(mode(&[3, 0]), None);
    assert_eq!(mode(&[0, 1]), None);
    assert_eq!(mode(&[0; 9]), None);
}

#[test]
fn links_that_lead_nowhere_name_no_switch() {
    let device = Device::gpu();
    let wired = |pdis: &[u8]| {
        let appraisal = device.appraise(&Written::with(22, pdis), Vec::new()).unwrap();
        appraisal.wired_to.into_iter().collect::<Vec<_>>()
    };
    assert_eq!(wired(&[0; 16]), Vec::<String>::new());
    assert_eq!(wired(&[[1; 8], [0; 8], [1; 8]].concat()), ["nvswitch-pdi:0101010101010101"]);
    assert_eq!(wired(&[1; 9]), Vec::<String>::new());
}

#[test]
fn a_switch_that_reports_another_identity_than_its_certificate_is_refused() {
    let switch = Device::new("LS_10 A01 FSP BROM", &[0x50, 1, 1, 1, 1, 1, 1, 1, 1]);
    let appraise = |pdi: &[u8]| {
        let report = Written { arch: "LS10", ..Written::with(22, pdi) };
        switch.appraise(&report, Vec::new())
    };
    let wired = appraise(&[1; 8]).unwrap().wired_to;
    assert_eq!(wired.into_iter().collect::<Vec<_>>(), ["nvswitch-pdi:0101010101010101"]);
    assert_eq!(appraise(&[2; 8]).unwrap_err().check, Check::Statement);
}
