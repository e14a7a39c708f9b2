//! Comparisons of rules at the door.

use lightcone::names::ComparisonName;
use lightcone::v1;
use lightcone_policy::Stand;
use lightcone_store::{Comparison, ComparisonState, Flip, Request};
use prost::{DecodeError, Message as _};
use uuid::Uuid;

use super::Violation;
use super::decision::{shown_stand, version_name};
use super::moment::timestamp;
use super::registry::{Page, once};
use super::session::misnamed;
use crate::access::Caller;
use crate::limits::REASON_BYTES_MAX;

/// What is asked for, before its rules are looked up.
pub(crate) struct Asked {
    /// Rules to compare with.
    pub(crate) base: Option<v1::Rules>,
    /// Rules to look at.
    pub(crate) draft: v1::Rules,
    /// Why.
    pub(crate) reason: String,
    /// The request, for when it comes again.
    pub(crate) once: Option<Request>,
}

/// Reads what is to be compared.
pub(crate) fn asked(
    mut wire: v1::ComparePoliciesRequest,
    now: i64,
    subject: &str,
) -> Result<Asked, Violation> {
    let once = once(&mut wire, now, subject)?;
    let remedy = "name the rules to look at, such as a `policy_version`";
    let draft = wire.draft.ok_or_else(|| Violation::missing("draft", remedy))?;
    if wire.transfers {
        let allowed = "false: this server compares rules over verdicts alone";
        return Err(Violation::invalid("transfers", true, allowed));
    }
    if !wire.verdicts {
        return Err(Violation::missing("verdicts", "say what to judge: set it"));
    }
    if wire.reason.len() > REASON_BYTES_MAX {
        return Err(Violation::too_long("reason", wire.reason.len(), REASON_BYTES_MAX));
    }
    Ok(Asked { base: wire.base, draft, reason: wire.reason, once })
}

/// Rules with everything filled in, as they are kept.
pub(crate) fn filled(number: i64, stand: &Stand) -> Vec<u8> {
    v1::Rules { policy_version: version_name(number), stand: Some(shown_stand(stand)) }.encode_to_vec()
}

/// A comparison to be kept.
pub(crate) fn to_keep(
    asked: &Asked,
    (base, draft): (Vec<u8>, Vec<u8>),
    caller: &Caller,
    scope: String,
    now: i64,
) -> Comparison {
    Comparison {
        id: Uuid::now_v7().to_string(),
        create_time: now,
        update_time: now,
        end_time: None,
        state: ComparisonState::Running,
        tenant: caller.subject.tenant.clone(),
        scope,
        base,
        draft,
        verdicts: true,
        transfers: false,
        verdict_revision: 0,
        asked_by: caller.subject.id.clone(),
        reason: asked.reason.clone(),
        listed: false,
        shards: 0,
        shards_done: 0,
        judged: 0,
        flipped: 0,
        result: Vec::new(),
        flips_sha256: String::new(),
        error: String::new(),
    }
}

/// The identifier in a comparison's name.
pub(crate) fn id(field: &str, name: &str) -> Result<String, Violation> {
    ComparisonName::parse(name).map(|name| name.comparison).map_err(|invalid| misnamed(field, &invalid))
}

/// A comparison in the contract's words.
pub(crate) fn shown(kept: &Comparison) -> Result<v1::Comparison, DecodeError> {
    let found = v1::Comparison::decode(kept.result.as_slice())?;
    Ok(v1::Comparison {
        name: ComparisonName { comparison: kept.id.clone() }.to_string(),
        base: Some(v1::Rules::decode(kept.base.as_slice())?),
        draft: Some(v1::Rules::decode(kept.draft.as_slice())?),
        judged: kept.judged.unsigned_abs(),
        finished: kept.state == ComparisonState::Done,
        verdict_revision: kept.verdict_revision.unsigned_abs(),
        flips_sha256: kept.flips_sha256.clone(),
        create_time: Some(timestamp(kept.create_time)),
        flipped: kept.flipped.unsigned_abs(),
        ..found
    })
}

/// Reads which flips are asked for.
pub(crate) fn listed(mut wire: v1::ListFlipsRequest) -> Result<(Page, String), Violation> {
    let (size, token) = (std::mem::take(&mut wire.page_size), std::mem::take(&mut wire.page_token));
    let page = Page::read("ListFlips", size, &token, &wire)?;
    Ok((page, id("parent", &wire.parent)?))
}

/// A page of flips.
pub(crate) fn page(page: &Page, found: &[Flip]) -> Result<v1::ListFlipsResponse, DecodeError> {
    let next_page_token = page.next(found.len(), found.last().map(|flip| flip.subject.as_str()));
    let flips = found.iter().map(|flip| v1::Flip::decode(flip.body.as_slice()));
    Ok(v1::ListFlipsResponse { flips: flips.collect::<Result<_, _>>()?, next_page_token })
}
