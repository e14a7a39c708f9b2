//! What if: rules held against others over a fleet, as work that takes long, and whose it is.

use lightcone::longrunning::operations_client::OperationsClient;
use lightcone::longrunning::{
    CancelOperationRequest, DeleteOperationRequest, GetOperationRequest, ListOperationsRequest, Operation,
    WaitOperationRequest, operation,
};
use lightcone::v1;
use lightcone::v1::ErrorReason;
use lightcone::v1::policy_service_client::PolicyServiceClient;
use lightcone_store::Store;
use lightcone_tests::House;
use lightcone_tests::fleet::{self, Parked};
use prost::Message as _;
use tonic::Code;
use tonic::transport::Channel;

use crate::access::Court;

/// Who compares, and looks how far it is.
struct Desk {
    policies: PolicyServiceClient<Channel>,
    operations: OperationsClient<Channel>,
}

impl Desk {
    fn on(channel: Channel) -> Self {
        Self {
            policies: PolicyServiceClient::new(channel.clone()),
            operations: OperationsClient::new(channel),
        }
    }

    async fn compare(&mut self, request: v1::ComparePoliciesRequest) -> Operation {
        self.policies.compare_policies(request).await.expect("it is taken up").into_inner()
    }

    /// Waits until it is over.
    async fn found(&mut self, begun: Operation) -> v1::Comparison {
        let mut last = begun;
        while !last.done {
            let wait = WaitOperationRequest { name: last.name.clone(), timeout: None };
            last = self.operations.wait_operation(wait).await.expect("an operation").into_inner();
        }
        let response = last.result.and_then(|result| match result {
            operation::Result::Response(found) => Some(found),
            operation::Result::Error(_) => None,
        });
        let found = response.expect("it ends well");
        assert_eq!(found.type_url, "type.googleapis.com/lightcone.v1.Comparison");
        v1::Comparison::decode(found.value.as_slice()).expect("a comparison")
    }

    async fn flips(&mut self, parent: &str, page_size: i32) -> Vec<v1::Flip> {
        let (mut flips, mut page_token) = (Vec::new(), String::new());
        loop {
            let list = v1::ListFlipsRequest { parent: parent.to_owned(), page_size, page_token };
            let page = self.policies.list_flips(list).await.expect("a page").into_inner();
            flips.extend(page.flips);
            if page.next_page_token.is_empty() {
                return flips;
            }
            page_token = page.next_page_token;
        }
    }
}

/// The active version on a day.
fn on(day: &str) -> Option<v1::Rules> {
    let stand = v1::Stand { valid_on: day.to_owned(), ..v1::Stand::default() };
    Some(v1::Rules { stand: Some(stand), ..v1::Rules::default() })
}

/// The eve of the guidance on training and on Ascend chips against its day. A chip that stays where it is moves nothing, so
/// of rules those on use decide.
fn days() -> v1::ComparePoliciesRequest {
    v1::ComparePoliciesRequest {
        base: on("2025-05-12"),
        draft: on("2025-05-13"),
        verdicts: true,
        reason: "what the guidance of May 2025 changed".to_owned(),
        ..Default::default()
    }
}

/// Chips in China, in Singapore, nowhere, of long ago, of no known kind, and too small for any line.
async fn park(store: &dyn Store, tenant: &str) {
    let chips = [
        ("a-cn", "A800"),
        ("b-sg", "A800"),
        ("c-unseen", "A800"),
        ("d-old", "A800"),
        ("e-odd", "no such sku"),
        ("f-big", "H100"),
        ("g-us", "Ascend 910B"),
        ("h-small", "L2"),
    ];
    let parked = |(id, sku): (&str, &str)| Parked {
        id: id.to_owned(),
        sku: sku.to_owned(),
        tenant: tenant.to_owned(),
        site: "hall".to_owned(),
    };
    fleet::park(store, &chips.map(parked)).await;
    for (agent, touched, age_s) in [
        ("a-cn", &["CN"][..], 60),
        ("b-sg", &["SG"], 60),
        ("d-old", &["CN"], 48 * 3_600),
        ("e-odd", &["CN"], 60),
        ("f-big", &["SG", "MY"], 60),
        ("g-us", &["US"], 60),
        ("h-small", &["CN"], 60),
    ] {
        fleet::judge(store, agent, tenant, touched, age_s).await;
    }
}

