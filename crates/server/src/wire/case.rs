//! Cases at the door.

use std::time::Duration;

use lightcone::names::{CaseName, SiteName};
use lightcone::v1;
use lightcone::v1::case::State;
use lightcone_access::Subject;
use lightcone_store::{Case, CaseFilter, CaseState, Request};
use uuid::Uuid;

use super::Violation;
use super::moment::timestamp;
use super::registry::{Page, once, required};
use super::session::misnamed;
use crate::limits::{CASE_DAYS_DEFAULT, CASE_DAYS_MAX, REASON_BYTES_MAX};

const NS_PER_DAY: i64 = 86_400_000_000_000;

/// Reads a request for a case.
pub(crate) fn requested(
    mut wire: v1::RequestCaseRequest,
    subject: &Subject,
    now: i64,
) -> Result<(Case, Option<Request>), Violation> {
    let once = once(&mut wire, now, &subject.id)?;
    let site = SiteName::parse(&wire.site).map_err(|invalid| misnamed("site", &invalid))?.site;
    let case = Case {
        id: Uuid::now_v7().to_string(),
        etag: String::new(),
        create_time: now,
        update_time: now,
        state: CaseState::Requested,
        site,
        reason: required("reason", wire.reason, REASON_BYTES_MAX)?,
        tenant: subject.tenant.clone(),
        requested_by: subject.id.clone(),
        approved_by: String::new(),
        closed_by: String::new(),
        duration_ns: duration(wire.duration)?,
        open_time: None,
        expire_time: now.saturating_add(CASE_DAYS_MAX * NS_PER_DAY),
        close_time: None,
    };
    Ok((case, once))
}

fn duration(wire: Option<prost_types::Duration>) -> Result<i64, Violation> {
    let Some(wire) = wire else { return Ok(CASE_DAYS_DEFAULT * NS_PER_DAY) };
    let asked = Duration::try_from(wire).ok().and_then(|asked| i64::try_from(asked.as_nanos()).ok());
    asked.filter(|asked| (1..=CASE_DAYS_MAX * NS_PER_DAY).contains(asked)).ok_or_else(|| {
        let told = format!("{}.{:09} s", wire.seconds, wire.nanos);
        Violation::invalid("duration", told, &format!("above zero, at most {CASE_DAYS_MAX} days"))
    })
}

/// The identifier in a case's name.
pub(crate) fn id(name: &str) -> Result<String, Violation> {
    CaseName::parse(name).map(|name| name.case).map_err(|invalid| misnamed("name", &invalid))
}

/// Reads which cases are asked for.
pub(crate) fn listed(mut wire: v1::ListCasesRequest, now: i64) -> Result<(Page, CaseFilter), Violation> {
    let (size, token) = (std::mem::take(&mut wire.page_size), std::mem::take(&mut wire.page_token));
    let page = Page::read("ListCases", size, &token, &wire)?;
    let state = match State::try_from(wire.state) {
        Ok(State::Unspecified) => None,
        Ok(State::Requested) => Some(CaseState::Requested),
        Ok(State::Open) => Some(CaseState::Open),
        Ok(State::Closed) => Some(CaseState::Closed),
        Err(_) => {
            let allowed = "STATE_REQUESTED, STATE_OPEN, STATE_CLOSED, or unset for all";
            return Err(Violation::invalid("state", wire.state, allowed));
        }
    };
    let filter = CaseFilter { tenant: None, state, now, before_id: page.after.clone(), size: page.size };
    Ok((page, filter))
}

/// A page of cases.
pub(crate) fn page(page: &Page, found: Vec<Case>, now: i64) -> v1::ListCasesResponse {
    let next_page_token = page.next(found.len(), found.last().map(|case| case.id.as_str()));
    v1::ListCasesResponse { cases: found.into_iter().map(|case| shown(case, now)).collect(), next_page_token }
}

/// A case in the contract's words. What is past its time is closed, whether or not anybody wrote that down.
pub(crate) fn shown(case: Case, now: i64) -> v1::Case {
    let state = match case.state {
        _ if case.expire_time <= now => State::Closed,
        CaseState::Requested => State::Requested,
        CaseState::Open => State::Open,
        CaseState::Closed => State::Closed,
    };
    v1::Case {
        name: CaseName { case: case.id }.to_string(),
        site: SiteName { site: case.site }.to_string(),
        reason: case.reason,
        state: state as i32,
        tenant: case.tenant,
        requested_by: case.requested_by,
        approved_by: case.approved_by,
        closed_by: case.closed_by,
        create_time: Some(timestamp(case.create_time)),
        open_time: case.open_time.map(timestamp),
        expire_time: Some(timestamp(case.expire_time)),
        close_time: case.close_time.map(timestamp),
    }
}
