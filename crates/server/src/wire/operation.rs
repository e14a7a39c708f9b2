//! Work that takes long at the door, in the words of `google.longrunning`.

use std::time::Duration;

use lightcone::longrunning::{self as lro, operation};
use lightcone::names::{ComparisonName, OperationName};
use lightcone::v1;
use lightcone_store::{Comparison, ComparisonState};
use prost::{DecodeError, Message};
use prost_types::Any;
use tonic::Code;

use super::Violation;
use super::comparison;
use super::moment::timestamp;
use super::registry::Page;
use super::session::misnamed;

/// What names of message types begin with in an `Any`.
const TYPE_PREFIX: &str = "type.googleapis.com/lightcone.v1.";

/// The identifier in an operation's name: that of its comparison.
pub(crate) fn id(name: &str) -> Result<String, Violation> {
    OperationName::parse(name).map(|name| name.operation).map_err(|invalid| misnamed("name", &invalid))
}

/// Reads which operations are asked for.
pub(crate) fn listed(mut wire: lro::ListOperationsRequest) -> Result<Page, Violation> {
    let (size, token) = (std::mem::take(&mut wire.page_size), std::mem::take(&mut wire.page_token));
    if !matches!(wire.name.as_str(), "" | "operations") {
        return Err(Violation::invalid("name", &wire.name, "`operations`, or empty"));
    }
    if !wire.filter.is_empty() {
        return Err(Violation::invalid("filter", &wire.filter, "empty: all are listed"));
    }
    Page::read("ListOperations", size, &token, &wire)
}

/// How long a caller wants to wait; none: as long as its deadline allows.
pub(crate) fn patience(wire: Option<prost_types::Duration>) -> Result<Option<Duration>, Violation> {
    let Some(wire) = wire else { return Ok(None) };
    let told = format!("{}.{:09} s", wire.seconds, wire.nanos);
    let asked = Duration::try_from(wire).map_err(|_| Violation::invalid("timeout", told, "zero and more"))?;
    Ok(Some(asked))
}

/// A comparison as an operation.
pub(crate) fn shown(kept: &Comparison) -> Result<lro::Operation, DecodeError> {
    let progress = v1::ComparisonProgress {
        comparison: ComparisonName { comparison: kept.id.clone() }.to_string(),
        shards_done: kept.shards_done.unsigned_abs(),
        shards: kept.shards.unsigned_abs(),
        judged: kept.judged.unsigned_abs(),
        flipped: kept.flipped.unsigned_abs(),
        create_time: Some(timestamp(kept.create_time)),
        update_time: Some(timestamp(kept.update_time)),
    };
    let result = match kept.state {
        ComparisonState::Running => None,
        ComparisonState::Done => {
            Some(operation::Result::Response(packed("Comparison", &comparison::shown(kept)?)))
        }
        ComparisonState::Failed => Some(error(Code::Internal, &kept.error)),
        ComparisonState::Cancelled | ComparisonState::Deleted => {
            Some(error(Code::Cancelled, "it was cancelled"))
        }
    };
    Ok(lro::Operation {
        name: OperationName { operation: kept.id.clone() }.to_string(),
        metadata: Some(packed("ComparisonProgress", &progress)),
        done: result.is_some(),
        result,
    })
}

/// A page of operations.
pub(crate) fn page(page: &Page, found: &[Comparison]) -> Result<lro::ListOperationsResponse, DecodeError> {
    let next_page_token = page.next(found.len(), found.last().map(|kept| kept.id.as_str()));
    let operations = found.iter().map(shown).collect::<Result<_, _>>()?;
    Ok(lro::ListOperationsResponse { operations, next_page_token, unreachable: Vec::new() })
}

fn packed(kind: &str, message: &impl Message) -> Any {
    Any { type_url: format!("{TYPE_PREFIX}{kind}"), value: message.encode_to_vec() }
}

fn error(code: Code, message: &str) -> operation::Result {
    operation::Result::Error(tonic_types::Status {
        code: code as i32,
        message: message.to_owned(),
        details: Vec::new(),
    })
}
