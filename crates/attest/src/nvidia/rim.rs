//! Reads NVIDIA's manifests of reference values (RIM: a SWID tag of ISO/IEC 19770-2 with TCG's additions).
//!
//! **The signature of the manifest is not checked here.** It is XML-DSig under a chain of its own; a tool such as
//! `xmlsec1` checks it when a manifest is imported, and what was read is then signed by us with the rest of the
//! references. Never hand a manifest in here whose signature nobody checked.

use std::collections::BTreeMap;

use roxmltree::{Document, Node, ParsingOptions};

use crate::kind::Kind;
use crate::references::{Firmware, FirmwarePart};

/// The most bytes of one manifest; NVIDIA's have about 25 thousand.
const MANIFEST_BYTES_MAX: usize = 512 * 1024;
/// The most nodes of one manifest.
const NODES_MAX: u32 = 4096;
/// The most good values of one measurement.
const ALTERNATIVES_MAX: usize = 64;
/// The longest foreign value that an error shows, in characters.
const SHOWN_MAX: usize = 100;
/// A digest of SHA-384, in hexadecimal digits.
const DIGITS: usize = 96;
/// How a firmware in flash is numbered: five pairs of hexadecimal digits.
const VBIOS_PAIRS: usize = 5;

const SWID: &str = "http://standards.iso.org/iso/19770/-2/2015/schema.xsd";
const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
const SHA384: &str = "http://www.w3.org/2001/04/xmlenc#sha384";

/// A manifest that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("manifest: `{field}` is `{value}`: {remedy}")]
pub struct InvalidManifest {
    /// Where.
    pub field: String,
    /// What stands there.
    pub value: String,
    /// What to do about it.
    pub remedy: String,
}

/// What a manifest says is good. Nothing says yet that the maker said so: its signature is not checked, and
/// [`Firmware::checked_by`] says that; whoever checked it writes there how.
///
/// Only what the maker's signature covers is read: children of the root, outside the signature itself.
///
/// # Errors
/// The bytes are no such manifest, too many, or without a signature that could be checked; a value cannot be.
pub fn parse(xml: &[u8]) -> Result<Firmware, InvalidManifest> {
    if xml.len() > MANIFEST_BYTES_MAX {
        let remedy = format!("at most {MANIFEST_BYTES_MAX} bytes are read");
        return Err(invalid("manifest", format!("{} bytes", xml.len()), remedy));
    }
    let unreadable = |error: String| invalid("manifest", error, "give a manifest as NVIDIA publishes it");
    let text = std::str::from_utf8(xml).map_err(|error| unreadable(error.to_string()))?;
    let options = ParsingOptions { allow_dtd: false, nodes_limit: NODES_MAX, ..ParsingOptions::default() };
    let document =
        Document::parse_with_options(text, options).map_err(|error| unreadable(error.to_string()))?;
    let root = document.root_element();
    if !root.has_tag_name((SWID, "SoftwareIdentity")) {
        return Err(unreadable(format!("<{}>", root.tag_name().name())));
    }
    only(root, DSIG, "Signature")?;
    let meta = only(root, SWID, "Meta")?;
    let version = attribute(meta, "colloquialVersion")?;
    Ok(Firmware {
        kind: kind(attribute(meta, "edition")?)?.name().to_owned(),
        part: part(version),
        id: attribute(root, "tagId")?.to_owned(),
        version: version.to_owned(),
        model: Some(attribute(meta, "product")?.to_owned()),
        measurements: measurements(only(root, SWID, "Payload")?)?,
        checked_by: "nobody".to_owned(),
    })
}

/// The one child of that name.
fn only<'a, 'input>(
    root: Node<'a, 'input>,
    namespace: &'static str,
    name: &'static str,
) -> Result<Node<'a, 'input>, InvalidManifest> {
    let mut all = root.children().filter(|child| child.has_tag_name((namespace, name)));
    match (all.next(), all.next()) {
        (Some(child), None) => Ok(child),
        (None, _) => Err(invalid(name, "missing", "give a whole manifest, with its signature")),
        _ => Err(invalid(name, "there twice", "give a manifest as NVIDIA publishes it")),
    }
}

fn attribute<'a>(node: Node<'a, '_>, name: &'static str) -> Result<&'a str, InvalidManifest> {
    let value = node.attribute(name).filter(|value| !value.is_empty());
    value.ok_or_else(|| invalid(name, "missing", "give a manifest as NVIDIA publishes it"))
}

fn kind(edition: &str) -> Result<Kind, InvalidManifest> {
    match edition {
        "GPU" => Ok(Kind::NvidiaGpu),
        "SWITCH" => Ok(Kind::NvidiaSwitch),
        _ => Err(invalid("edition", edition, "give a manifest of a `GPU` or a `SWITCH`")),
    }
}

/// A manifest does not say of which part it is; the numbering of versions does.
fn part(version: &str) -> FirmwarePart {
    let is_pair = |part: &str| part.len() == 2 && part.bytes().all(|digit| digit.is_ascii_hexdigit());
    let is_vbios = version.split('.').count() == VBIOS_PAIRS && version.split('.').all(is_pair);
    if is_vbios { FirmwarePart::Vbios } else { FirmwarePart::Driver }
}

fn measurements(payload: Node<'_, '_>) -> Result<BTreeMap<u8, Vec<String>>, InvalidManifest> {
    let mut all = BTreeMap::new();
    for resource in payload.children().filter(|child| child.has_tag_name((SWID, "Resource"))) {
        let index = attribute(resource, "index")?;
        let number = index.parse().map_err(|_| invalid("index", index, "number it from 0 to 255"))?;
        let active = attribute(resource, "active")?;
        let is_active = match active {
            "True" => true,
            "False" => false,
            _ => return Err(invalid("active", active, "write `True` or `False`")),
        };
        if is_active && all.insert(number, values(resource)?).is_some() {
            return Err(invalid("index", index, "name each measurement once"));
        }
    }
    if all.is_empty() {
        return Err(invalid("Payload", "without an active measurement", "give one that says something"));
    }
    Ok(all)
}

/// The good values of one measurement, each once.
fn values(resource: Node<'_, '_>) -> Result<Vec<String>, InvalidManifest> {
    let count = attribute(resource, "alternatives")?;
    let alternatives: usize = count
        .parse()
        .ok()
        .filter(|count| (1..=ALTERNATIVES_MAX).contains(count))
        .ok_or_else(|| invalid("alternatives", count, format!("write 1 to {ALTERNATIVES_MAX}")))?;
    let mut values = Vec::new();
    for place in 0..alternatives {
        let name = format!("Hash{place}");
        let value = resource.attribute((SHA384, name.as_str())).unwrap_or_default().to_ascii_lowercase();
        if value.len() != DIGITS || !value.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(invalid(&name, value, format!("write {DIGITS} hexadecimal digits")));
        }
        if !values.contains(&value) {
            values.push(value);
        }
    }
    Ok(values)
}

fn invalid(field: &str, value: impl Into<String>, remedy: impl Into<String>) -> InvalidManifest {
    let value = value.into().chars().take(SHOWN_MAX).collect();
    InvalidManifest { field: field.to_owned(), value, remedy: remedy.into() }
}
