//! U13: may this tenant's work run on that chip; for caches, for the record and for the books.

use lightcone::v1;
use lightcone::v1::placement_service_client::PlacementServiceClient;
use lightcone_tests::House;
use lightcone_tests::fleet::{self, Parked};
use prost_types::Timestamp;
use tonic::Code;
use tonic::transport::Channel;

const HOUR_S: i64 = 3_600;

fn parked(id: &str, sku: &str, site: &str) -> Parked {
    Parked { id: id.into(), sku: sku.into(), tenant: String::new(), site: site.into() }
}

/// Chips in Singapore, Singapore or Malaysia, China, nowhere, and of long ago.
async fn house() -> (House, PlacementServiceClient<Channel>) {
    let house = House::open().await;
    let store = &*house.store;
    let fleet: Vec<Parked> = [
        ("sg", "H100"),
        ("johor", "H100"),
        ("cn", "H100"),
        ("new", "H100"),
        ("old", "H100"),
        ("odd", "no such sku"),
        ("liar", "H100"),
        ("small", "RTX 4090D"),
    ]
    .into_iter()
    .map(|(id, sku)| parked(id, sku, if id == "cn" { "north" } else { "south" }))
    .collect();
    fleet::park(store, &fleet).await;
    for (agent, touched, age_s) in [
        ("sg", &["SG"][..], 60),
        ("johor", &["SG", "MY", "ID"], 60),
        ("cn", &["CN"], 60),
        ("old", &["SG"], 48 * HOUR_S),
        ("odd", &["SG"], 60),
        ("small", &["SG"], 60),
    ] {
        fleet::judge(store, agent, "", touched, age_s).await;
    }
    fleet::judged(store, "liar", "", &fleet::elsewhere(&["SG"]), 60).await;
    let channel = house.channel().await;
    (house, PlacementServiceClient::new(channel))
}

fn from(headquarters: &str, parents: &[&str]) -> Option<v1::Workload> {
    Some(v1::Workload {
        headquarters: headquarters.into(),
        parents: parents.iter().map(|code| (*code).to_owned()).collect(),
        parents_complete: true,
        uses: vec![v1::EndUse::Training as i32],
        hours: 72.0,
        ..Default::default()
    })
}

fn chips(ids: &[&str]) -> Vec<v1::Place> {
    let chip = |id: &&str| v1::Place { place: Some(v1::place::Place::Chip(format!("chips/{id}"))) };
    ids.iter().map(chip).collect()
}

fn agent(id: &str) -> v1::Place {
    v1::Place { place: Some(v1::place::Place::Agent(format!("agents/{id}"))) }
}

fn pool(id: &str) -> v1::Place {
    v1::Place { place: Some(v1::place::Place::Pool(format!("sites/{id}"))) }
}

async fn check(
    client: &mut PlacementServiceClient<Channel>,
    workload: Option<v1::Workload>,
    places: Vec<v1::Place>,
) -> v1::CheckPlacementResponse {
    let request = v1::CheckPlacementRequest { workload, places, ..Default::default() };
    client.check_placement(request).await.expect("an answer").into_inner()
}

