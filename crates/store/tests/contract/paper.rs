//! Papers: found by keys, kept by tenant, leaning on what is there.

use lightcone_store::*;

use crate::world::*;

fn party(id: &str, keys: &[String]) -> Party {
    Party {
        id: id.into(),
        etag: String::new(),
        create_time: NOW,
        update_time: NOW,
        state: PartyState::Active,
        state_reason: String::new(),
        tenant: "x".into(),
        keys: keys.to_vec(),
        body: vec![7, 0, 255],
    }
}

fn transfer(id: &str, consignee: &str, keys: &[String]) -> Transfer {
    let mut keys = keys.to_vec();
    keys.push(KeyKind::Consignee.key(consignee));
    Transfer {
        id: id.into(),
        etag: String::new(),
        create_time: NOW,
        update_time: NOW,
        state: TransferState::Open,
        state_reason: String::new(),
        tenant: "x".into(),
        consignee: consignee.into(),
        keys,
        body: vec![1],
    }
}

fn sku(id: &str, name_key: &str, tenant: &str) -> Sku {
    Sku {
        id: id.into(),
        etag: String::new(),
        create_time: NOW,
        update_time: NOW,
        state: SkuState::Active,
        state_reason: String::new(),
        tenant: tenant.into(),
        name_key: name_key.into(),
        body: vec![2],
    }
}

fn joined<R>(rows: &[R], id: impl Fn(&R) -> &str) -> String {
    rows.iter().map(id).collect::<Vec<_>>().join(" ")
}

async fn with(store: &SqlStore, tenant: &str, keys: &[String], each: u32) -> String {
    joined(&store.parties_with(tenant, keys, each).await.unwrap(), |party| &party.id)
}

