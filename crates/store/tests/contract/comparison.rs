//! Comparisons, and the scan over chips with where they are.

use lightcone_store::*;

use crate::world::*;

fn comparison(id: &str, tenant: &str) -> Comparison {
    Comparison {
        id: id.into(),
        create_time: NOW,
        update_time: NOW,
        end_time: None,
        state: ComparisonState::Running,
        tenant: tenant.into(),
        scope: String::new(),
        base: vec![1],
        draft: vec![2],
        verdicts: true,
        transfers: false,
        verdict_revision: 0,
        asked_by: "kim".into(),
        reason: "a draft".into(),
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

fn shards(id: &str, bounds: &[&str]) -> Vec<ComparisonShard> {
    let mut after = String::new();
    let cut = bounds.iter().enumerate().map(|(at, until)| ComparisonShard {
        comparison: id.into(),
        shard: at as i64,
        kind: ShardKind::Chips,
        after: std::mem::replace(&mut after, (*until).to_owned()),
        until: (*until).to_owned(),
        done: false,
        judged: 0,
        flipped: 0,
        counts: Vec::new(),
    });
    cut.collect()
}

fn done(id: &str, shard: i64, subjects: &[&str]) -> ShardDone {
    let flip = |subject: &&str| Flip {
        comparison: id.into(),
        subject: (*subject).to_owned(),
        body: subject.as_bytes().to_vec(),
    };
    let flips = subjects.iter().map(flip).collect();
    ShardDone { comparison: id.into(), shard, judged: 10, counts: vec![shard as u8], flips }
}

pub(crate) async fn a_comparison_goes_shard_by_shard(store: &SqlStore) {
    let asked = store.start_comparison(comparison("c1", "t"), 2, Some(&request("r", 1))).await.unwrap();
    let again = store.start_comparison(comparison("c9", "t"), 2, Some(&request("r", 1))).await.unwrap();
    assert_eq!(again, asked);
    store.list_shards("c1", shards("c1", &["b", "d"])).await.unwrap();
    let listed = store.list_shards("c1", shards("c1", &["z"])).await.unwrap();
    assert_eq!((listed.listed, listed.shards), (true, 2), "the first list stays");
    store.complete_shard(done("c1", 1, &["chips/d", "chips/c-1"]), NOW + 1).await.unwrap();
    let one = store.complete_shard(done("c1", 1, &["chips/d", "chips/c-1"]), NOW + 2).await.unwrap();
    assert_eq!((one.shards_done, one.judged, one.flipped, one.update_time), (1, 10, 2, NOW + 1));
    let two = store.complete_shard(done("c1", 0, &["chips/c0"]), NOW + 3).await.unwrap();
    assert_eq!((two.shards_done, two.judged, two.flipped), (2, 20, 3));
    let kept = store.comparison_shards("c1").await.unwrap();
    assert_eq!(
        kept.iter().map(|it| (it.done, it.counts.clone())).collect::<Vec<_>>(),
        [(true, vec![0]), (true, vec![1])]
    );
    let page = |after: Option<&str>| PageRequest { after: after.map(str::to_owned), size: 2 };
    let first = store.list_flips("c1", &page(None)).await.unwrap();
    let names = |flips: &[Flip]| flips.iter().map(|it| it.subject.clone()).collect::<Vec<_>>();
    // In the order of bytes, whatever the language of the database: `-` before `0`.
    assert_eq!(names(&first), ["chips/c-1", "chips/c0"]);
    let rest = store.list_flips("c1", &page(Some("chips/c0"))).await.unwrap();
    assert_eq!(names(&rest), ["chips/d"]);
    let ended = store.end_comparison("c1", ComparisonState::Done, (&[7], "ab", ""), NOW + 4).await.unwrap();
    assert_eq!(
        (ended.state, ended.end_time, ended.result.as_slice()),
        (ComparisonState::Done, Some(NOW + 4), &[7][..])
    );
    let late = store.end_comparison("c1", ComparisonState::Cancelled, (&[], "", ""), NOW + 5).await.unwrap();
    assert_eq!(late, ended, "what is over stays as it ended");
    assert_eq!(store.running_comparisons().await.unwrap(), []);
}

pub(crate) async fn as_many_run_as_may_and_what_ended_makes_room(store: &SqlStore) {
    store.start_comparison(comparison("c1", "t"), 1, None).await.unwrap();
    let busy = store.start_comparison(comparison("c2", "t"), 1, None).await;
    assert!(matches!(busy, Err(StoreError::Busy { running: 1, limit: 1, .. })), "{busy:?}");
    store.start_comparison(comparison("c3", "u"), 1, None).await.unwrap();
    let undeleted = store.delete_comparison("c1", NOW).await;
    assert!(matches!(undeleted, Err(StoreError::WrongState { .. })), "{undeleted:?}");
    store.end_comparison("c1", ComparisonState::Cancelled, (&[], "", ""), NOW + 1).await.unwrap();
    store.start_comparison(comparison("c2", "t"), 1, None).await.unwrap();
    let cut = store.complete_shard(done("c1", 0, &["chips/a"]), NOW + 2).await.unwrap();
    assert_eq!((cut.state, cut.judged), (ComparisonState::Cancelled, 0), "what is over takes nothing in");
    let listed = store.list_comparisons(Some("t"), None, 10).await.unwrap();
    assert_eq!(listed.iter().map(|it| it.id.as_str()).collect::<Vec<_>>(), ["c2", "c1"]);
    let older = store.list_comparisons(None, Some("c3"), 1).await.unwrap();
    assert_eq!(older.iter().map(|it| it.id.as_str()).collect::<Vec<_>>(), ["c2"]);
}

pub(crate) async fn what_is_deleted_is_gone_at_once_and_its_rows_go_bit_by_bit(store: &SqlStore) {
    store.start_comparison(comparison("c1", "t"), 1, None).await.unwrap();
    store.list_shards("c1", shards("c1", &["z"])).await.unwrap();
    let many: Vec<String> = (0..2_500).map(|at| format!("chips/{at:05}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    store.complete_shard(done("c1", 0, &many), NOW + 1).await.unwrap();
    store.end_comparison("c1", ComparisonState::Done, (&[], "", ""), NOW + 2).await.unwrap();
    store.delete_comparison("c1", NOW + 3).await.unwrap();
    let gone = store.comparison("c1").await;
    assert!(matches!(gone, Err(StoreError::NotFound { kind: "comparison", .. })), "{gone:?}");
    assert!(matches!(store.delete_comparison("c1", NOW).await, Err(StoreError::NotFound { .. })));
    let all = PageRequest { after: None, size: 1_000 };
    assert!(store.sweep_comparisons(0, NOW).await.unwrap());
    assert_eq!(store.list_flips("c1", &all).await.unwrap().len(), 500);
    while store.sweep_comparisons(0, NOW).await.unwrap() {}
    assert_eq!(store.list_flips("c1", &all).await.unwrap(), []);
    assert_eq!(store.comparison_shards("c1").await.unwrap(), []);
    store.start_comparison(comparison("c1", "t"), 1, None).await.unwrap();
    assert!(!store.sweep_comparisons(NOW + 9, NOW).await.unwrap(), "what runs is not too old");
}

fn reach(scope: &str, until: &str, revision: i64) -> Reach {
    Reach { scope: scope.into(), after: String::new(), until: until.into(), revision }
}

fn told(found: &[ScannedChip]) -> Vec<(&str, Option<&str>)> {
    found.iter().map(|it| (it.chip.as_str(), it.seen.as_ref().map(|seen| seen.verdict.as_str()))).collect()
}

pub(crate) async fn chips_are_scanned_with_the_latest_verdict_of_a_revision(store: &SqlStore) {
    settle(store, &[], &["a1", "a2"]).await;
    let tied = |id: &str, agent: &str| Chip { agent: Some(agent.into()), tenant: "maker".into(), ..chip(id) };
    let loose = Chip { agent: None, tenant: "maker".into(), ..chip("x4") };
    let chips = vec![tied("x1", "a1"), tied("x2", "a1"), tied("x3", "a2"), loose];
    store.create_many(chips, None).await.unwrap();
    let _: Chip = store.retire("x2", None, "gone", NOW, None).await.unwrap();
    summon(store, "a1", &["s1", "s2"]).await;
    store.put_verdict(judged("v1", "a1", "s1")).await.unwrap();
    store.put_verdict(judged("v2", "a1", "s2")).await.unwrap();
    let later = Judged { verdict: verdict("v3", "a1", "s1"), supersedes: Some("v1".into()) };
    store.put_verdict(later).await.unwrap();
    let found = store.scan_chips(&reach("", "x4", 2), 10).await.unwrap();
    assert_eq!(told(&found), [("x1", Some("v2")), ("x3", None), ("x4", None)]);
    let seen = found[0].seen.clone().unwrap();
    assert_eq!(
        (seen.agent.as_str(), seen.as_of, seen.places.as_slice()),
        ("a1", NOW + 5 * SECOND, &b"-SG"[..])
    );
    // Of a revision before v1 was superseded it is as it was then.
    assert_eq!(told(&store.scan_chips(&reach("", "x1", 1), 10).await.unwrap()), [("x1", Some("v1"))]);
    assert_eq!(told(&store.scan_chips(&reach("", "x3", 9), 1).await.unwrap()), [("x1", Some("v3"))]);
    // Who entered a chip sees its place only where the agent is its own too; a stranger sees nothing.
    let holder: Agent = store.get("a1").await.unwrap();
    let own = told_by(store, "maker").await;
    assert_eq!(own, [("x1".to_owned(), None), ("x3".to_owned(), None), ("x4".to_owned(), None)]);
    let held = told_by(store, &holder.tenant).await;
    assert_eq!(held, [("x1".to_owned(), Some("v3".to_owned())), ("x3".to_owned(), None)]);
    assert_eq!(told_by(store, "stranger").await, []);
}

async fn told_by(store: &SqlStore, scope: &str) -> Vec<(String, Option<String>)> {
    let found = store.scan_chips(&reach(scope, "x9", 9), 10).await.unwrap();
    told(&found).into_iter().map(|(chip, verdict)| (chip.into(), verdict.map(str::to_owned))).collect()
}

pub(crate) async fn bounds_cut_all_chips_into_shards(store: &SqlStore) {
    assert_eq!(store.next_bound(ShardKind::Chips, "", "", 2).await.unwrap(), None);
    let made = (0..5).map(|at| Chip { agent: None, tenant: "maker".into(), ..chip(&format!("x{at}")) });
    store.create_many(made.collect(), None).await.unwrap();
    for scope in ["", "maker"] {
        let mut bounds = Vec::new();
        while let Some(bound) = store
            .next_bound(ShardKind::Chips, scope, bounds.last().map_or("", String::as_str), 2)
            .await
            .unwrap()
        {
            bounds.push(bound);
        }
        assert_eq!(bounds, ["x1", "x3", "x4"], "{scope}");
    }
    assert_eq!(store.next_bound(ShardKind::Chips, "stranger", "", 2).await.unwrap(), None);
}

pub(crate) async fn a_new_store_has_no_verdict_to_fill_in(store: &SqlStore) {
    settle(store, &[], &["a1"]).await;
    summon(store, "a1", &["s1"]).await;
    store.put_verdict(judged("v1", "a1", "s1")).await.unwrap();
    assert_eq!(store.unplaced_verdicts(10).await.unwrap(), []);
    store.place_verdicts(vec![(1, b"-MY".to_vec())]).await.unwrap();
    assert_eq!(store.verdict("v1").await.unwrap().places, b"-SG", "what is filled in stays");
}
