//! Access at the door: who calls, what may be, who looked.

use lightcone::names::{AgentName, CaseName, ChipName, LandmarkName, SiteName};
use lightcone::v1;
use lightcone_access::{Act, Decision, Kind, Policy, Proof, Role, Subject};
use lightcone_store::{Access, AccessFilter, PolicyVersion};

use super::Violation;
use super::moment::timestamp;
use super::registry::Page;
use crate::access::version_of;
use crate::limits::NAME_BYTES_MAX;

/// The most rules that an answer names.
const RULES_SHOWN_MAX: usize = 64;

/// What is asked of `CanI`.
#[derive(Debug)]
pub(crate) struct Asked {
    /// The call.
    pub(crate) call: String,
    /// What it is about.
    pub(crate) resource: Option<(Kind, String)>,
    /// For a subject with this role alone.
    pub(crate) role: Option<Role>,
}

/// Who a subject is, in the contract's words.
pub(crate) fn who(subject: &Subject, expires_ns: Option<i64>) -> v1::WhoAmIResponse {
    v1::WhoAmIResponse {
        subject: subject.id.clone(),
        tenant: subject.tenant.clone(),
        roles: subject.roles.iter().map(|role| role_shown(*role) as i32).collect(),
        proof: match subject.proof {
            Proof::None => v1::Proof::None,
            Proof::Certificate => v1::Proof::Certificate,
            Proof::Token => v1::Proof::Token,
            Proof::BoundToken => v1::Proof::BoundToken,
            Proof::Development => v1::Proof::Development,
        } as i32,
        areas: subject.areas.iter().cloned().collect(),
        expire_time: expires_ns.map(timestamp),
    }
}

/// Reads a CanIRequest.
pub(crate) fn asked(wire: v1::CanIRequest, policy: &Policy) -> Result<Asked, Violation> {
    if !policy.calls().any(|call| call == wire.call) {
        let told: String = wire.call.chars().take(NAME_BYTES_MAX).collect();
        return Err(Violation::invalid(
            "call",
            told,
            "a call of the contract, such as `SiteService/ListSites`",
        ));
    }
    let role = match v1::Role::try_from(wire.as_role) {
        Ok(v1::Role::Unspecified) => None,
        Ok(role) => Some(role_read(role)),
        Err(_) => return Err(Violation::invalid("as_role", wire.as_role, "a role, or unset for yourself")),
    };
    let resource = if wire.resource.is_empty() { None } else { Some(resource(&wire.resource)?) };
    Ok(Asked { call: wire.call, resource, role })
}

fn resource(name: &str) -> Result<(Kind, String), Violation> {
    let site = SiteName::parse(name).map(|it| (Kind::Site, it.site));
    let agent = || AgentName::parse(name).map(|it| (Kind::Agent, it.agent));
    let chip = || ChipName::parse(name).map(|it| (Kind::Chip, it.chip));
    let landmark = || LandmarkName::parse(name).map(|it| (Kind::Landmark, it.landmark));
    let case = || CaseName::parse(name).map(|it| (Kind::Case, it.case));
    let found = site.or_else(|_| agent()).or_else(|_| chip()).or_else(|_| landmark()).or_else(|_| case());
    found.map_err(|invalid| {
        let allowed = "the name of a site, agent, chip, landmark or case, such as `sites/jurong`";
        Violation::invalid("resource", &invalid.name, allowed)
    })
}

/// What a call does with the record that it is about; none: it is about none.
pub(crate) fn act_of(call: &str) -> Option<Act> {
    let (service, method) = call.split_once('/')?;
    match method {
        "GetStanding" | "ListStandings" => Some(Act::Tell),
        "Attend" | "Attest" | "CloseSession" | "SummonAgent" | "WatchAssignments" | "Ingest" => {
            Some(Act::Use)
        }
        "ChallengeAttestationKey" | "ActivateAttestationKey" | "PairChip" => Some(Act::Use),
        "ApproveCase" | "CloseCase" | "RequestCase" => Some(Act::Change),
        "CheckPlacement" | "CheckExport" | "ReplayDecision" | "WaitOperation" => Some(Act::See),
        "ValidatePolicy" | "ClassifySku" => None,
        _ if matches!(service, "LocationService" | "AccessService" | "EnrolmentService") => None,
        "AuditMesh" | "AppraiseEvidence" | "GetReferences" | "GetService" => None,
        _ if method.starts_with("Get") || method.starts_with("List") || method.starts_with("Watch") => {
            Some(Act::See)
        }
        _ => Some(Act::Change),
    }
}

