//! Facts of papers at the door: days, countries, figures, grades and where each is from.

use lightcone_policy::source::{Grade, Source};
use lightcone_policy::{Countries, Country, Date, Measure, Span};

use lightcone::v1;

use super::Violation;
use super::decision;
use super::registry::required;
use super::violation::at_most;
use crate::limits::PARTY_NAME_BYTES_MAX;

/// A day that must be there.
pub(super) fn day(field: &str, text: &str) -> Result<Date, Violation> {
    day_or(field, text, None)?.ok_or_else(|| Violation::missing(field, "give a day such as `2026-12-01`"))
}

/// A day; what is empty is `otherwise`.
pub(super) fn day_or(
    field: &str,
    text: &str,
    otherwise: impl Into<Option<Date>>,
) -> Result<Option<Date>, Violation> {
    Ok(decision::day(field, text)?.or_else(|| otherwise.into()))
}

/// From one day to another, in fields `from` and `to`; empty: without an end on that side.
pub(super) fn days(from: &str, to: &str) -> Result<(Date, Date), Violation> {
    let first = day_or("from", from, Date::MIN)?.unwrap_or(Date::MIN);
    let last = day_or("to", to, Date::MAX)?.unwrap_or(Date::MAX);
    if last < first {
        return Err(Violation::invalid("to", to, &format!("a day not before `from`, {first}")));
    }
    Ok((first, last))
}

/// A country; empty: not known.
pub(super) fn country_or_none(field: &str, code: &str) -> Result<Option<Country>, Violation> {
    if code.is_empty() {
        return Ok(None);
    }
    code.parse().map(Some).map_err(|_| {
        Violation::invalid(
            field,
            code,
            "an ISO 3166-1 alpha-2 code such as `SG`, in capital letters, or empty",
        )
    })
}

/// Countries in their order.
pub(super) fn countries(field: &str, codes: &[String], limit: usize) -> Result<Vec<Country>, Violation> {
    at_most(field, codes.len(), limit)?;
    let read = |(at, code): (usize, &String)| {
        code.parse().map_err(|_| {
            let allowed = "an ISO 3166-1 alpha-2 code such as `SG`, in capital letters";
            Violation::invalid(&format!("{field}[{at}]"), code, allowed)
        })
    };
    codes.iter().enumerate().map(read).collect()
}

/// The same as a set.
pub(super) fn country_set(field: &str, codes: &[String], limit: usize) -> Result<Countries, Violation> {
    let mut set = Countries::NONE;
    countries(field, codes, limit)?.into_iter().for_each(|country| set.insert(country));
    Ok(set)
}

/// A decimal; empty: not known.
pub(super) fn measure_or_none(field: &str, text: &str) -> Result<Option<Measure>, Violation> {
    if text.is_empty() { Ok(None) } else { measure(field, text).map(Some) }
}

/// A decimal.
pub(super) fn measure(field: &str, text: &str) -> Result<Measure, Violation> {
    let allowed = "a decimal of zero or more such as `5.92`, at most 12 digits on each side of the point";
    text.parse().map_err(|_| Violation::invalid(field, text, allowed))
}

/// A decimal, or bounds.
pub(super) fn span(field: &str, text: &str) -> Result<Span, Violation> {
    let Some((lo, hi)) = text.split_once("..") else { return measure(field, text).map(Span::exactly) };
    let (lo, hi) = (measure(field, lo)?, measure(field, hi)?);
    if hi < lo {
        return Err(Violation::invalid(field, text, "bounds such as `320..400`, the lower one first"));
    }
    Ok(Span { lo, hi: Some(hi) })
}

/// Where a fact is from, in fields `source` and `grade`.
pub(super) fn source(text: &str, wire: i32) -> Result<Source, Violation> {
    let source = required("source", text.to_owned(), PARTY_NAME_BYTES_MAX)?;
    Ok(Source { grade: grade(wire)?, source, read: None })
}

fn grade(wire: i32) -> Result<Grade, Violation> {
    match v1::Grade::try_from(wire) {
        Ok(v1::Grade::Unverified) => Ok(Grade::U),
        Ok(v1::Grade::Inferred) => Ok(Grade::I),
        Ok(v1::Grade::Common) => Ok(Grade::K),
        Ok(v1::Grade::Secondary) => Ok(Grade::S),
        Ok(v1::Grade::Primary) => Ok(Grade::V),
        Ok(v1::Grade::Unspecified) => {
            Err(Violation::missing("grade", &format!("say how well it is known: {GRADES}")))
        }
        Err(_) => Err(Violation::invalid("grade", wire, GRADES)),
    }
}

const GRADES: &str = "GRADE_UNVERIFIED, GRADE_INFERRED, GRADE_COMMON, GRADE_SECONDARY, GRADE_PRIMARY";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_one_figure_or_two_in_order() {
        assert_eq!(span("value", "5.92").map(|span| span.to_string()), Ok("5.92".into()));
        assert_eq!(span("value", "320..400").map(|span| span.to_string()), Ok("320..400".into()));
        for wrong in ["", "..", "400..320", "1..", "-1", "1e3", "x", "1..2..3"] {
            assert_eq!(
                span("value", wrong).map_err(|violation| violation.field),
                Err("value".into()),
                "{wrong}"
            );
        }
    }

    #[test]
    fn days_end_after_they_begin() {
        assert_eq!(days("", ""), Ok((Date::MIN, Date::MAX)));
        let wrong = |from, to| days(from, to).map_err(|violation| violation.field);
        assert_eq!(wrong("2026-02-02", "2026-02-01"), Err("to".into()));
        assert_eq!(wrong("2026-02-30", ""), Err("from".into()));
        assert!(days("2026-02-01", "2026-02-01").is_ok());
    }
}
