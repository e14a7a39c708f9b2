//! Reading an inventory from bytes that anybody may have sent.

use serde_json::Value;

use super::{FORMAT, Inventory};

/// How large an inventory may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes of JSON.
    pub bytes: usize,
    /// The most entries of one list.
    pub entries: usize,
    /// The most bytes of one text.
    pub text_bytes: usize,
}

impl Default for Limits {
    /// 65,536 bytes, 256 entries, 512 bytes a text.
    fn default() -> Self {
        Self { bytes: 65_536, entries: 256, text_bytes: 512 }
    }
}

/// An inventory that is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("inventory: `{field}` is {value}: {remedy}")]
pub struct InvalidInventory {
    /// Where.
    pub field: String,
    /// What stands there, in words: never the foreign text itself.
    pub value: String,
    /// What to do about it.
    pub remedy: String,
}

impl Inventory {
    /// Reads an inventory. Total on any bytes; what this version does not know is held to the limits and left out.
    ///
    /// # Errors
    /// It is too large, no JSON, no inventory, or holds a text that could steer a terminal.
    pub fn parse(json: &[u8], limits: &Limits) -> Result<Self, InvalidInventory> {
        if json.len() > limits.bytes {
            let (found, most) = (json.len(), limits.bytes);
            return Err(invalid("inventory", format!("{found} bytes"), format!("send at most {most}")));
        }
        let value: Value = serde_json::from_slice(json).map_err(|error| not_read(&error))?;
        within(&value, "inventory", limits)?;
        let inventory: Self = serde_json::from_value(value).map_err(|error| not_read(&error))?;
        if inventory.format != FORMAT {
            return Err(invalid("format", "another".to_owned(), format!("send `{FORMAT}`")));
        }
        Ok(inventory)
    }

    /// The bytes that are sent: the same inventory gives the same.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}

/// Whether all texts and lists below a value are small and plain. The depth is bounded by the reader of JSON.
fn within(value: &Value, field: &str, limits: &Limits) -> Result<(), InvalidInventory> {
    match value {
        Value::String(text) => plain(text, field, limits),
        Value::Array(list) => {
            few(list.len(), field, limits)?;
            list.iter().try_for_each(|entry| within(entry, field, limits))
        }
        Value::Object(map) => {
            few(map.len(), field, limits)?;
            map.iter().try_for_each(|(name, entry)| {
                plain(name, field, limits)?;
                within(entry, name, limits)
            })
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
    }
}

fn plain(text: &str, field: &str, limits: &Limits) -> Result<(), InvalidInventory> {
    if text.len() > limits.text_bytes {
        let (found, most) = (text.len(), limits.text_bytes);
        return Err(invalid(field, format!("a text of {found} bytes"), format!("send at most {most}")));
    }
    if text.chars().any(char::is_control) {
        return Err(invalid(
            field,
            "a text with control characters".to_owned(),
            "send plain text".to_owned(),
        ));
    }
    Ok(())
}

fn few(entries: usize, field: &str, limits: &Limits) -> Result<(), InvalidInventory> {
    if entries > limits.entries {
        let most = limits.entries;
        return Err(invalid(field, format!("{entries} entries long"), format!("send at most {most}")));
    }
    Ok(())
}

/// What the reader of JSON says, without what it read.
fn not_read(error: &serde_json::Error) -> InvalidInventory {
    let (line, column) = (error.line(), error.column());
    let value = match error.classify() {
        serde_json::error::Category::Data => "of another shape".to_owned(),
        _ => format!("no JSON at line {line}, column {column}"),
    };
    invalid("inventory", value, "send what `Inventory` writes".to_owned())
}

fn invalid(field: &str, value: String, remedy: String) -> InvalidInventory {
    InvalidInventory { field: field.to_owned(), value, remedy }
}