#[tokio::test]
async fn u13_a_scheduler_is_told_of_each_chip_by_where_it_is_and_whose_work_it_is() {
    use v1::Outcome::{Allow, Review, Unknown};
    let (_house, mut client) = house().await;
    let ids = ["sg", "johor", "new", "old", "odd", "liar"];
    let answer = check(&mut client, from("SG", &[]), chips(&ids)).await;
    let told: Vec<_> = answer.placements.iter().map(v1::Placement::outcome).collect();
    assert_eq!(told, [Allow, Allow, Unknown, Unknown, Unknown, Review], "{answer:#?}");
    assert!(answer.policy_version.starts_with("policyVersions/") && answer.policy_sha256.len() == 64);
    let sg = &answer.placements[0];
    assert_eq!(sg.place, "chips/sg");
    assert!(sg.verdicts.len() == 1 && sg.verdicts[0].starts_with("agents/sg/verdicts/"), "{sg:?}");
    let left = sg.valid_until.unwrap().seconds - sg.as_of.unwrap().seconds;
    assert!((1..=25 * HOUR_S).contains(&left), "{left} s");
    assert!(answer.placements[3].missing[0].contains("max_age"), "{:?}", answer.placements[3]);
    assert!(answer.placements[4].missing[0].contains("SKU"), "{:?}", answer.placements[4]);
    // The oldest is fresh enough for who says so.
    let request = v1::CheckPlacementRequest {
        workload: from("SG", &[]),
        places: chips(&["old"]),
        max_age: Some(prost_types::Duration { seconds: 72 * HOUR_S, nanos: 0 }),
        ..Default::default()
    };
    let older = client.check_placement(request).await.unwrap().into_inner();
    assert_eq!(older.placements[0].outcome(), Allow);
}

#[tokio::test]
async fn u13_a_chip_in_singapore_is_not_free_for_work_of_a_parent_in_a_d5_country() {
    let (_house, mut client) = house().await;
    for work in [from("CN", &[]), from("SG", &["CN"])] {
        let answer = check(&mut client, work, chips(&["sg", "small"])).await;
        let [big, small] = &answer.placements[..] else { panic!("two: {answer:?}") };
        assert_ne!(big.outcome(), v1::Outcome::Allow, "{big:?}");
        assert!(!big.rules.is_empty(), "{big:?}");
        assert_ne!(small.outcome(), v1::Outcome::Unknown, "{small:?}");
    }
    // Nobody said whose it is: that is no yes.
    let unsaid = v1::Workload { uses: vec![v1::EndUse::Training as i32], ..Default::default() };
    let answer = check(&mut client, Some(unsaid), chips(&["sg"])).await;
    assert_eq!(answer.placements[0].outcome(), v1::Outcome::Review, "{answer:?}");
    assert!(!answer.placements[0].missing.is_empty());
}

#[tokio::test]
async fn a_pool_counts_as_its_weakest_member() {
    let (house, mut client) = house().await;
    let answer = check(&mut client, from("SG", &[]), vec![agent("sg"), pool("south"), pool("north")]).await;
    let told: Vec<_> = answer.placements.iter().map(v1::Placement::outcome).collect();
    assert_eq!(told[..2], [v1::Outcome::Allow, v1::Outcome::Unknown], "{answer:?}");
    let in_china = check(&mut client, from("SG", &[]), chips(&["cn"])).await;
    assert_eq!(told[2], in_china.placements[0].outcome());
    drop(house);
}

#[tokio::test]
async fn a_new_verdict_is_seen_at_once_and_watchers_are_told() {
    let (house, mut client) = house().await;
    let request = v1::WatchPlacementRequest {
        workload: from("SG", &[]),
        places: chips(&["sg", "new"]),
        ..Default::default()
    };
    let mut watch = client.watch_placement(request.clone()).await.unwrap().into_inner();
    let first = watch.message().await.unwrap().unwrap();
    assert!(first.complete && first.placements.len() == 2, "{first:?}");
    fleet::judge(&*house.store, "new", "", &["SG"], 1).await;
    let next = loop {
        let next = watch.message().await.unwrap().unwrap();
        if !next.placements.is_empty() {
            break next;
        }
    };
    assert_eq!(next.placements.len(), 1, "what did not change is not told again: {next:?}");
    assert_eq!(
        (next.placements[0].place.as_str(), next.placements[0].outcome()),
        ("chips/new", v1::Outcome::Allow)
    );
    let now = check(&mut client, from("SG", &[]), chips(&["new"])).await;
    assert_eq!(now.placements[0].outcome(), v1::Outcome::Allow);

    // Who comes back is told what changed meanwhile, and nothing else.
    drop(watch);
    fleet::judge(&*house.store, "sg", "", &["CN"], 1).await;
    let again = v1::WatchPlacementRequest { resume_token: next.resume_token, ..request.clone() };
    let mut watch = client.watch_placement(again).await.unwrap().into_inner();
    let told = loop {
        let told = watch.message().await.unwrap().unwrap();
        if !told.placements.is_empty() {
            break told;
        }
    };
    let places: Vec<_> = told.placements.iter().map(|placement| placement.place.as_str()).collect();
    assert_eq!(places, ["chips/sg"], "{told:?}");
    let broken = v1::WatchPlacementRequest { resume_token: "AAAA".into(), ..request };
    assert_eq!(client.watch_placement(broken).await.unwrap_err().code(), Code::InvalidArgument);
}

