//! Whose records are, who was shown them, and by which policies.

use lightcone_store::*;

use crate::world::*;

fn access(tenant: &str, resource: &str) -> Access {
    Access {
        revision: 0,
        time: NOW,
        subject: "https://id.example#kim".into(),
        subject_tenant: "agency".into(),
        call: "VerdictService/GetVerdict".into(),
        resource: resource.into(),
        tenant: tenant.into(),
        case_id: "c1".into(),
        reason: "an export that was not declared".into(),
        policy_version: "1-0101010101010101".into(),
    }
}

fn policies(seed: u8) -> PolicyVersion {
    PolicyVersion {
        number: 0,
        sha256: [seed; 32],
        load_time: NOW,
        source: "built in".into(),
        policies: "permit (principal, action, resource);".into(),
        schema: "entity User;".into(),
    }
}

fn joined<R>(rows: Vec<R>, id: impl Fn(R) -> String) -> String {
    rows.into_iter().map(id).collect::<Vec<_>>().join(" ")
}

pub(crate) async fn lists_show_what_a_tenant_has_to_do_with(store: &SqlStore) {
    let of = |id: &str, tenant: &str| Site { tenant: tenant.into(), ..site(id) };
    store.create_many(vec![of("a", "x"), of("b", "y"), of("c", "x"), of("d", "")], None).await.unwrap();
    let sites = |filter: Filter| async move {
        let rows: Vec<Site> = store.list(&filter, &PageRequest::default()).await.unwrap();
        joined(rows, |site| site.id)
    };
    let tenant = |name: &str| Filter { tenant: Some(name.into()), ..Filter::default() };
    assert_eq!(sites(Filter::default()).await, "a b c d");
    assert_eq!(sites(tenant("x")).await, "a c");
    assert_eq!(sites(tenant("")).await, "d");
    let _: Site = store.retire("a", None, "", NOW, None).await.unwrap();
    assert_eq!(sites(Filter { state: Some("ACTIVE".into()), ..tenant("x") }).await, "c");

    let of = |id: &str, site: &str, tenant: &str| Agent { tenant: tenant.into(), ..agent(id, site) };
    store.create_many(vec![of("a1", "c", "x"), of("a2", "b", "y"), of("a3", "d", "x")], None).await.unwrap();
    let agents = |filter: Filter| async move {
        let rows: Vec<Agent> = store.list(&filter, &PageRequest::default()).await.unwrap();
        joined(rows, |agent| agent.id)
    };
    assert_eq!(agents(tenant("x")).await, "a1 a3");
    assert_eq!(agents(Filter { parent: Some("c".into()), ..tenant("x") }).await, "a1");
    assert_eq!(agents(Filter { parent: Some("b".into()), ..tenant("x") }).await, "");

    for (id, agent, tenant) in [("s1", "a1", "x"), ("s2", "a2", "y")] {
        store.put_session(Session { tenant: tenant.into(), ..session(id, agent) }, None).await.unwrap();
    }
    let found = store.list_sessions(&tenant("y"), &PageRequest::default()).await.unwrap();
    assert_eq!(joined(found, |session| session.id), "s2");
}

pub(crate) async fn whose_a_record_is_does_not_change(store: &SqlStore) {
    settle(store, &["l1"], &["a1"]).await;
    store.create_many(vec![chip("c1")], None).await.unwrap();
    let other = || "other".to_owned();
    let kept = store.update(Site { tenant: other(), ..site("s") }, None, None).await.unwrap();
    assert_eq!(kept.tenant, site("s").tenant);
    let kept = store.update(Agent { tenant: other(), ..agent("a1", "s") }, None, None).await.unwrap();
    assert_eq!(kept.tenant, agent("a1", "s").tenant);
    let kept = store.update(Landmark { tenant: other(), ..landmark("l1") }, None, None).await.unwrap();
    assert_eq!(kept.tenant, landmark("l1").tenant);
    let changed = Chip { tenant: other(), holder: other(), ..chip("c1") };
    let kept = store.update(changed, None, None).await.unwrap();
    assert_eq!((kept.tenant, kept.holder), (chip("c1").tenant, String::new()));
}

