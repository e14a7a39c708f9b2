//! Who one is to a server, what one may do, and cases.

use lightcone::v1;
use lightcone::v1::access_service_client::AccessServiceClient;
use lightcone::v1::case_service_client::CaseServiceClient;

use super::super::line::limited;
use super::{MESSAGE_BYTES_MAX, Registry, Shown, shown};
use crate::args::{CanIArgs, RequestCaseArgs, RoleName};
use crate::exit::{Failure, Outcome};

impl Registry {
    /// Whom the server takes the caller for.
    pub(crate) fn whoami(&self) -> Outcome<Shown> {
        shown!(self, AccessServiceClient.who_am_i(v1::WhoAmIRequest {}), "WhoAmIResponse")
    }

    /// Whether a call would be allowed.
    pub(crate) fn can_i(&self, args: &CanIArgs) -> Outcome<Shown> {
        let as_role = args.as_role.map_or(v1::Role::Unspecified, role) as i32;
        let request = v1::CanIRequest { call: args.call.clone(), resource: args.resource.clone(), as_role };
        shown!(self, AccessServiceClient.can_i(request), "CanIResponse")
    }

    /// Asks for a case.
    pub(crate) fn request_case(&self, args: &RequestCaseArgs) -> Outcome<Shown> {
        let duration = prost_types::Duration::try_from(args.duration())
            .map_err(|_| Failure::usage("--days is more than anybody can wait; choose 1 to 30"))?;
        let request = v1::RequestCaseRequest {
            site: args.site.clone(),
            reason: args.reason.clone(),
            duration: Some(duration),
            request_id: String::new(),
        };
        shown!(self, CaseServiceClient.request_case(request), "Case")
    }

    /// Agrees to a case.
    pub(crate) fn approve_case(&self, name: &str) -> Outcome<Shown> {
        let request = v1::ApproveCaseRequest { name: name.to_owned() };
        shown!(self, CaseServiceClient.approve_case(request), "Case")
    }

    /// Ends a case.
    pub(crate) fn close_case(&self, name: &str) -> Outcome<Shown> {
        let request = v1::CloseCaseRequest { name: name.to_owned() };
        shown!(self, CaseServiceClient.close_case(request), "Case")
    }
}

const fn role(name: RoleName) -> v1::Role {
    match name {
        RoleName::SiteOwner => v1::Role::SiteOwner,
        RoleName::OrderDesk => v1::Role::OrderDesk,
        RoleName::BuyersCounsel => v1::Role::BuyersCounsel,
        RoleName::Landmark => v1::Role::Landmark,
        RoleName::LandmarkOperator => v1::Role::LandmarkOperator,
        RoleName::Agent => v1::Role::Agent,
        RoleName::Scheduler => v1::Role::Scheduler,
        RoleName::Inspector => v1::Role::Inspector,
        RoleName::Analyst => v1::Role::Analyst,
        RoleName::Supervisor => v1::Role::Supervisor,
        RoleName::Auditor => v1::Role::Auditor,
        RoleName::Public => v1::Role::Public,
    }
}