#[tokio::test]
async fn what_is_recorded_is_kept_once_and_named() {
    let (_house, mut client) = house().await;
    let request = v1::CheckPlacementRequest {
        workload: from("SG", &[]),
        places: chips(&["sg", "new"]),
        record: true,
        request_id: "5a0f6a2e-6c1f-4ad5-9b58-3f0a6f1f6f3e".into(),
        ..Default::default()
    };
    let first = client.check_placement(request.clone()).await.unwrap().into_inner();
    assert!(first.placements[0].decision.starts_with("decisions/"), "{first:?}");
    assert_eq!(first.placements[1].decision, "", "there was nothing to decide by");
    let again = client.check_placement(request.clone()).await.unwrap().into_inner();
    assert_eq!(again.placements[0].decision, first.placements[0].decision);
    let other = v1::CheckPlacementRequest { places: chips(&["johor"]), ..request };
    let reused = client.check_placement(other).await.unwrap_err();
    assert!(reused.message().contains("request id"), "{reused:?}");
    let mut exports =
        v1::export_service_client::ExportServiceClient::connect(format!("http://{}", _house.address))
            .await
            .unwrap();
    let name = first.placements[0].decision.clone();
    let replayed = exports.replay_decision(v1::ReplayDecisionRequest { name: name.clone() }).await.unwrap();
    assert!(replayed.into_inner().same);
    let kept = exports.get_decision(v1::GetDecisionRequest { name }).await.unwrap().into_inner();
    assert_eq!(kept.subject, "chips/sg");
    assert!(kept.inputs_json.contains("agents/sg/verdicts/"), "{}", kept.inputs_json);
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let (_house, mut client) = house().await;
    let good =
        v1::CheckPlacementRequest { workload: from("SG", &[]), places: chips(&["sg"]), ..Default::default() };
    let cases: Vec<(&str, v1::CheckPlacementRequest)> = vec![
        ("workload", v1::CheckPlacementRequest { workload: None, ..good.clone() }),
        ("places", v1::CheckPlacementRequest { places: vec![], ..good.clone() }),
        ("places", v1::CheckPlacementRequest { places: chips(&["sg"; 10_001]), ..good.clone() }),
        ("places[0].chip", v1::CheckPlacementRequest { places: chips(&["NOT AN ID"]), ..good.clone() }),
        ("places[0]", v1::CheckPlacementRequest { places: vec![v1::Place { place: None }], ..good.clone() }),
        (
            "workload.headquarters",
            v1::CheckPlacementRequest { workload: from("Singapore", &[]), ..good.clone() },
        ),
        ("workload.parents[0]", v1::CheckPlacementRequest { workload: from("SG", &["c"]), ..good.clone() }),
        (
            "workload.hours",
            v1::CheckPlacementRequest {
                workload: Some(v1::Workload { hours: f64::NAN, ..from("SG", &[]).unwrap() }),
                ..good.clone()
            },
        ),
        (
            "workload.uses[0]",
            v1::CheckPlacementRequest {
                workload: Some(v1::Workload { uses: vec![99], ..from("SG", &[]).unwrap() }),
                ..good.clone()
            },
        ),
        (
            "workload.party",
            v1::CheckPlacementRequest {
                workload: Some(v1::Workload { party: "parties/acme".into(), ..from("SG", &[]).unwrap() }),
                ..good.clone()
            },
        ),
        (
            "max_age",
            v1::CheckPlacementRequest {
                max_age: Some(prost_types::Duration { seconds: -1, nanos: 0 }),
                ..good.clone()
            },
        ),
    ];
    for (field, request) in cases {
        let refused = client.check_placement(request).await.unwrap_err();
        assert!(
            refused.code() == Code::InvalidArgument && refused.message().contains(field),
            "{field}: {refused:?}"
        );
    }
    let nowhere = v1::CheckPlacementRequest { places: chips(&["nothing"]), ..good };
    assert_eq!(client.check_placement(nowhere).await.unwrap_err().code(), Code::NotFound);
}