fn absent<T: std::fmt::Debug>(outcome: Result<T, StoreError>) -> (&'static str, String) {
    match outcome {
        Err(StoreError::NotFound { kind, id }) => (kind, id),
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn papers_are_found_by_their_keys(store: &SqlStore) {
    let (owner, house) = (KeyKind::Owner.key("a"), KeyKind::Address.key("1 canal road"));
    let later = |days: i64, party: Party| Party { create_time: NOW + days, ..party };
    let made = vec![
        later(1, party("b", &[owner.clone(), house.clone(), house.clone()])),
        later(0, party("a", std::slice::from_ref(&house))),
        later(2, party("c", std::slice::from_ref(&owner))),
    ];
    let kept = store.create_many(made, None).await.unwrap();
    assert_eq!(kept[0].keys.len(), 3, "a key twice is kept as it came and found once");
    assert_eq!(store.get("b").await.ok(), Some(kept[0].clone()));
    assert_eq!(with(store, "x", std::slice::from_ref(&house), 9).await, "a b");
    assert_eq!(with(store, "x", std::slice::from_ref(&house), 1).await, "b", "the latest of each key");
    let many: Vec<String> = (0..200).map(|at| KeyKind::Name.key(&at.to_string())).collect();
    let many = [many, vec![owner.clone(), house.clone()]].concat();
    assert_eq!(with(store, "x", &many, 1).await, "b c");
    assert_eq!(with(store, "y", &many, 9).await, "", "of another tenant");
    let moved = Party { keys: vec![owner.clone()], create_time: 0, ..party("b", &[]) };
    store.update(moved, None, None).await.unwrap();
    assert_eq!(with(store, "x", &[house], 9).await, "a");
    assert_eq!(with(store, "x", &[owner], 1).await, "c", "an update does not make it younger");
    let ids = ["c".to_owned(), "a".to_owned(), "none".to_owned()];
    assert_eq!(joined(&store.parties("x", &ids).await.unwrap(), |party| &party.id), "a c");
    assert_eq!(store.parties("y", &ids).await.unwrap(), []);
    let flood = vec![String::new(); PAPERS_MAX + 1];
    let refused = store.parties_with("x", &flood, 1).await;
    assert!(matches!(refused, Err(StoreError::TooMany { .. })), "{refused:?}");
}

pub(crate) async fn a_paper_leans_on_what_its_tenant_has(store: &SqlStore) {
    let owned = |id: &str, owner: &str| party(id, &[KeyKind::Owner.key(owner)]);
    let refused = store.create_many(vec![owned("a", "none")], None).await;
    assert_eq!(absent(refused), ("party", "none".into()));
    assert_eq!(absent(Registry::<Party>::get(store, "a").await).1, "a", "nothing of it is kept");
    // Owners of each other, entered together.
    store.create_many(vec![owned("a", "b"), owned("b", "a")], None).await.unwrap();
    let foreign = Party { tenant: "y".into(), ..owned("c", "a") };
    assert_eq!(absent(store.create_many(vec![foreign], None).await), ("party", "a".into()));
    assert_eq!(absent(store.update(owned("a", "none"), None, None).await), ("party", "none".into()));
    let refused = store.create_many(vec![transfer("t", "none", &[])], None).await;
    assert_eq!(absent(refused), ("party", "none".into()));
    let chip_key = KeyKind::Chip.key("c1");
    store.create_many(vec![chip("c1")], None).await.unwrap();
    let of_chip = || transfer("t", "a", std::slice::from_ref(&chip_key));
    assert_eq!(absent(store.create_many(vec![of_chip()], None).await), ("chip", "c1".into()));
    store.update(Chip { parties: vec!["x".into()], ..chip("c1") }, None, None).await.unwrap();
    store.create_many(vec![of_chip()], None).await.unwrap();
    let refused = store.create_many(vec![transfer("u", "a", &[KeyKind::Sku.key("s")])], None).await;
    assert_eq!(absent(refused), ("sku", "s".into()));
}

pub(crate) async fn a_transfer_ends_in_one_way(store: &SqlStore) {
    store.create_many(vec![party("a", &[]), party("b", &[])], None).await.unwrap();
    let made = vec![transfer("t1", "a", &[]), transfer("t2", "b", &[]), transfer("t3", "a", &[])];
    store.create_many(made, None).await.unwrap();
    let to_a = Filter { parent: Some("a".into()), tenant: Some("x".into()), ..Filter::default() };
    let listed: Vec<Transfer> = store.list(&to_a, &PageRequest::default()).await.unwrap();
    assert_eq!(joined(&listed, |transfer| &transfer.id), "t1 t3");
    let once = request("r", 1);
    let closed = store.close_transfer("t1", true, "shipped", NOW + 5, Some(&once)).await.unwrap();
    assert_eq!((closed.state, closed.state_reason.as_str()), (TransferState::Made, "shipped"));
    assert_eq!((closed.etag.as_str(), closed.update_time), ("2", NOW + 5));
    assert_eq!(store.close_transfer("t1", true, "shipped", NOW + 6, Some(&once)).await.unwrap(), closed);
    assert_eq!(store.close_transfer("t1", true, "again", NOW + 7, None).await.unwrap(), closed);
    let other = store.close_transfer("t1", false, "lost", NOW + 8, None).await;
    assert!(matches!(&other, Err(StoreError::WrongState { found, .. }) if found == "MADE"), "{other:?}");
    let changed = store.update(transfer("t1", "b", &[]), None, None).await;
    assert!(matches!(changed, Err(StoreError::WrongState { .. })), "{changed:?}");
    let open = Filter { state: Some("OPEN".into()), ..to_a };
    let listed: Vec<Transfer> = store.list(&open, &PageRequest::default()).await.unwrap();
    assert_eq!(joined(&listed, |transfer| &transfer.id), "t3");
    let gone = store.close_transfer("t2", false, "refused", NOW + 9, None).await.unwrap();
    assert_eq!(gone.state, TransferState::Abandoned);
    let found = store.transfers_with("x", &[KeyKind::Consignee.key("a")], 9).await.unwrap();
    assert_eq!(joined(&found, |transfer| &transfer.id), "t1 t3");
    assert_eq!(absent(store.close_transfer("t9", true, "", NOW, None).await).0, "transfer");
}

pub(crate) async fn a_name_stands_for_one_sku_in_use(store: &SqlStore) {
    store.create_many(vec![sku("s1", "h20", "x")], None).await.unwrap();
    let taken = store.create_many(vec![sku("s2", "h20", "x")], None).await;
    assert!(matches!(taken, Err(StoreError::AlreadyExists { field: "name_key", .. })), "{taken:?}");
    store.create_many(vec![sku("s3", "h20", "y")], None).await.unwrap();
    let named = |tenant: &'static str| async move {
        let found = store.skus_named(tenant, &["h20".into(), "a800".into()]).await.unwrap();
        joined(&found, |sku| &sku.id)
    };
    assert_eq!((named("x").await.as_str(), named("y").await.as_str()), ("s1", "s3"));
    let _: Sku = store.retire("s1", None, "replaced", NOW, None).await.unwrap();
    assert_eq!(named("x").await, "");
    store.create_many(vec![sku("s2", "h20", "x")], None).await.unwrap();
    assert_eq!(named("x").await, "s2");
    let all = store.skus("x", &["s1".into(), "s2".into(), "s3".into()]).await.unwrap();
    assert_eq!(joined(&all, |sku| &sku.id), "s1 s2");
}