#[tokio::test]
async fn a_change_of_rules_flips_the_chips_that_it_reaches_and_says_why() {
    let house = House::open().await;
    park(&*house.store, "").await;
    let mut desk = Desk::on(house.channel().await);
    let begun = desk.compare(days()).await;
    let found = desk.found(begun).await;
    assert!(found.finished && found.judged == 8 && found.flips_sha256.len() == 64, "{found:?}");
    assert_eq!(found.base.as_ref().unwrap().policy_version, "policyVersions/1");
    let stand = found.draft.as_ref().unwrap().stand.as_ref().unwrap();
    assert_eq!(stand.valid_on, "2025-05-13");
    let unknown = |it: &&v1::FlipCount| it.was() == v1::Outcome::Unknown;
    let unknown: u64 = found.outcomes.iter().filter(unknown).map(|it| it.count).sum();
    assert_eq!(unknown, 2, "nothing is judged of what is not seen or of long ago: {:?}", found.outcomes);
    assert_eq!(found.outcomes.iter().map(|it| it.count).sum::<u64>(), 8);
    let flips = desk.flips(&found.name, 0).await;
    let flipped: Vec<&str> = flips.iter().map(|flip| flip.subject.as_str()).collect();
    for subject in ["chips/a-cn", "chips/b-sg", "chips/g-us"] {
        assert!(flipped.contains(&subject), "{flipped:?}");
    }
    for subject in ["chips/c-unseen", "chips/d-old", "chips/h-small"] {
        assert!(!flipped.contains(&subject), "{flipped:?}");
    }
    assert_eq!(found.flipped, flips.len() as u64);
    let china = &flips[0];
    assert!(china.verdict.starts_with("agents/a-cn/verdicts/"), "{china:?}");
    assert!(china.rules.iter().any(|rule| rule.starts_with("P09.")), "{china:?}");
    assert!(china.why.contains("worst case: ") && china.why.contains("P09"), "{china:?}");
    assert!(found.causes.iter().any(|it| it.rule.starts_with("P09.") && it.count >= 2), "{:?}", found.causes);
    assert_eq!(desk.flips(&found.name, 1).await, flips, "pages of one give the same in the same order");
    let get = v1::GetComparisonRequest { name: found.name.clone() };
    assert_eq!(desk.policies.get_comparison(get).await.unwrap().into_inner(), found);
}

#[tokio::test]
async fn the_same_rows_give_the_same_flips_and_the_same_rules_none() {
    let house = House::open().await;
    park(&*house.store, "").await;
    let mut desk = Desk::on(house.channel().await);
    let mut digests = Vec::new();
    for _ in 0..2 {
        let begun = desk.compare(days()).await;
        digests.push(desk.found(begun).await.flips_sha256);
    }
    assert_eq!(digests[0], digests[1]);
    let same = v1::ComparePoliciesRequest { base: on("2025-05-13"), ..days() };
    let begun = desk.compare(same).await;
    let none = desk.found(begun).await;
    assert_eq!((none.flipped, none.judged, desk.flips(&none.name, 0).await), (0, 8, Vec::new()));
    assert_ne!(none.flips_sha256, digests[0]);
    // A request that comes again is the same work.
    let id = uuid::Uuid::now_v7().to_string();
    let once = v1::ComparePoliciesRequest { request_id: id, ..days() };
    let (first, second) = (desk.compare(once.clone()).await, desk.compare(once).await);
    assert_eq!(first.name, second.name);
    let listed = desk.operations.list_operations(ListOperationsRequest::default()).await.unwrap();
    assert_eq!(listed.into_inner().operations.len(), 4);
}

