//! Rule books and decisions: one book is active, two subjects make it so, and decisions stay.

use lightcone_store::*;

use crate::world::*;

const AUTHOR: &str = "https://id.example#kim";
const ASKER: &str = "https://id.example#lee";
const DAY: i64 = 86_400 * SECOND;
const SECOND_ONE: &str = "https://id.example#ann";

fn book(title: &str, created_by: &str) -> RuleBook {
    RuleBook {
        number: 0,
        sha256: bytes(title),
        title: title.into(),
        as_of: "2026-11-24".into(),
        state: RuleBookState::Draft,
        note: "a note".into(),
        created_by: created_by.into(),
        requested_by: String::new(),
        approved_by: String::new(),
        reason: String::new(),
        create_time: NOW,
        request_time: None,
        activate_time: None,
        retire_time: None,
        signed_by: vec![7; 32],
        signature: vec![8; 64],
    }
}

fn files(paths: &[&str]) -> Vec<RuleFile> {
    let file = |path: &&str| RuleFile { book: 0, path: (*path).into(), text: format!("text of {path}\n") };
    paths.iter().map(file).collect()
}

fn decision(id: &str, tenant: &str, subject: &str) -> Decision {
    Decision {
        id: id.into(),
        revision: 0,
        create_time: NOW,
        tenant: tenant.into(),
        subject: subject.into(),
        kind: "EXPORT".into(),
        outcome: "LICENCE_REQUIRED".into(),
        book: 1,
        stand: "{}".into(),
        engine: "lightcone-policy/0".into(),
        canonical: vec![1, 2, 3],
        inputs: vec![4; 900],
        inputs_sha256: bytes(id),
        asked_by: ASKER.into(),
    }
}

pub(crate) async fn a_book_is_entered_once_with_its_files(store: &SqlStore) {
    let (once, paths) = (request("r", 1), files(&["us/P02.toml", "book.toml"]));
    let kept = store.put_rule_book(book("a", AUTHOR), paths.clone(), Some(&once)).await.unwrap();
    assert_eq!(kept, RuleBook { number: 1, ..book("a", AUTHOR) });
    assert_eq!(store.put_rule_book(book("a", AUTHOR), paths, Some(&once)).await.unwrap(), kept);
    let again = store.put_rule_book(book("a", ASKER), Vec::new(), None).await;
    let Err(StoreError::AlreadyExists { kind: "policyVersion", id, field: "sha256" }) = &again else {
        panic!("{again:?}")
    };
    assert_eq!(id, "1");
    assert_eq!(store.rule_book(1).await.unwrap(), kept);
    let found: Vec<_> =
        store.rule_files(1).await.unwrap().into_iter().map(|f| (f.book, f.path, f.text)).collect();
    let file = |path: &str| (1, path.to_owned(), format!("text of {path}\n"));
    assert_eq!(found, [file("book.toml"), file("us/P02.toml")]);
    let absent = store.rule_files(2).await;
    assert!(matches!(absent, Err(StoreError::NotFound { kind: "policyVersion", .. })), "{absent:?}");
    let many = vec![files(&["x"]).remove(0); RULE_FILES_MAX + 1];
    assert!(matches!(
        store.put_rule_book(book("b", AUTHOR), many, None).await,
        Err(StoreError::TooMany { limit: RULE_FILES_MAX, .. })
    ));
    assert_eq!(store.active_rule_book().await.unwrap(), None);
}

pub(crate) async fn a_book_becomes_active_by_a_second_subject(store: &SqlStore) {
    let first = store.settle_rule_book(book("built in", ""), files(&["a"])).await.unwrap();
    assert_eq!((first.number, first.state, first.activate_time), (1, RuleBookState::Active, Some(NOW)));
    store.put_rule_book(book("a", AUTHOR), files(&["a"]), None).await.unwrap();
    let early = store.approve_activation(2, SECOND_ONE, NOW).await;
    assert!(matches!(early, Err(StoreError::WrongState { .. })), "{early:?}");
    let asked = store.request_activation(2, ASKER, "a new rule", NOW + 1).await.unwrap();
    assert_eq!((asked.state, asked.request_time), (RuleBookState::Requested, Some(NOW + 1)));
    assert_eq!(store.request_activation(2, ASKER, "another", NOW + 2).await.unwrap(), asked);
    let by_another = store.request_activation(2, SECOND_ONE, "mine", NOW + 2).await;
    assert!(matches!(by_another, Err(StoreError::WrongState { .. })), "{by_another:?}");
    for alone in [ASKER, AUTHOR] {
        let refused = store.approve_activation(2, alone, NOW + 2).await;
        assert!(matches!(refused, Err(StoreError::SameSubject { .. })), "{refused:?}");
    }
    assert_eq!(store.active_rule_book().await.unwrap().unwrap().number, 1);
    let active = store.approve_activation(2, SECOND_ONE, NOW + 3).await.unwrap();
    let expected = RuleBook {
        state: RuleBookState::Active,
        approved_by: SECOND_ONE.into(),
        activate_time: Some(NOW + 3),
        ..asked
    };
    assert_eq!(active, expected);
    assert_eq!(store.approve_activation(2, SECOND_ONE, NOW + 4).await.unwrap(), active);
    let retired = store.rule_book(1).await.unwrap();
    assert_eq!((retired.state, retired.retire_time), (RuleBookState::Retired, Some(NOW + 3)));
    assert_eq!(store.active_rule_book().await.unwrap().unwrap(), active);
    // Back to the one before, by two again.
    store.request_activation(1, SECOND_ONE, "it was wrong", NOW + 5).await.unwrap();
    assert_eq!(store.active_rule_book().await.unwrap().unwrap().number, 2);
    store.approve_activation(1, ASKER, NOW + 6).await.unwrap();
    let numbers: Vec<_> = store.list_rule_books(None, 0).await.unwrap();
    let states: Vec<_> = numbers.iter().map(|book| (book.number, book.state)).collect();
    assert_eq!(states, [(2, RuleBookState::Retired), (1, RuleBookState::Active)]);
    assert_eq!(store.list_rule_books(Some(2), 5).await.unwrap().len(), 1);
}

