//! Certificates and bundles that change while a server listens.

use std::time::{Duration, SystemTime};

use lightcone_identity::{Identity, PeerError};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::world::{Authority, Files, Leaf, dial, listen, put};

const SERVER: &str = "spiffe://example.org/service/lightcone";
const LANDMARK: &str = "spiffe://example.org/landmark/oslo-1";
/// A look each second, and time for a slow machine.
const SOON: Duration = Duration::from_secs(10);
/// Longer than a look.
const A_WHILE: Duration = Duration::from_millis(2_500);

struct World {
    root: Authority,
    files: Files,
    server: Identity,
    changes: watch::Receiver<u64>,
    client_files: Files,
    client: Identity,
}

async fn world() -> World {
    let root = Authority::root("root");
    let files = Files::new(&root.sign(Leaf::new(SERVER)), &root.bundle());
    let client_files = Files::new(&root.sign(Leaf::new(LANDMARK)), &root.bundle());
    let (server, client) = (files.open().await, client_files.open().await);
    let changes = server.changes();
    World { root, files, server, changes, client_files, client }
}

async fn changed(changes: &mut watch::Receiver<u64>) {
    timeout(SOON, changes.changed()).await.expect("the change is seen").unwrap();
}

#[tokio::test]
async fn a_new_certificate_is_shown_at_the_next_handshake() {
    let mut world = world().await;
    let listening = listen(&world.server).await;
    let config = world.client.client_config();
    let first = dial(config.clone(), listening.address).await.unwrap();
    let next = world.root.sign(Leaf::new(SERVER));
    world.files.put(&next);
    changed(&mut world.changes).await;
    let second = dial(config, listening.address).await.unwrap();
    assert_ne!(first, second);
    assert_eq!(second, next.chain);
}

#[tokio::test]
async fn a_client_shows_its_new_certificate() {
    let world = world().await;
    let mut listening = listen(&world.server).await;
    let config = world.client.client_config();
    let mut changes = world.client.changes();
    let next = world.root.sign(Leaf::new(LANDMARK));
    world.client_files.put(&next);
    changed(&mut changes).await;
    dial(config, listening.address).await.unwrap();
    assert_eq!(listening.shown.recv().await.unwrap().unwrap(), next.chain);
}

#[tokio::test]
async fn a_root_that_is_taken_out_vouches_for_nobody() {
    let mut world = world().await;
    let listening = listen(&world.server).await;
    let config = world.client.client_config();
    dial(config.clone(), listening.address).await.unwrap();
    let chain = world.root.sign(Leaf::new(LANDMARK)).chain;
    assert!(world.server.peer(&chain, SystemTime::now()).is_ok());

    let next = Authority::root("next");
    world.files.put_bundle(&(world.root.bundle() + &next.bundle()));
    changed(&mut world.changes).await;
    assert!(world.server.peer(&chain, SystemTime::now()).is_ok(), "both roots hold in between");
    dial(config.clone(), listening.address).await.unwrap();

    world.files.put_bundle(&next.bundle());
    changed(&mut world.changes).await;
    assert_eq!(world.server.peer(&chain, SystemTime::now()), Err(PeerError::UnknownAuthority));
    assert!(dial(config, listening.address).await.is_err(), "nor is a session of before resumed");
}

#[tokio::test]
async fn what_is_broken_is_not_taken_and_what_is_mended_is() {
    let mut world = world().await;
    let listening = listen(&world.server).await;
    let config = world.client.client_config();
    let before = dial(config.clone(), listening.address).await.unwrap();

    let elsewhere = world.root.sign(Leaf::new("spiffe://example.com/service/lightcone"));
    world.files.put(&elsewhere);
    tokio::time::sleep(A_WHILE).await;
    put(&world.files.path("certificate.pem"), "half a cert", 0o644);
    tokio::time::sleep(A_WHILE).await;
    assert!(!world.changes.has_changed().unwrap());
    assert_eq!(dial(config.clone(), listening.address).await.unwrap(), before);

    let mended = world.root.sign(Leaf::new(SERVER));
    world.files.put(&mended);
    changed(&mut world.changes).await;
    assert_eq!(dial(config, listening.address).await.unwrap(), mended.chain);
}

#[tokio::test]
async fn nothing_changes_where_the_same_is_written_again() {
    let world = world().await;
    world.files.put_bundle(&world.root.bundle());
    tokio::time::sleep(A_WHILE).await;
    assert!(!world.changes.has_changed().unwrap());
}
