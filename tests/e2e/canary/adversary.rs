//! Whoever has every role of an outsider, and asks everything that there is to ask.

use std::collections::BTreeSet;

use lightcone::v1;
use lightcone::v1::access_service_client::AccessServiceClient;
use lightcone::v1::standing_service_client::StandingServiceClient;
use lightcone_tests::House;
use prost::Message;
use prost_reflect::{DescriptorPool, Value};
use tonic::transport::Channel;
use tonic::{Response, Status};

use super::plant::{AGENTS, Canary};

/// An answer or a refusal, as it came.
pub(super) struct Heard {
    pub(super) call: &'static str,
    pub(super) bytes: Vec<u8>,
}

/// Asks all calls whose answers are for PARTNER or PUBLIC.
pub(super) struct Adversary {
    standing: StandingServiceClient<Channel>,
    access: AccessServiceClient<Channel>,
    /// Names of all that there is: it knows even those.
    chips: Vec<String>,
    others: Vec<String>,
}

impl Adversary {
    pub(super) async fn against(house: &House, canaries: &[Canary]) -> Self {
        let channel = house.channel().await;
        let chips = canaries.iter().flat_map(|canary| (0..AGENTS).map(|nth| canary.chip(nth))).collect();
        let sites = canaries.iter().map(|canary| format!("sites/{}", canary.site));
        let agents = canaries.iter().map(|canary| format!("agents/{}", canary.agent(0)));
        let none = ["chips/none", "chips/NONE", "", "landmarks/none"].map(str::to_owned);
        Self {
            standing: StandingServiceClient::new(channel.clone()),
            access: AccessServiceClient::new(channel),
            chips,
            others: sites.chain(agents).chain(none).collect(),
        }
    }

    /// How every chip stands: one by one, then by pages. Both ways must agree.
    pub(super) async fn standings(&mut self, heard: &mut Vec<Heard>) -> Vec<v1::Standing> {
        let mut shown = Vec::new();
        for chip in self.chips.clone() {
            let answer = self.standing.get_standing(v1::GetStandingRequest { chip }).await;
            shown.extend(keep(heard, "StandingService/GetStanding", answer));
        }
        let mut request = v1::ListStandingsRequest { page_size: 7, page_token: String::new() };
        loop {
            let answer = self.standing.list_standings(request.clone()).await;
            let Some(page) = keep(heard, "StandingService/ListStandings", answer) else { return shown };
            shown.extend(page.standings);
            if page.next_page_token.is_empty() {
                return shown;
            }
            request.page_token = page.next_page_token;
        }
    }

    /// Everything else that outsiders may ask, and what is refused.
    pub(super) async fn all_else(&mut self, heard: &mut Vec<Heard>) {
        for call in calls() {
            self.ask(&call, heard).await;
        }
    }

    async fn ask(&mut self, call: &str, heard: &mut Vec<Heard>) {
        match call {
            "StandingService/GetStanding" => {
                for chip in self.others.clone() {
                    let answer = self.standing.get_standing(v1::GetStandingRequest { chip }).await;
                    keep(heard, "StandingService/GetStanding", answer);
                }
            }
            "StandingService/ListStandings" => {
                for (page_size, page_token) in [(-1, ""), (0, "x"), (i32::MAX, "")] {
                    let request = v1::ListStandingsRequest { page_size, page_token: page_token.to_owned() };
                    let answer = self.standing.list_standings(request).await;
                    keep(heard, "StandingService/ListStandings", answer);
                }
            }
            "StandingService/GetService" => {
                let answer = self.standing.get_service(v1::GetServiceRequest {}).await;
                keep(heard, "StandingService/GetService", answer);
            }
            "AccessService/WhoAmI" => {
                let answer = self.access.who_am_i(v1::WhoAmIRequest {}).await;
                keep(heard, "AccessService/WhoAmI", answer);
            }
            "AccessService/CanI" => {
                for resource in self.chips.iter().chain(&self.others).cloned().collect::<Vec<_>>() {
                    let call = "StandingService/GetStanding".to_owned();
                    let request = v1::CanIRequest { call, resource, ..v1::CanIRequest::default() };
                    let answer = self.access.can_i(request).await;
                    keep(heard, "AccessService/CanI", answer);
                }
            }
            "AccessService/GetAccessPolicy" => {
                let answer = self.access.get_access_policy(v1::GetAccessPolicyRequest {}).await;
                keep(heard, "AccessService/GetAccessPolicy", answer);
            }
            "AccessService/ListAccessPolicies" => {
                let answer = self.access.list_access_policies(v1::ListAccessPoliciesRequest::default()).await;
                keep(heard, "AccessService/ListAccessPolicies", answer);
            }
            "AccessService/ListAccesses" => {
                let answer = self.access.list_accesses(v1::ListAccessesRequest::default()).await;
                keep(heard, "AccessService/ListAccesses", answer);
            }
            // What published rules say of a chip's published figures: no record of a site, agent or chip is read.
            "PolicyService/ValidatePolicy"
            | "PolicyService/CreatePolicyVersion"
            | "PolicyService/GetPolicyVersion"
            | "PolicyService/ListPolicyVersions"
            | "PolicyService/RequestPolicyActivation"
            | "PolicyService/ApprovePolicyActivation"
            | "SkuService/ClassifySku" => {}
            new => unreachable!("{new} answers outsiders: have the adversary ask it too"),
        }
    }
}

/// Every RPC whose answer is for PARTNER or PUBLIC, as the contract has them.
fn calls() -> BTreeSet<String> {
    let pool = DescriptorPool::decode(lightcone::FILE_DESCRIPTOR_SET).expect("a descriptor set");
    let option = pool.get_extension_by_name("lightcone.v1.rpc_audience").expect("the option");
    let outsiders = [v1::Audience::Partner as i32, v1::Audience::Public as i32];
    let is_for_outsiders = |value: &Value| value.as_enum_number().is_some_and(|it| outsiders.contains(&it));
    let own = pool.services().filter(|service| service.package_name() == "lightcone.v1");
    own.flat_map(|service| service.methods().collect::<Vec<_>>())
        .filter(|method| {
            let options = method.options();
            let audiences = options.get_extension(&option);
            audiences.as_list().is_some_and(|list| list.iter().any(is_for_outsiders))
        })
        .map(|method| format!("{}/{}", method.parent_service().name(), method.name()))
        .collect()
}

fn keep<M: Message>(
    heard: &mut Vec<Heard>,
    call: &'static str,
    answer: Result<Response<M>, Status>,
) -> Option<M> {
    match answer {
        Ok(answer) => {
            let message = answer.into_inner();
            heard.push(Heard { call, bytes: message.encode_to_vec() });
            Some(message)
        }
        Err(status) => {
            let bytes = [status.message().as_bytes(), status.details()].concat();
            heard.push(Heard { call, bytes });
            None
        }
    }
}
