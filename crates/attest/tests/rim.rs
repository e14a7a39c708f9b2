//! NVIDIA's manifests: what is read of them, and the tool that checks their signatures when they are imported.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests may fail loudly")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use lightcone_attest::nvidia::rim;
use lightcone_attest::references::FirmwarePart;

const DRIVER: &str = "rim_driver_gh100_550.144.03.xml";
const BAD_SIGNATURE: &str = "rim_driver_bad_signature.xml";
const VBIOS: &str = "rim_vbios_1010_0200_882_96005E0001.xml";
const SWITCH: &str = "rim_switch_ls10_9610550001.xml";
/// A moment at which the signers of the first three are in their time.
const IN_TIME: &str = "2025-06-01 00:00:00";

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/nvidia").join(name)
}

fn read(name: &str) -> String {
    std::fs::read_to_string(path(name)).unwrap()
}

#[test]
fn manifests_say_of_which_chip_part_and_version_they_are() {
    let samples = [
        (DRIVER, "nvidia-gpu", FirmwarePart::Driver, "550.144.03", "GH100", 21),
        (VBIOS, "nvidia-gpu", FirmwarePart::Vbios, "96.00.5E.00.01", "GH100", 12),
        (SWITCH, "nvidia-switch", FirmwarePart::Vbios, "96.10.55.00.01", "LS10", 31),
    ];
    for (name, kind, part, version, model, measurements) in samples {
        let firmware = rim::parse(read(name).as_bytes()).unwrap();
        assert_eq!((firmware.kind.as_str(), firmware.part), (kind, part), "{name}");
        assert_eq!((firmware.version.as_str(), firmware.model.as_deref()), (version, Some(model)), "{name}");
        assert_eq!(firmware.measurements.len(), measurements, "{name}");
        assert_eq!(firmware.id.len(), 96, "{name}");
        assert_eq!(firmware.checked_by, "nobody", "{name}");
    }
}

#[test]
fn every_alternative_of_an_active_measurement_is_good_and_the_others_are_left_out() {
    let firmware = rim::parse(read(DRIVER).as_bytes()).unwrap();
    assert_eq!(firmware.measurements[&35].len(), 4);
    assert_eq!(
        firmware.measurements[&7],
        ["4a5e4b3d501fe31f91bd8b6f2921b58437704a504dbedba971440e840c938c805612689ae3ac04b1009515a179063d49"]
    );
    assert!(!firmware.measurements.contains_key(&0));
}

#[test]
fn manifests_that_cannot_be_are_refused_by_the_name_of_what_is_wrong() {
    let good = read(VBIOS);
    let changed = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        good.replacen(from, to, 1)
    };
    let changes = [
        (changed("<SoftwareIdentity", "<!DOCTYPE a [<!ENTITY b \"c\">]><SoftwareIdentity"), "manifest"),
        (changed("</SoftwareIdentity>", ""), "manifest"),
        (changed("edition=\"GPU\"", "edition=\"DPU\""), "edition"),
        (changed("colloquialVersion", "version"), "colloquialVersion"),
        (changed(" product=", " produce="), "product"),
        (changed("tagId=", "tag="), "tagId"),
        (changed("<ns0:Meta", "<ns0:Entity"), "Meta"),
        (changed("http://www.w3.org/2000/09/xmldsig#\"", "http://other\""), "Signature"),
        (changed("index=\"0\"", "index=\"256\""), "index"),
        (changed("index=\"0\"", "index=\"1\""), "index"),
        (changed("active=\"True\"", "active=\"Yes\""), "active"),
        (changed("alternatives=\"1\"", "alternatives=\"2\""), "Hash1"),
        (changed("alternatives=\"1\"", "alternatives=\"65\""), "alternatives"),
        (changed("alternatives=\"1\"", "alternatives=\"0\""), "alternatives"),
        (changed("ns2:Hash0=\"", "ns2:Hash0=\"x"), "Hash0"),
        (good.replace("\"True\"", "\"False\""), "Payload"),
    ];
    for (xml, field) in changes {
        assert_eq!(rim::parse(xml.as_bytes()).unwrap_err().field, field, "{field}");
    }
    assert_eq!(rim::parse(&[0xFF]).unwrap_err().field, "manifest");
    assert_eq!(rim::parse(&vec![b' '; 512 * 1024 + 1]).unwrap_err().field, "manifest");
}

#[test]
fn a_manifest_of_many_or_deep_elements_is_refused() {
    for xml in ["<a/>".repeat(100_000), "<a>".repeat(100_000), format!("<a>{}</a>", "<b/>".repeat(100_000))] {
        assert_eq!(rim::parse(xml.as_bytes()).unwrap_err().field, "manifest");
    }
}