pub(crate) async fn of_two_that_become_active_at_once_one_is_left(store: &SqlStore) {
    store.settle_rule_book(book("built in", ""), Vec::new()).await.unwrap();
    for (title, number) in [("a", 2), ("b", 3), ("c", 4)] {
        store.put_rule_book(book(title, AUTHOR), files(&["a"]), None).await.unwrap();
        store.request_activation(number, ASKER, "why", NOW).await.unwrap();
    }
    let all = [2, 3, 4].map(|number| store.approve_activation(number, SECOND_ONE, NOW + number));
    let outcomes = futures_util::future::join_all(all).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    let books = store.list_rule_books(None, 0).await.unwrap();
    let count = |state| books.iter().filter(|book| book.state == state).count();
    assert_eq!((count(RuleBookState::Active), count(RuleBookState::Retired)), (1, 3));
}

pub(crate) async fn a_program_never_takes_back_what_people_activated(store: &SqlStore) {
    let settle = |title: &str| store.settle_rule_book(book(title, ""), files(&["a"]));
    assert_eq!(settle("v1").await.unwrap().number, 1);
    assert_eq!(settle("v1").await.unwrap().number, 1);
    // A newer program: its book follows the one that came with the program before.
    assert_eq!(settle("v2").await.unwrap().number, 2);
    assert_eq!(store.rule_book(1).await.unwrap().state, RuleBookState::Retired);
    // The older program again: rules do not go back by themselves.
    assert_eq!(settle("v1").await.unwrap().number, 2);
    store.put_rule_book(book("ours", AUTHOR), files(&["a"]), None).await.unwrap();
    store.request_activation(3, ASKER, "ours", NOW).await.unwrap();
    store.approve_activation(3, SECOND_ONE, NOW).await.unwrap();
    assert_eq!(settle("v3").await.unwrap().number, 3);
    assert_eq!(store.rule_book(4).await.unwrap().state, RuleBookState::Draft);
}

pub(crate) async fn decisions_are_kept_once_for_a_request(store: &SqlStore) {
    store.settle_rule_book(book("built in", ""), Vec::new()).await.unwrap();
    let asked = vec![decision("d1", "desk", "transfers/t"), decision("d2", "desk", "transfers/t")];
    let kept = store.put_decisions(asked.clone(), Some(&request("r", 1))).await.unwrap();
    assert_eq!(kept.iter().map(|kept| kept.revision).collect::<Vec<_>>(), [1, 2]);
    let fresh = vec![decision("d8", "desk", "transfers/t"), decision("d9", "desk", "transfers/t")];
    assert_eq!(store.put_decisions(fresh, Some(&request("r", 1))).await.unwrap(), kept);
    let other = store.put_decisions(asked.clone(), Some(&request("r", 2))).await;
    assert!(matches!(other, Err(StoreError::RequestReused { .. })), "{other:?}");
    let again = store.put_decisions(asked, None).await;
    assert!(matches!(again, Err(StoreError::AlreadyExists { kind: "decision", .. })), "{again:?}");
    assert_eq!(store.decision("d2").await.unwrap(), kept[1]);
    let absent = store.decision("d8").await;
    assert!(matches!(absent, Err(StoreError::NotFound { kind: "decision", .. })), "{absent:?}");
    let unruled = Decision { book: 9, ..decision("d3", "desk", "transfers/t") };
    let dangling = store.put_decisions(vec![unruled], None).await;
    assert!(matches!(dangling, Err(StoreError::Dangling { .. })), "{dangling:?}");
}

pub(crate) async fn decisions_are_listed_the_latest_first(store: &SqlStore) {
    store.settle_rule_book(book("built in", ""), Vec::new()).await.unwrap();
    let all = [("d1", "desk", "a"), ("d2", "desk", "b"), ("d3", "other", "a"), ("d4", "desk", "a")];
    store
        .put_decisions(all.map(|(id, tenant, about)| decision(id, tenant, about)).into(), None)
        .await
        .unwrap();
    let list = |tenant: Option<&str>, subject: Option<&str>, before_revision, size| {
        let (tenant, subject) = (tenant.map(str::to_owned), subject.map(str::to_owned));
        let filter = DecisionFilter { tenant, subject, before_revision, size };
        async move {
            let found = store.list_decisions(&filter).await.unwrap();
            found.into_iter().map(|decision| decision.id).collect::<Vec<_>>().join(" ")
        }
    };
    assert_eq!(list(None, None, None, 0).await, "d4 d3 d2 d1");
    assert_eq!(list(Some("desk"), None, None, 2).await, "d4 d2");
    assert_eq!(list(Some("desk"), None, Some(2), 2).await, "d1");
    assert_eq!(list(Some("desk"), Some("a"), None, 0).await, "d4 d1");
    assert_eq!(list(None, Some("a"), None, 0).await, "d4 d3 d1");
    assert_eq!(list(Some("nobody"), None, None, 0).await, "");
}

pub(crate) async fn no_purge_forgets_decisions_and_books(store: &SqlStore) {
    store.settle_rule_book(book("built in", ""), files(&["a"])).await.unwrap();
    store.put_decisions(vec![decision("d1", "desk", "a")], None).await.unwrap();
    store.purge(NOW + 100 * 365 * DAY, &Retention::default()).await.unwrap();
    assert!(store.decision("d1").await.is_ok() && store.rule_files(1).await.unwrap().len() == 1);
}