#[tokio::test]
async fn a_chip_of_another_tenant_is_not_judged_and_the_comparison_is_not_found() {
    let court = Court::open().await;
    park(&*court.house.store, "vendor").await;
    let mut ours = Desk::on(court.channel("tenant/vendor/order-desk/d").await);
    let mut theirs = Desk::on(court.channel("tenant/rival/order-desk/d").await);
    let begun = ours.compare(days()).await;
    let operation = begun.name.clone();
    let found = ours.found(begun).await;
    assert!(found.judged == 8 && found.flipped >= 2, "{found:?}");
    let begun = theirs.compare(days()).await;
    assert_eq!(theirs.found(begun).await.judged, 0, "they have no chips");
    let absent = |refused: tonic::Status| assert_eq!(refused.code(), Code::NotFound, "{refused:?}");
    let get = v1::GetComparisonRequest { name: found.name.clone() };
    absent(theirs.policies.get_comparison(get).await.unwrap_err());
    let list = v1::ListFlipsRequest { parent: found.name.clone(), ..Default::default() };
    absent(theirs.policies.list_flips(list).await.unwrap_err());
    let get = GetOperationRequest { name: operation.clone() };
    absent(theirs.operations.get_operation(get).await.unwrap_err());
    let wait = WaitOperationRequest { name: operation.clone(), timeout: None };
    absent(theirs.operations.wait_operation(wait).await.unwrap_err());
    let cancel = CancelOperationRequest { name: operation.clone() };
    absent(theirs.operations.cancel_operation(cancel).await.unwrap_err());
    let delete = DeleteOperationRequest { name: operation.clone() };
    absent(theirs.operations.delete_operation(delete).await.unwrap_err());
    let listed = theirs.operations.list_operations(ListOperationsRequest::default()).await.unwrap();
    let listed = listed.into_inner().operations;
    assert!(listed.len() == 1 && listed[0].name != operation, "{listed:?}");
}

#[tokio::test]
async fn what_is_over_is_not_cancelled_and_what_is_deleted_is_gone() {
    let house = House::open().await;
    park(&*house.store, "").await;
    let mut desk = Desk::on(house.channel().await);
    let begun = desk.compare(days()).await;
    let cancel = CancelOperationRequest { name: begun.name.clone() };
    desk.operations.cancel_operation(cancel).await.unwrap();
    let get = GetOperationRequest { name: begun.name.clone() };
    let ended = desk.operations.get_operation(get.clone()).await.unwrap().into_inner();
    // It may have been quicker than the cancelling; either way it is over.
    match (&ended.done, &ended.result) {
        (true, Some(operation::Result::Error(status))) => assert_eq!(status.code, Code::Cancelled as i32),
        (true, Some(operation::Result::Response(_))) => {}
        other => panic!("{other:?}"),
    }
    let delete = DeleteOperationRequest { name: begun.name.clone() };
    desk.operations.delete_operation(delete).await.unwrap();
    let gone = desk.operations.get_operation(get).await.unwrap_err();
    assert_eq!(ErrorReason::of(&gone), Some(ErrorReason::NotFound), "{gone:?}");
    let wait = WaitOperationRequest {
        name: begun.name,
        timeout: Some(prost_types::Duration { seconds: 1, nanos: 0 }),
    };
    assert_eq!(desk.operations.wait_operation(wait).await.unwrap_err().code(), Code::NotFound);
}

#[tokio::test]
async fn what_is_no_request_names_its_field() {
    let house = House::open().await;
    let mut desk = Desk::on(house.channel().await);
    let version = |name: &str| Some(v1::Rules { policy_version: name.to_owned(), ..v1::Rules::default() });
    let wrong = [
        (v1::ComparePoliciesRequest { draft: None, ..days() }, "draft"),
        (v1::ComparePoliciesRequest { draft: on("2023-02-30"), ..days() }, "draft.stand.valid_on"),
        (v1::ComparePoliciesRequest { base: on("tomorrow"), ..days() }, "base.stand.valid_on"),
        (v1::ComparePoliciesRequest { draft: version("policyVersions/x"), ..days() }, "draft.policy_version"),
        (v1::ComparePoliciesRequest { verdicts: false, ..days() }, "verdicts"),
        (v1::ComparePoliciesRequest { transfers: true, ..days() }, "transfers"),
        (v1::ComparePoliciesRequest { request_id: "1".to_owned(), ..days() }, "request_id"),
    ];
    for (request, field) in wrong {
        let refused = desk.policies.compare_policies(request).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument, "{refused:?}");
        assert!(refused.message().contains(field), "{field}: {refused:?}");
    }
    let unknown = v1::ComparePoliciesRequest { draft: version("policyVersions/77"), ..days() };
    let refused = desk.policies.compare_policies(unknown).await.unwrap_err();
    assert_eq!(refused.code(), Code::NotFound, "{refused:?}");
    assert!(refused.message().contains("77"), "{refused:?}");
}