/// The answer to `CanI`.
pub(crate) fn answer(
    asked: &Asked,
    call: &Decision,
    record: Option<&(Act, Decision)>,
    policy_version: &str,
) -> v1::CanIResponse {
    let is_reached = record.is_none_or(|(_, decision)| decision.allowed);
    let whom = asked.role.map_or_else(|| "you".to_owned(), |role| format!("the role {role}"));
    let by = |decision: &Decision| match decision.rules.join(", ") {
        rules if rules.is_empty() => "no rule allows it".to_owned(),
        rules if decision.allowed => format!("allowed by {rules}"),
        rules => format!("forbidden by {rules}"),
    };
    let mut explanation = format!("the call {} for {whom}: {}", asked.call, by(call));
    if let Some((act, decision)) = record {
        explanation.push_str(&format!("; to {} the record: {}", act.as_str(), by(decision)));
    }
    let rules = call.rules.iter().chain(record.iter().flat_map(|(_, decision)| &decision.rules));
    v1::CanIResponse {
        allowed: call.allowed && is_reached,
        rules: rules.take(RULES_SHOWN_MAX).cloned().collect(),
        explanation,
        policy_version: policy_version.to_owned(),
    }
}

/// A policy set in the contract's words.
pub(crate) fn policy(kept: PolicyVersion) -> v1::AccessPolicy {
    v1::AccessPolicy {
        version: version_of(&kept),
        sha256: kept.sha256.to_vec(),
        load_time: Some(timestamp(kept.load_time)),
        source: kept.source,
        policies: kept.policies,
        schema: kept.schema,
    }
}

/// Reads which policy sets are asked for, and below which number.
pub(crate) fn policies_page(
    mut wire: v1::ListAccessPoliciesRequest,
) -> Result<(Page, Option<i64>), Violation> {
    let (size, token) = (std::mem::take(&mut wire.page_size), std::mem::take(&mut wire.page_token));
    let page = Page::read("ListAccessPolicies", size, &token, &wire)?;
    let before = before(&page)?;
    Ok((page, before))
}

/// A page of policy sets, without their texts.
pub(crate) fn policies(page: &Page, found: Vec<PolicyVersion>) -> v1::ListAccessPoliciesResponse {
    let last = found.last().map(|version| version.number.to_string());
    let next_page_token = page.next(found.len(), last.as_deref());
    let brief = |kept| v1::AccessPolicy { policies: String::new(), schema: String::new(), ..policy(kept) };
    v1::ListAccessPoliciesResponse {
        access_policies: found.into_iter().map(brief).collect(),
        next_page_token,
    }
}

/// Reads which accesses are asked for.
pub(crate) fn accesses_page(mut wire: v1::ListAccessesRequest) -> Result<(Page, AccessFilter), Violation> {
    let (size, token) = (std::mem::take(&mut wire.page_size), std::mem::take(&mut wire.page_token));
    let page = Page::read("ListAccesses", size, &token, &wire)?;
    if wire.resource.len() > NAME_BYTES_MAX {
        return Err(Violation::too_long("resource", wire.resource.len(), NAME_BYTES_MAX));
    }
    let before_revision = before(&page)?;
    let resource = (!wire.resource.is_empty()).then_some(wire.resource);
    let filter = AccessFilter { tenant: None, resource, before_revision, size: page.size };
    Ok((page, filter))
}

/// A page of accesses.
pub(crate) fn accesses(page: &Page, found: Vec<Access>) -> v1::ListAccessesResponse {
    let last = found.last().map(|access| access.revision.to_string());
    let next_page_token = page.next(found.len(), last.as_deref());
    v1::ListAccessesResponse { accesses: found.into_iter().map(access).collect(), next_page_token }
}

fn access(kept: Access) -> v1::Access {
    let case = if kept.case_id.is_empty() { String::new() } else { format!("cases/{}", kept.case_id) };
    v1::Access {
        time: Some(timestamp(kept.time)),
        subject: kept.subject,
        subject_tenant: kept.subject_tenant,
        call: kept.call,
        resource: kept.resource,
        tenant: kept.tenant,
        case,
        reason: kept.reason,
        policy_version: kept.policy_version,
    }
}

/// The number that a page's token names.
fn before(page: &Page) -> Result<Option<i64>, Violation> {
    let number = page.after.as_deref().map(str::parse).transpose();
    number.map_err(|_| Violation::bad_token("page_token"))
}

fn role_shown(role: Role) -> v1::Role {
    match role {
        Role::SiteOwner => v1::Role::SiteOwner,
        Role::OrderDesk => v1::Role::OrderDesk,
        Role::BuyersCounsel => v1::Role::BuyersCounsel,
        Role::Landmark => v1::Role::Landmark,
        Role::LandmarkOperator => v1::Role::LandmarkOperator,
        Role::Agent => v1::Role::Agent,
        Role::Scheduler => v1::Role::Scheduler,
        Role::Inspector => v1::Role::Inspector,
        Role::Analyst => v1::Role::Analyst,
        Role::Supervisor => v1::Role::Supervisor,
        Role::Auditor => v1::Role::Auditor,
        Role::Public => v1::Role::Public,
    }
}

/// A role that was asked for; what is unset was told apart before.
fn role_read(role: v1::Role) -> Role {
    Role::ALL.into_iter().find(|known| role_shown(*known) == role).unwrap_or(Role::Public)
}