pub(crate) async fn chips_are_found_by_who_has_to_do_with_them(store: &SqlStore) {
    settle(store, &[], &["a1"]).await;
    let other = Agent { tenant: "other".into(), ..agent("a2", "s") };
    store.create_many(vec![other], None).await.unwrap();
    let sold = Chip { parties: vec!["buyer".into(), "maker".into()], ..chip("c1") };
    let tied = Chip { agent: Some("a1".into()), holder: "nobody".into(), ..chip("c2") };
    let made = store.create_many(vec![sold, tied, chip("c3")], None).await.unwrap();
    assert_eq!(made[1].holder, "jurong");
    let chips = |tenant: &str, agent: Option<&str>| {
        let (tenant, parent) = (Some(tenant.to_owned()), agent.map(str::to_owned));
        async move {
            let filter = Filter { tenant, parent, ..Filter::default() };
            let rows: Vec<Chip> = store.list(&filter, &PageRequest::default()).await.unwrap();
            joined(rows, |chip| chip.id)
        }
    };
    assert_eq!(chips("maker", None).await, "c1 c2 c3");
    assert_eq!(chips("buyer", None).await, "c1");
    assert_eq!(chips("jurong", None).await, "c2");
    assert_eq!(chips("jurong", Some("a1")).await, "c2");
    assert_eq!(chips("buyer", Some("a1")).await, "");

    let tie = |agent: Option<&str>, from_time| ChipTie {
        chip: "c2".into(),
        agent: agent.map(str::to_owned),
        from_time,
        until_time: None,
        reason: String::new(),
        rma: true,
    };
    let moved = store.tie_chip(tie(Some("a2"), NOW + 1), None, None, None).await.unwrap();
    assert_eq!((moved.holder.as_str(), chips("jurong", None).await.as_str()), ("other", ""));
    assert_eq!(chips("other", None).await, "c2");
    let loose = store.tie_chip(tie(None, NOW + 2), None, None, None).await.unwrap();
    assert_eq!((loose.holder.as_str(), chips("other", None).await.as_str()), ("", ""));
    let resold = Chip { parties: vec!["next".into()], ..chip("c1") };
    store.update(resold, None, None).await.unwrap();
    assert_eq!((chips("buyer", None).await.as_str(), chips("next", None).await.as_str()), ("", "c1"));
}

pub(crate) async fn verdicts_and_alerts_are_found_by_tenant(store: &SqlStore) {
    settle(store, &[], &["a1", "a2"]).await;
    for (id, agent, tenant) in [("1", "a1", "x"), ("2", "a2", "y"), ("3", "a1", "x")] {
        summon(store, agent, &[id]).await;
        let made = judged(id, agent, id);
        let verdict = Verdict { tenant: tenant.into(), ..made.verdict };
        store.put_verdict(Judged { verdict, supersedes: None }).await.unwrap();
        let subject = format!("agents/{agent}");
        store.put_alert(Alert { tenant: tenant.into(), subject, ..alert(id) }).await.unwrap();
    }
    let verdicts = |filter: VerdictFilter| async move {
        joined(store.list_verdicts(&filter).await.unwrap(), |verdict| verdict.id)
    };
    let x = || VerdictFilter { tenant: Some("x".into()), ..VerdictFilter::default() };
    assert_eq!(verdicts(x()).await, "3 1");
    assert_eq!(verdicts(VerdictFilter { latest_only: true, ..x() }).await, "3");
    assert_eq!(verdicts(VerdictFilter { before_revision: Some(3), ..x() }).await, "1");
    assert_eq!(verdicts(VerdictFilter { agent: Some("a1".into()), ..x() }).await, "3 1");
    assert_eq!(verdicts(VerdictFilter { agent: Some("a2".into()), ..x() }).await, "");
    let since = store.verdicts_since(Some("x"), 1, 10).await.unwrap();
    assert_eq!(joined(since, |verdict| verdict.id), "3");
    let alerts = |filter: AlertFilter| async move {
        joined(store.list_alerts(&filter).await.unwrap(), |alert| alert.id)
    };
    let x = || AlertFilter { tenant: Some("x".into()), ..AlertFilter::default() };
    assert_eq!(alerts(x()).await, "3 1");
    assert_eq!(alerts(AlertFilter { subject: Some("agents/a1".into()), size: 1, ..x() }).await, "3");
    assert_eq!(alerts(AlertFilter { subject: Some("agents/a2".into()), ..x() }).await, "");
}

