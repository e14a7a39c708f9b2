//! Files of NVIDIA's tools.

use lightcone_attest::nvidia::{Evidence, devices};
use lightcone_attest::{Check, EVIDENCE_BYTES_MAX};
use serde_json::{Value, json};

use crate::vectors::{FILES, GPU, SWITCH, bare, good, read};

fn split(file: &Value) -> Result<Vec<(lightcone_attest::Kind, Vec<u8>)>, lightcone_attest::Rejection> {
    devices(file.to_string().as_bytes())
}

#[test]
fn files_are_split_into_devices() {
    for (name, count) in FILES.iter().zip([1, 4, 1]) {
        let found = devices(&read(name)).unwrap();
        assert_eq!(found.len(), count, "{name}");
        assert!(found.iter().all(|(kind, _)| *kind == GPU), "{name}");
    }
    let all: Vec<Value> =
        good().iter().map(|(_, evidence)| serde_json::from_slice(&evidence.to_json()).unwrap()).collect();
    let kinds: Vec<_> = split(&json!(all)).unwrap().into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == SWITCH).count(), 1);
}

#[test]
fn the_shapes_of_nvidias_tools_are_read_alike() {
    let array: Value = serde_json::from_slice(&read("gh100_evidence_590.json")).unwrap();
    let plain = split(&array).unwrap();
    let mut versioned = array[0].clone();
    versioned["driver_version"] = json!("590.12");
    versioned["version"] = json!("1.0");
    let shapes = [
        array[0].clone(),
        json!([versioned]),
        json!({"evidences": array, "result_code": 0, "result_message": "Ok"}),
        json!({"sdkResponse": {"evidences": array, "resultCode": 0}}),
        json!({"attestationData": {"sdkResponse": {"evidences": array}, "success": true}}),
    ];
    for shape in shapes {
        assert_eq!(split(&shape).unwrap(), plain, "{shape:.60}");
    }
}

#[test]
fn files_without_evidence_are_refused() {
    let piece = json!({"arch": "HOPPER", "certificate": "", "evidence": "!", "nonce": ""});
    for file in [json!([]), json!({}), json!({"evidences": []}), json!(1), json!([1]), json!([piece])] {
        assert_eq!(split(&file).unwrap_err().check, Check::Format, "{file}");
    }
    let told = split(&json!([piece])).unwrap_err().why;
    assert!(told.starts_with("device 0: `evidence` is not base64"), "{told}");
    assert_eq!(devices(b"[").unwrap_err().check, Check::Format);
}

#[test]
fn too_much_is_refused() {
    let many = vec![json!({}); 129];
    assert_eq!(split(&json!(many)).unwrap_err().check, Check::Size);
    assert_eq!(devices(&vec![b' '; 4 * 1024 * 1024 + 1]).unwrap_err().check, Check::Size);
    let mut large = bare("ls10_report.hex", "ls10_chain.pem", "LS10");
    large.chain = " ".repeat(EVIDENCE_BYTES_MAX);
    assert_eq!(Evidence::from_json(&large.to_json()).unwrap_err().check, Check::Size);
}

#[test]
fn evidence_survives_its_own_json() {
    for (name, evidence) in good() {
        assert_eq!(Evidence::from_json(&evidence.to_json()).unwrap(), evidence, "{name}");
    }
}
