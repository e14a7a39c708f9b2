//! Files that are no identity.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use lightcone_identity::{Identity, IdentityError, PeerError};

use crate::world::{Authority, Files, Leaf, put};

const ID: &str = "spiffe://example.org/agent/a-1";

fn files() -> (Authority, Files) {
    let root = Authority::root("root");
    let files = Files::new(&root.sign(Leaf::new(ID)), &root.bundle());
    (root, files)
}

async fn refusal(files: &Files) -> IdentityError {
    Identity::open(&files.settings()).await.unwrap_err()
}

#[tokio::test]
async fn a_key_that_others_may_read_is_refused() {
    let (_, files) = files();
    for mode in [0o640, 0o604, 0o620, 0o601] {
        fs::set_permissions(files.path("key.pem"), fs::Permissions::from_mode(mode)).unwrap();
        assert!(matches!(refusal(&files).await, IdentityError::Exposed { mode: seen, .. } if seen == mode));
    }
    fs::set_permissions(files.path("key.pem"), fs::Permissions::from_mode(0o400)).unwrap();
    files.open().await;
}

#[tokio::test]
async fn garbage_is_named_and_not_repeated() {
    for name in ["certificate.pem", "key.pem", "bundle.pem"] {
        for garbage in [
            "",
            "garbage",
            "-----BEGIN CERTIFICATE-----\nAAAA\n",
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        ] {
            let (_, files) = files();
            put(&files.path(name), garbage, 0o600);
            let told = refusal(&files).await.to_string();
            assert!(told.contains(".pem") && !told.contains("AAAA"), "{name} {garbage:?}: {told}");
        }
        let (_, files) = files();
        put(&files.path(name), &"x".repeat(3 << 20), 0o600);
        assert!(matches!(refusal(&files).await, IdentityError::TooLarge { .. }));
        fs::remove_file(files.path(name)).unwrap();
        assert!(matches!(refusal(&files).await, IdentityError::File { .. }));
    }
}

#[tokio::test]
async fn the_key_of_another_is_refused() {
    let (root, files) = files();
    let other = root.sign(Leaf::new(ID));
    put(&files.path("key.pem"), &other.key.serialize_pem(), 0o600);
    let told = refusal(&files).await.to_string();
    assert!(told.contains("not the certificate's"), "{told}");
}

#[tokio::test]
async fn an_expired_certificate_is_no_beginning() {
    let root = Authority::root("root");
    let (begin, end) =
        (std::time::UNIX_EPOCH, std::time::SystemTime::now() - std::time::Duration::from_secs(60));
    let files = Files::new(&root.sign(Leaf::new(ID).between(begin, end)), &root.bundle());
    let refused = refusal(&files).await;
    assert!(matches!(refused, IdentityError::Certificate { cause: PeerError::Expired, .. }), "{refused}");
}

#[tokio::test]
async fn no_key_is_in_what_is_printed() {
    let (_, files) = files();
    let printed = format!("{:?}", files.open().await);
    assert_eq!(printed, format!("Identity {{ spiffe_id: {ID:?}, .. }}"));
}