pub(crate) async fn accesses_are_noted_in_order(store: &SqlStore) {
    store.put_accesses(vec![access("x", "sites/a"), access("y", "sites/b")]).await.unwrap();
    store.put_accesses(Vec::new()).await.unwrap();
    let calls = (0..8).map(|_| store.put_accesses(vec![access("x", "sites/c")]));
    for noted in futures_util::future::join_all(calls).await {
        noted.unwrap();
    }
    let many = store.put_accesses(vec![access("x", "sites/a"); ACCESSES_MAX + 1]).await;
    assert!(matches!(many, Err(StoreError::TooMany { what: "accesses", .. })), "{many:?}");
    let list = |filter: AccessFilter| async move { store.list_accesses(&filter).await.unwrap() };
    let all = list(AccessFilter::default()).await;
    assert_eq!(all.iter().map(|one| one.revision).collect::<Vec<_>>(), (1..=10).rev().collect::<Vec<_>>());
    assert_eq!(all[9], Access { revision: 1, ..access("x", "sites/a") });
    let x = || AccessFilter { tenant: Some("x".into()), ..AccessFilter::default() };
    assert_eq!(list(x()).await.len(), 9);
    assert_eq!(list(AccessFilter { before_revision: Some(3), ..x() }).await.len(), 1);
    let resource = |name: &str| Some(name.to_owned());
    assert_eq!(list(AccessFilter { resource: resource("sites/a"), ..x() }).await.len(), 1);
    assert_eq!(list(AccessFilter { resource: resource("sites/b"), ..x() }).await.len(), 0);
    let any = AccessFilter { resource: resource("sites/b"), ..AccessFilter::default() };
    assert_eq!(list(any).await.len(), 1);
}

pub(crate) async fn a_policy_set_is_kept_once_while_it_is_in_force(store: &SqlStore) {
    let first = store.put_policy_version(policies(1)).await.unwrap();
    assert_eq!(first, PolicyVersion { number: 1, ..policies(1) });
    let again = PolicyVersion { load_time: NOW + 5, ..policies(1) };
    assert_eq!(store.put_policy_version(again).await.unwrap(), first);
    let puts = (0..4).map(|_| store.put_policy_version(policies(2)));
    for put in futures_util::future::join_all(puts).await {
        assert_eq!(put.unwrap().number, 2);
    }
    // What comes back is in force anew.
    assert_eq!(store.put_policy_version(policies(1)).await.unwrap().number, 3);
    let numbers = |before, size| async move {
        let versions = store.list_policy_versions(before, size).await.unwrap();
        versions.into_iter().map(|version| version.number).collect::<Vec<_>>()
    };
    assert_eq!(numbers(None, 2).await, [3, 2]);
    assert_eq!(numbers(Some(2), 2).await, [1]);
}

pub(crate) async fn of_an_epoch_the_first_answer_stays(store: &SqlStore) {
    let standing = |epoch, body: u8| Standing {
        subject: "chips/c1".into(),
        epoch,
        body: vec![body; 3],
        create_time: NOW,
    };
    assert_eq!(store.standing("chips/c1", 7).await.unwrap(), None);
    let puts = (1..=4).map(|body| store.put_standing(standing(7, body)));
    let told: Vec<Standing> =
        futures_util::future::join_all(puts).await.into_iter().map(Result::unwrap).collect();
    assert!(told.iter().all(|one| *one == told[0]), "{told:?}");
    assert_eq!(store.standing("chips/c1", 7).await.unwrap().as_ref(), told.first());
    assert_eq!(store.put_standing(standing(8, 9)).await.unwrap(), standing(8, 9));
    assert_eq!(store.latest_standing("chips/c1").await.unwrap(), Some(standing(8, 9)));
    assert_eq!(store.latest_standing("chips/none").await.unwrap(), None);
}
