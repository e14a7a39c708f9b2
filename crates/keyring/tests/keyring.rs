//! Keys through real files.

#![expect(clippy::unwrap_used, reason = "a test that cannot make its files has failed")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use lightcone_keyring::{Error, ExchangeIdentity, SigningIdentity};
use tempfile::TempDir;

fn folder() -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.key");
    (folder, path)
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Secret, message, public key and signature of RFC 8032, section 7.1, test 2.
const SECRET: &str = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
const PUBLIC: &str = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
const SIGNATURE: &str = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
                         085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";

#[test]
fn a_key_in_a_file_is_the_key_of_the_standard() {
    let (_folder, path) = folder();
    fs::write(&path, format!("lightcone-ed25519-v1:{SECRET}\n")).unwrap();
    chmod(&path, 0o600);
    let identity = SigningIdentity::load(&path).unwrap();
    assert_eq!(identity.public_text(), PUBLIC);
    let signature: String = identity.sign(&[0x72]).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(signature, SIGNATURE);
    // RFC 7748, section 6.1: Alice.
    fs::write(&path, "lightcone-x25519-v1:77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a")
        .unwrap();
    let alice = ExchangeIdentity::load(&path).unwrap();
    assert_eq!(alice.public_text(), "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
}

#[test]
fn what_is_created_is_loaded_and_for_its_owner_only() {
    let (folder, path) = folder();
    let signing = SigningIdentity::create(&path).unwrap();
    assert_eq!(mode(&path), 0o600);
    assert_eq!(SigningIdentity::load(&path).unwrap().public(), signing.public());
    let other = folder.path().join("b.key");
    let exchange = ExchangeIdentity::create(&other).unwrap();
    assert_eq!(ExchangeIdentity::load(&other).unwrap().public(), exchange.public());
    // Nothing else is left behind.
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    assert_ne!(SigningIdentity::generate().unwrap().public(), signing.public());
}

#[test]
fn a_file_is_never_written_over() {
    let (folder, path) = folder();
    fs::write(&path, "something").unwrap();
    let refused = SigningIdentity::create(&path).unwrap_err();
    assert!(matches!(refused, Error::Exists { .. }), "{refused}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "something");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_file_that_others_may_touch_is_refused_with_the_remedy() {
    let (_folder, path) = folder();
    let made = SigningIdentity::create(&path).unwrap();
    for exposed in [0o640, 0o604, 0o620, 0o601, 0o644] {
        chmod(&path, exposed);
        let told = SigningIdentity::load(&path).unwrap_err().to_string();
        assert!(told.contains(&format!("{exposed:04o}")), "{told}");
        assert!(told.ends_with(&format!("run `chmod 600 {}`", path.display())), "{told}");
        assert!(matches!(SigningIdentity::open(&path), Err(Error::Exposed { .. })));
    }
    chmod(&path, 0o400);
    assert_eq!(SigningIdentity::load(&path).unwrap().public(), made.public());
}

#[test]
fn what_is_not_a_key_of_this_kind_is_refused_and_not_repeated() {
    let (_folder, path) = folder();
    let cases = [
        (String::new(), ""),
        (SECRET.to_owned(), ""),
        (format!("lightcone-x25519-v1:{SECRET}"), "but one of `lightcone-x25519-v1`"),
        (format!("lightcone-ed25519-v1:{}", &SECRET[1..]), "63 characters"),
        (format!("lightcone-ed25519-v1:{SECRET}00"), "66 characters"),
        (format!("lightcone-ed25519-v1:{}g", &SECRET[1..]), "another character"),
        (format!("lightcone-ed25519-v1:{}ü", &SECRET[2..]), "another character"),
        (format!(" lightcone-ed25519-v1:{SECRET}"), ""),
        (format!("lightcone-ed25519-v1:{SECRET}\nlightcone-ed25519-v1:{SECRET}"), "characters"),
        (format!("lightcone-ed25519-v1:{SECRET}{}", " ".repeat(9_999)), ""),
    ];
    for (text, hint) in &cases[..9] {
        fs::write(&path, text).unwrap();
        chmod(&path, 0o600);
        let told = SigningIdentity::load(&path).unwrap_err().to_string();
        assert!(told.contains("lightcone-ed25519-v1:` and 64") && told.contains(hint), "{told}");
        assert!(!told.contains(&SECRET[2..20]), "{told}");
    }
    // Only so much is read of a file that is far too long.
    fs::write(&path, &cases[9].0).unwrap();
    assert_eq!(SigningIdentity::load(&path).unwrap().public_text(), PUBLIC);
}

#[test]
fn opening_makes_a_key_once_also_for_many_at_once() {
    let (_folder, path) = folder();
    let publics: Vec<[u8; 32]> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..8).map(|_| scope.spawn(|| SigningIdentity::open(&path).unwrap().public())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(publics.iter().all(|public| *public == publics[0]));
    let nowhere = path.join("below/a.key");
    assert!(matches!(SigningIdentity::open(&nowhere), Err(Error::File { .. })));
}

#[test]
fn a_secret_is_in_no_text() {
    let signing = SigningIdentity::from_entropy(&[0xab; 32]);
    let exchange = ExchangeIdentity::from_entropy(&[0xab; 32]);
    for (shown, public) in
        [(format!("{signing:?}"), signing.public_text()), (format!("{exchange:?}"), exchange.public_text())]
    {
        assert!(shown.contains(&public) && !shown.contains("abababab"), "{shown}");
    }
}
