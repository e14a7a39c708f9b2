//! What is wrong with a request: the field, the value, and what would be right.

use std::fmt;

use lightcone::v1::ErrorReason;

/// The longest value that is repeated to the caller, in characters.
const VALUE_CHARS_MAX: usize = 64;

/// A field that cannot be accepted.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Violation {
    /// Why, for programs.
    pub(crate) reason: ErrorReason,
    /// Path of the field; empty for the request as a whole.
    pub(crate) field: String,
    /// What is wrong and what would be right, to be read after the field's name.
    pub(crate) description: String,
    /// The facts of the description.
    pub(crate) facts: Vec<(&'static str, String)>,
}

impl Violation {
    /// A required field is absent.
    pub(crate) fn missing(field: &str, remedy: &str) -> Self {
        Self::new(ErrorReason::FieldMissing, field, format!("is missing: {remedy}"), Vec::new())
    }

    /// A value is not allowed.
    pub(crate) fn invalid(field: &str, value: impl fmt::Display, allowed: &str) -> Self {
        let value = cut(&value.to_string());
        let description = format!("is `{value}`; allowed: {allowed}");
        let facts = vec![("value", value), ("allowed", allowed.to_owned())];
        Self::new(ErrorReason::FieldInvalid, field, description, facts)
    }

    /// A value is not allowed and is nothing to repeat.
    pub(crate) fn invalid_unsaid(field: &str, allowed: &str) -> Self {
        let description = format!("is not allowed; allowed: {allowed}");
        Self::new(ErrorReason::FieldInvalid, field, description, vec![("allowed", allowed.to_owned())])
    }

    /// A landmark that the request does not list.
    pub(crate) fn unknown_landmark(field: &str, name: impl fmt::Display) -> Self {
        let name = cut(&name.to_string());
        let description = format!("names landmark `{name}`, which `landmarks` does not list");
        Self::new(ErrorReason::LandmarkUnknown, field, description, vec![("value", name)])
    }

    /// Two landmarks of the same name.
    pub(crate) fn duplicate_landmark(name: &str) -> Self {
        let name = cut(name);
        let description = format!("has two landmarks named `{name}`; a name stands for one landmark");
        Self::new(ErrorReason::LandmarkDuplicate, "landmarks", description, vec![("value", name)])
    }

    /// No such area.
    pub(crate) fn unknown_area(field: &str, code: &str) -> Self {
        let code = cut(code);
        let description =
            format!("names area `{code}`; known are the ISO 3166-1 alpha-2 codes and `XZ`, the sea");
        Self::new(ErrorReason::AreaUnknown, field, description, vec![("value", code)])
    }

    /// A list is too long.
    pub(crate) fn too_many(field: &str, count: usize, limit: usize) -> Self {
        let description = format!("has {count} entries; at most {limit} are allowed");
        let facts = vec![("count", count.to_string()), ("limit", limit.to_string())];
        Self::new(ErrorReason::LimitExceeded, field, description, facts)
    }

    /// A token that leads nowhere here.
    pub(crate) fn bad_token(field: &str) -> Self {
        let description = "is not of this list: begin without it, and keep all other arguments as they were";
        Self::new(ErrorReason::TokenInvalid, field, description.to_owned(), Vec::new())
    }

    /// A text is too long.
    pub(crate) fn too_long(field: &str, bytes: usize, limit: usize) -> Self {
        let description = format!("has {bytes} bytes; at most {limit} are allowed");
        let facts = vec![("count", bytes.to_string()), ("limit", limit.to_string())];
        Self::new(ErrorReason::LimitExceeded, field, description, facts)
    }

    /// Lists that go together differ in length.
    pub(crate) fn lengths_differ(field: &str, count: usize, expected: usize) -> Self {
        let description = format!("has {count} entries; {expected} are needed, one for each round trip");
        let facts = vec![("count", count.to_string()), ("expected", expected.to_string())];
        Self::new(ErrorReason::LengthsDiffer, field, description, facts)
    }

    /// A stream's frame is not the one that should come.
    pub(crate) fn unexpected_frame(expected: &'static str, frame: u64) -> Self {
        let description = format!("frame {frame} of the stream is not what should come there: {expected}");
        let facts = vec![("expected", expected.to_owned()), ("frame", frame.to_string())];
        Self::new(ErrorReason::FrameUnexpected, "", description, facts)
    }

    /// The same, seen from the message around it.
    pub(crate) fn within(mut self, outer: &str) -> Self {
        self.field = if self.field.is_empty() { outer.to_owned() } else { format!("{outer}.{}", self.field) };
        self
    }

    /// The same, seen from the list that the message is an entry of.
    pub(crate) fn at(self, list: &str, index: usize) -> Self {
        self.within(&format!("{list}[{index}]"))
    }

    fn new(
        reason: ErrorReason,
        field: &str,
        description: String,
        facts: Vec<(&'static str, String)>,
    ) -> Self {
        Self { reason, field: field.to_owned(), description, facts }
    }
}

/// Nothing that a caller sends comes back longer than needed to find it, nor with control characters.
fn cut(value: &str) -> String {
    value
        .chars()
        .take(VALUE_CHARS_MAX)
        .map(|letter| if letter.is_control() { '\u{fffd}' } else { letter })
        .collect()
}

/// Whether a list is short enough.
pub(crate) fn at_most(field: &str, count: usize, limit: usize) -> Result<(), Violation> {
    if count > limit { Err(Violation::too_many(field, count, limit)) } else { Ok(()) }
}

/// Whether a list is neither empty nor too long.
pub(crate) fn some_of(field: &str, count: usize, limit: usize, remedy: &str) -> Result<(), Violation> {
    if count == 0 { Err(Violation::missing(field, remedy)) } else { at_most(field, count, limit) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_grow_from_inside_out() {
        let violation = Violation::missing("point", "x").at("landmarks", 3).within("header");
        assert_eq!(violation.field, "header.landmarks[3].point");
    }

    #[test]
    fn what_is_repeated_is_short_and_printable() {
        let violation = Violation::invalid("worldview", "a\nb".repeat(100), "c");
        assert!(violation.description.chars().count() < 120 && !violation.description.contains('\n'));
    }
}
