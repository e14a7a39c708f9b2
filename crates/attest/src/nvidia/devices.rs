//! A whole file of NVIDIA's tools, split into pieces of evidence.

use serde_json::Value;

use super::Evidence;
use crate::check::Check;
use crate::kind::Kind;
use crate::rejection::Rejection;

/// The most devices of one file: far more than any baseboard has.
const DEVICES_MAX: usize = 128;
/// The most bytes of one file.
const FILE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Where the devices are in objects: those of `nvattest` itself, and those of what NVIDIA's fleet intelligence agent
/// posts, around the same.
const PLACES: [&str; 3] = ["/evidences", "/attestationData/sdkResponse/evidences", "/sdkResponse/evidences"];

/// The evidence of each device in a file: an array, one device alone, or an object around `evidences`, as `nvattest
/// collect-evidence` prints it and as NVIDIA's fleet intelligence agent posts it. Each piece comes with its format and
/// is what that format's verifier reads.
///
/// # Errors
/// The file is none of these, is empty, or a device in it cannot be read; says which.
pub fn devices(json: &[u8]) -> Result<Vec<(Kind, Vec<u8>)>, Rejection> {
    if json.len() > FILE_BYTES_MAX {
        let why = format!("the file has {} bytes; at most {FILE_BYTES_MAX} are read", json.len());
        return Err(Rejection::new(Check::Size, why));
    }
    let file: Value = serde_json::from_slice(json)
        .map_err(|error| Rejection::format(format!("this is no JSON: {error}")))?;
    let found = found(&file);
    if found.is_empty() {
        return Err(Rejection::format("no evidence in it: give what `nvattest collect-evidence` prints"));
    }
    if found.len() > DEVICES_MAX {
        let why = format!("evidence of {} devices; at most {DEVICES_MAX} are read", found.len());
        return Err(Rejection::new(Check::Size, why));
    }
    found.iter().enumerate().map(|(place, device)| piece(place, device)).collect()
}

fn found(file: &Value) -> &[Value] {
    if let Value::Array(all) = file {
        return all;
    }
    let inside = PLACES.iter().find_map(|place| file.pointer(place)?.as_array());
    match inside {
        Some(all) => all,
        None if file.get("evidence").is_some() => std::slice::from_ref(file),
        None => &[],
    }
}

fn piece(place: usize, device: &Value) -> Result<(Kind, Vec<u8>), Rejection> {
    let evidence = Evidence::from_json(device.to_string().as_bytes())
        .map_err(|rejection| Rejection::new(rejection.check, format!("device {place}: {}", rejection.why)))?;
    Ok((evidence.kind(), evidence.to_json()))
}
