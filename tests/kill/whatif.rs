//! `kill -9` in the middle of a comparison of rules.

use std::time::Duration;

use lightcone::longrunning::operations_client::OperationsClient;
use lightcone::longrunning::{GetOperationRequest, Operation, WaitOperationRequest, operation};
use lightcone::v1;
use lightcone::v1::policy_service_client::PolicyServiceClient;
use lightcone_server::Config;
use lightcone_store::{Chip, ChipState, Registry as _, SqlStore, Supervision as _};
use lightcone_tests::Ground;
use lightcone_tests::fleet::{self, Parked};
use prost::Message as _;
use tonic::transport::Channel;

use super::{end, start};

/// Chips that were never seen: they fill the shards.
const UNSEEN: usize = 40_000;
/// Chips that were seen, spread among the others.
const SEEN: usize = 300;
/// How often a comparison may be through before the kill comes.
const TRIES: usize = 20;
/// How often it is looked how far it is.
const LOOK: Duration = Duration::from_millis(2);

/// The server is killed once some shards are done and some are not; another on the same store ends the comparison, with
/// the same digest and the same pages of flips as one that nobody disturbed.
pub(super) async fn a_comparison_killed_in_the_middle_ends_as_one_that_was_not(name: &str, ground: &Ground) {
    let mut config = Config::default();
    ground.lay(&mut config);
    let (server, _) = start(&config).await;
    end(server);
    park(&config).await;
    let (mut server, mut channel) = start(&config).await;
    let begun = compare(&channel).await;
    let undisturbed = found(&channel, &begun).await;
    let expected = pages(&channel, &undisturbed.name).await;
    assert!(expected.len() > SEEN / 4, "{} flips", expected.len());
    for _ in 0..TRIES {
        let begun = compare(&channel).await;
        let before = halfway(&channel, &begun).await;
        end(server);
        (server, channel) = start(&config).await;
        let after = found(&channel, &begun).await;
        assert_eq!(after.flips_sha256, undisturbed.flips_sha256);
        let left = (after.outcomes, after.causes, after.judged, after.flipped);
        let was = &undisturbed;
        assert_eq!(left, (was.outcomes.clone(), was.causes.clone(), was.judged, was.flipped));
        assert!(pages(&channel, &after.name).await == expected, "the same pages");
        if let Some(before) = before {
            println!(
                "{name}: a comparison killed after {} of {} shards ends as one that was not: {} flips",
                before.shards_done,
                before.shards,
                expected.len()
            );
            end(server);
            return;
        }
    }
    panic!("{name}: every comparison was through before the kill");
}

async fn park(config: &Config) {
    let url = match config.store.url.as_str() {
        "" => format!("sqlite:{}/lightcone.db", config.store.folder),
        url => url.to_owned(),
    };
    let store = SqlStore::open(&url).await.unwrap();
    let seen: Vec<Parked> = (0..SEEN)
        .map(|at| Parked {
            id: format!("c-{:05}-seen", at * (UNSEEN / SEEN)),
            sku: ["A800", "H800", "A100", "L40S"][at % 4].to_owned(),
            tenant: String::new(),
            site: "hall".to_owned(),
        })
        .collect();
    fleet::park(&store, &seen).await;
    for (at, chip) in seen.iter().enumerate() {
        let places = [&["CN"][..], &["SG"], &["SG", "MY"], &["AE"], &["US"]][at % 5];
        fleet::judge(&store, &chip.id, "", places, 60).await;
    }
    let unseen: Vec<Chip> = (0..UNSEEN).map(unseen).collect();
    for some in unseen.chunks(lightcone_store::CREATE_MANY_MAX) {
        store.create_many(some.to_vec(), None).await.unwrap();
    }
    store.close().await;
}

fn unseen(at: usize) -> Chip {
    Chip {
        id: format!("c-{at:05}"),
        etag: String::new(),
        create_time: 0,
        update_time: 0,
        state: ChipState::Registered,
        state_reason: String::new(),
        serial: format!("serial {at}"),
        sku: "H100".to_owned(),
        agent: None,
        tenant: String::new(),
        parties: Vec::new(),
        holder: String::new(),
    }
}

async fn compare(channel: &Channel) -> Operation {
    let on = |day: &str| {
        let stand = v1::Stand { valid_on: day.to_owned(), ..v1::Stand::default() };
        Some(v1::Rules { stand: Some(stand), ..v1::Rules::default() })
    };
    let request = v1::ComparePoliciesRequest {
        base: on("2025-05-12"),
        draft: on("2025-05-13"),
        verdicts: true,
        ..v1::ComparePoliciesRequest::default()
    };
    let begun = PolicyServiceClient::new(channel.clone()).compare_policies(request).await.unwrap();
    begun.into_inner()
}

/// Waits until some of it is done; none: all is.
async fn halfway(channel: &Channel, begun: &Operation) -> Option<v1::ComparisonProgress> {
    let mut operations = OperationsClient::new(channel.clone());
    loop {
        let get = GetOperationRequest { name: begun.name.clone() };
        let now = operations.get_operation(get).await.unwrap().into_inner();
        if now.done {
            return None;
        }
        let progress = v1::ComparisonProgress::decode(now.metadata.unwrap().value.as_slice()).unwrap();
        if progress.shards_done > 0 && progress.shards_done < progress.shards {
            return Some(progress);
        }
        tokio::time::sleep(LOOK).await;
    }
}

async fn found(channel: &Channel, begun: &Operation) -> v1::Comparison {
    let mut operations = OperationsClient::new(channel.clone());
    loop {
        let wait = WaitOperationRequest { name: begun.name.clone(), timeout: None };
        let last = operations.wait_operation(wait).await.unwrap().into_inner();
        match last.result {
            Some(operation::Result::Response(found)) => {
                return v1::Comparison::decode(found.value.as_slice()).unwrap();
            }
            Some(operation::Result::Error(error)) => panic!("{error:?}"),
            None => {}
        }
    }
}

async fn pages(channel: &Channel, parent: &str) -> Vec<v1::Flip> {
    let mut policies = PolicyServiceClient::new(channel.clone());
    let (mut flips, mut page_token) = (Vec::new(), String::new());
    loop {
        let list = v1::ListFlipsRequest { parent: parent.to_owned(), page_size: 70, page_token };
        let page = policies.list_flips(list).await.unwrap().into_inner();
        flips.extend(page.flips);
        if page.next_page_token.is_empty() {
            return flips;
        }
        page_token = page.next_page_token;
    }
}