/// What a signature does not cover is inside itself: measurements put there are not read.
#[test]
fn measurements_inside_the_signature_are_not_read() {
    let good = read(VBIOS);
    let inside = "<ds:Object xmlns:x=\"http://standards.iso.org/iso/19770/-2/2015/schema.xsd\"><x:Payload/>\
                  <x:Meta/></ds:Object></ds:Signature>";
    let wrapped = good.replacen("</ds:Signature>", inside, 1);
    assert_ne!(wrapped, good);
    assert_eq!(rim::parse(wrapped.as_bytes()), rim::parse(good.as_bytes()));
    let beside = good.replacen("</ds:Signature>", "</ds:Signature><ns0:Payload/>", 1);
    assert_eq!(rim::parse(beside.as_bytes()).unwrap_err().field, "Payload");
}

/// Has `xmlsec1` check a manifest against NVIDIA's root, and nothing else: only certificates of the manifest may name
/// the key, never a bare key; the whole document must be signed; and the system's own authorities are kept out, which
/// `xmlsec1` would trust as much as the root that it is given. None where the tool is not installed.
fn xmlsec1(manifest: &Path, when: &str, system: &Path) -> Option<Output> {
    Command::new("xmlsec1")
        .args(["--verify", "--enabled-key-data", "x509", "--enabled-reference-uris", "empty"])
        .arg("--trusted-pem")
        .arg(path("rim_root.pem"))
        .args(["--verification-gmt-time", when])
        .arg(manifest)
        .env("SSL_CERT_FILE", system)
        .env("SSL_CERT_DIR", "/dev/null")
        .output()
        .inspect_err(|_| println!("skipped: xmlsec1 is not installed"))
        .ok()
}

fn is_good(manifest: &Path, when: &str) -> Option<bool> {
    Some(xmlsec1(manifest, when, Path::new("/dev/null"))?.status.success())
}

#[test]
fn xmlsec1_accepts_what_nvidia_signed_and_nothing_else() {
    let Some(driver) = is_good(&path(DRIVER), IN_TIME) else { return };
    assert!(driver);
    assert_eq!(is_good(&path(BAD_SIGNATURE), IN_TIME), Some(false));
    let folder = tempfile::tempdir().unwrap();
    let changed = folder.path().join("changed.xml");
    let other = read(DRIVER).replacen("4a5e4b3d501fe31f", "4a5e4b3d501fe310", 1);
    assert_ne!(other, read(DRIVER));
    std::fs::write(&changed, other).unwrap();
    assert_eq!(is_good(&changed, IN_TIME), Some(false));
}

/// The signer's certificate runs out two years after it signed; nothing in a manifest says when that was. Checked
/// for a moment when it was in its time, the signature holds.
#[test]
fn xmlsec1_refuses_a_signer_that_expired_unless_it_is_asked_for_an_earlier_time() {
    let Some(then) = is_good(&path(VBIOS), "2024-06-01 00:00:00") else { return };
    assert!(then);
    assert_eq!(is_good(&path(VBIOS), "2026-06-01 00:00:00"), Some(false));
}

/// Why the system's authorities are kept out.
#[test]
fn xmlsec1_would_trust_the_systems_authorities() {
    let Some(output) = xmlsec1(&path(DRIVER), IN_TIME, Path::new("/dev/null")) else { return };
    assert!(output.status.success());
    let folder = tempfile::tempdir().unwrap();
    let (key, authority) = authority();
    let (key_file, ca) = (folder.path().join("key.pem"), folder.path().join("ca.pem"));
    std::fs::write(&key_file, key).unwrap();
    std::fs::write(&ca, authority).unwrap();
    let (template, forged) = (folder.path().join("template.xml"), folder.path().join("forged.xml"));
    std::fs::write(&template, unsigned(&read(DRIVER))).unwrap();
    let key_and_certificate = format!("{},{}", key_file.display(), ca.display());
    let signed = Command::new("xmlsec1")
        .args(["--sign", "--privkey-pem", &key_and_certificate, "--output"])
        .args([&forged, &template])
        .status()
        .unwrap();
    assert!(signed.success());
    assert_eq!(is_good(&forged, IN_TIME), Some(false));
    let trusting = xmlsec1(&forged, IN_TIME, &ca).unwrap();
    assert!(trusting.status.success(), "the system's authorities are not trusted any more: simplify");
}

/// A manifest without its signature, to be signed by another.
fn unsigned(manifest: &str) -> String {
    let emptied = |text: &str, element: &str| {
        let (open, close) = (format!("<ds:{element}>"), format!("</ds:{element}>"));
        let (before, rest) = text.split_once(&open).unwrap();
        let (_, after) = rest.rsplit_once(&close).unwrap();
        format!("{before}{open}{close}{after}")
    };
    let text = emptied(manifest, "DigestValue");
    let text = emptied(&text, "SignatureValue");
    emptied(&text, "X509Data")
}

/// Key and certificate of an authority, in PEM.
fn authority() -> (String, String) {
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384).unwrap();
    let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let certificate = params.self_signed(&key).unwrap();
    let pem = |label: &str, der: &[u8]| {
        use base64::Engine as _;
        let body = base64::engine::general_purpose::STANDARD.encode(der);
        let lines: Vec<&str> =
            body.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
        format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
    };
    (pem("PRIVATE KEY", &key.serialize_der()), pem("CERTIFICATE", certificate.der()))
}
