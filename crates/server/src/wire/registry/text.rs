//! Texts from the wire that are kept.

use crate::wire::Violation;

/// A text that must be there.
pub(crate) fn required(field: &str, text: String, bytes_max: usize) -> Result<String, Violation> {
    if text.is_empty() {
        return Err(Violation::missing(field, &format!("give {}", allowed(1, bytes_max))));
    }
    optional(field, text, bytes_max)
}

/// A text that may be empty. Control characters would break lists and logs.
pub(crate) fn optional(field: &str, text: String, bytes_max: usize) -> Result<String, Violation> {
    if text.len() > bytes_max || text.contains(char::is_control) {
        return Err(Violation::invalid(field, text, &allowed(0, bytes_max)));
    }
    Ok(text)
}

fn allowed(least: usize, bytes_max: usize) -> String {
    format!("{least} to {bytes_max} bytes, no control characters")
}
