//! Which chip is where, and what ran.

use lightcone_store::*;

use crate::world::*;

pub(crate) async fn a_chip_is_placed_by_the_latest_verdict_that_stands(store: &SqlStore) {
    settle(store, &[], &["a1", "a2"]).await;
    summon(store, "a1", &["x"]).await;
    let of = |id: &str, agent: Option<&str>| Chip { agent: agent.map(Into::into), ..chip(id) };
    let chips = vec![of("c1", Some("a1")), of("c2", Some("a2")), of("c3", None)];
    store.create_many(chips, None).await.unwrap();
    let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
    let verdict_of =
        |placed: &[PlacedChip], at: usize| placed[at].verdict.as_ref().map(|kept| kept.id.clone());

    store.put_verdict(judged("v1", "a1", "x")).await.unwrap();
    store.put_verdict(judged("v2", "a1", "x")).await.unwrap();
    let placed = store.placed(&ids(&["c3", "c1", "c2", "nothing", "c1"])).await.unwrap();
    let shown: Vec<_> = placed.iter().map(|placed| (&*placed.chip, placed.agent.as_deref())).collect();
    assert_eq!(shown, [("c1", Some("a1")), ("c2", Some("a2")), ("c3", None)]);
    assert_eq!(verdict_of(&placed, 0).as_deref(), Some("v2"));
    assert_eq!((verdict_of(&placed, 1), verdict_of(&placed, 2)), (None, None));
    let kept = verdict("v2", "a1", "x");
    let found = placed[0].verdict.clone().unwrap();
    assert_eq!((found.revision, found.as_of, found.places), (2, kept.as_of, kept.places));
    assert_eq!(found.wire, None, "the short form says it");
    assert!(!placed[0].retired && placed[0].sku == chip("c1").sku);

    // What was judged again stands; what it supersedes does not, whatever its place in the order.
    let again = Judged { supersedes: Some("v2".into()), ..judged("v3", "a1", "x") };
    store.put_verdict(again).await.unwrap();
    assert_eq!(verdict_of(&store.placed(&ids(&["c1"])).await.unwrap(), 0).as_deref(), Some("v3"));

    // Of a verdict that is older than the short form, the whole is read.
    let mut older = judged("v4", "a1", "x");
    older.verdict.places = Vec::new();
    let whole = older.verdict.wire.clone();
    store.put_verdict(older).await.unwrap();
    let found = store.placed(&ids(&["c1"])).await.unwrap().remove(0).verdict.unwrap();
    assert_eq!((found.id.as_str(), found.places, found.wire), ("v4", Vec::new(), Some(whole)));

    let tied = store.chips_of_agents(&ids(&["a1", "a2", "a9"])).await.unwrap();
    assert_eq!(tied, [("c1".into(), "a1".into()), ("c2".into(), "a2".into())]);
    let too_many = store.placed(&vec!["c1".to_owned(); PLACED_MAX + 1]).await;
    assert!(matches!(too_many, Err(StoreError::TooMany { what: "chips", .. })), "{too_many:?}");
}

fn usage(id: &str, party: &str, begin: i64, end: i64) -> Usage {
    Usage {
        tenant: "cloud".into(),
        id: id.into(),
        party: party.into(),
        chip: "c1".into(),
        sku: "H100".into(),
        units: 1,
        begin_time: NOW + begin * SECOND,
        end_time: NOW + end * SECOND,
        uses: vec!["training".into(), "other".into()],
        create_time: NOW,
    }
}

pub(crate) async fn what_ran_counts_once(store: &SqlStore) {
    let ran = vec![usage("u1", "acme", 0, 10), usage("u2", "acme", 10, 20), usage("u3", "rival", 5, 15)];
    assert_eq!(store.put_usages(ran.clone()).await.unwrap(), 3);
    let later = ran.iter().map(|usage| Usage { create_time: NOW + 1, ..usage.clone() }).collect();
    assert_eq!(store.put_usages(later).await.unwrap(), 0);
    let other = store.put_usages(vec![usage("u4", "acme", 0, 1), usage("u1", "acme", 0, 11)]).await;
    assert!(matches!(&other, Err(StoreError::AlreadyExists { id, .. }) if id == "u1"), "{other:?}");

    let listed = |party: Option<&str>, begin: i64, end: i64, after: Option<&str>| {
        let filter = UsageFilter {
            tenant: "cloud".into(),
            party: party.map(Into::into),
            begin_time: NOW + begin * SECOND,
            end_time: NOW + end * SECOND,
            after: after.map(Into::into),
            size: 2,
        };
        async move {
            let found = store.list_usages(&filter).await.unwrap();
            found.into_iter().map(|usage| usage.id).collect::<Vec<_>>().join(" ")
        }
    };
    assert_eq!(listed(None, 0, 100, None).await, "u1 u2");
    assert_eq!(listed(None, 0, 100, Some("u2")).await, "u3", "what was refused kept nothing");
    assert_eq!(listed(Some("acme"), 10, 11, None).await, "u2", "an end is not in the time that it ends");
    assert_eq!(listed(Some("nobody"), 0, 100, None).await, "");
}
