//! Stores that are opened: what is refused, and what a second opening finds.

use lightcone_store::{
    Filter, PageRequest, Registry as _, Site, SiteState, SqlStore, StoreError, Supervision as _,
};
use sqlx::{Connection as _, SqliteConnection};

fn site(id: &str) -> Site {
    Site {
        id: id.into(),
        etag: String::new(),
        create_time: 1,
        update_time: 0,
        state: SiteState::Active,
        state_reason: String::new(),
        display_name: id.into(),
        latitude_nd: None,
        longitude_nd: None,
        position_error_mm: 0,
        tenant: "jurong".into(),
        questions: Vec::new(),
    }
}

#[tokio::test]
async fn a_url_of_no_engine_is_refused_and_not_repeated() {
    let told = SqlStore::open("mysql://root:hunter2@db/").await.unwrap_err();
    assert!(matches!(told, StoreError::UnknownUrl));
    assert!(told.to_string().contains("postgres://") && !told.to_string().contains("hunter2"), "{told}");
}

#[tokio::test]
async fn a_file_is_found_again_by_path_and_by_url() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    let store = SqlStore::sqlite(&path).await.unwrap();
    store.create_many(vec![site("s")], None).await.unwrap();
    store.close().await;
    for url in [format!("sqlite:{}", path.display()), format!("sqlite://{}", path.display())] {
        let store = SqlStore::open(&url).await.unwrap();
        let sites: Vec<Site> = store.list(&Filter::default(), &PageRequest::default()).await.unwrap();
        assert_eq!(sites.len(), 1, "{url}");
        store.close().await;
    }
}

#[tokio::test]
async fn a_store_in_memory_begins_empty() {
    for _ in 0..2 {
        let store = SqlStore::open("sqlite::memory:").await.unwrap();
        store.create_many(vec![site("s")], None).await.unwrap();
        let sites: Vec<Site> = store.list(&Filter::default(), &PageRequest::default()).await.unwrap();
        assert_eq!(sites.len(), 1);
    }
}

#[tokio::test]
async fn a_store_that_is_closed_says_so() {
    let store = SqlStore::open("sqlite::memory:").await.unwrap();
    store.close().await;
    assert!(store.ping().await.is_err());
    assert!(store.create_many(vec![site("s")], None).await.is_err());
}

#[tokio::test]
async fn tables_of_another_version_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    SqlStore::sqlite(&path).await.unwrap().close().await;
    let mut connection = SqliteConnection::connect(&format!("sqlite:{}", path.display())).await.unwrap();
    // As if the first migration had been edited after it ran here.
    sqlx::query("UPDATE _sqlx_migrations SET checksum = x'00'").execute(&mut connection).await.unwrap();
    let told = SqlStore::sqlite(&path).await.unwrap_err();
    assert!(matches!(told, StoreError::Migration(_)), "{told}");
}