fn usage(id: u8, party: &str, chip: &str, begin: i64, end: i64) -> v1::Usage {
    let at = |seconds: i64| Some(Timestamp { seconds: 1_790_000_000 + seconds, nanos: 0 });
    v1::Usage {
        usage_id: format!("5a0f6a2e-6c1f-4ad5-9b58-3f0a6f1f6f{id:02x}"),
        party: format!("parties/{party}"),
        chip: format!("chips/{chip}"),
        units: 1,
        begin_time: at(begin),
        end_time: at(end),
        uses: vec![v1::EndUse::Training as i32],
        ..Default::default()
    }
}

#[tokio::test]
async fn what_ran_is_summed_up_in_tpp_hours() {
    let (house, mut client) = house().await;
    let mut parties =
        v1::party_service_client::PartyServiceClient::connect(format!("http://{}", house.address))
            .await
            .unwrap();
    for party in ["acme", "rival"] {
        let create = v1::CreatePartyRequest {
            party_id: party.into(),
            party: Some(v1::Party {
                display_name: party.into(),
                headquarters: "SG".into(),
                ..Default::default()
            }),
            ..Default::default()
        };
        parties.create_party(create).await.unwrap();
    }
    let ran = vec![
        usage(1, "acme", "sg", 0, 2 * HOUR_S),
        usage(2, "acme", "johor", 0, HOUR_S / 2),
        usage(3, "rival", "sg", HOUR_S, 2 * HOUR_S),
    ];
    let record = v1::RecordUsageRequest { usages: ran.clone() };
    let first = client.record_usage(record.clone()).await.unwrap().into_inner();
    assert_eq!((first.added, first.known), (3, 0));
    let again = client.record_usage(record).await.unwrap().into_inner();
    assert_eq!((again.added, again.known), (0, 3));
    let at = |seconds: i64| Some(Timestamp { seconds: 1_790_000_000 + seconds, nanos: 0 });
    let ask = |party: &str, end: i64| v1::GetUsageReportRequest {
        party: party.into(),
        begin_time: at(0),
        end_time: at(end),
        rules: None,
    };
    let report = client.get_usage_report(ask("", 24 * HOUR_S)).await.unwrap().into_inner();
    // H100: 1,979 dense TOPS at 8 bits are 15,832 TPP.
    assert_eq!(report.tpp_hours, (15_832.0 * 3.5).to_string(), "{report:?}");
    let of_a: Vec<_> = report.lines.iter().filter(|line| line.class == "3A090.a").collect();
    let told: Vec<_> = of_a.iter().map(|line| (line.party.as_str(), line.tpp_hours.as_str())).collect();
    assert_eq!(told, [("parties/acme", "39580"), ("parties/rival", "15832")], "{report:?}");
    assert_eq!(report.overlaps.len(), 1, "one chip ran for two at once: {report:?}");
    let cut = client.get_usage_report(ask("parties/acme", HOUR_S)).await.unwrap().into_inner();
    assert_eq!(cut.tpp_hours, (15_832.0 * 1.5).to_string(), "what is outside the time is not counted");
    let unknown = v1::RecordUsageRequest { usages: vec![usage(9, "nobody", "sg", 0, HOUR_S)] };
    assert_eq!(client.record_usage(unknown).await.unwrap_err().code(), Code::NotFound);
}
