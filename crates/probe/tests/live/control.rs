//! The four control datagrams and their cookies.

use lightcone_probe::SessionId;
use lightcone_probe::control::{Control, Cookie, Hello, Keep, Retry, Unreadable, Welcome};
use lightcone_probe::cookie::{COOKIE_SECRET_NS, Cookies};
use lightcone_responder::StampKey;

use crate::world::at;

const SESSION: SessionId = SessionId([1, 2, 3, 4, 5, 6, 7, 8]);

fn keep() -> Keep {
    Keep::seal(SESSION, 0x0102_0304_0506_0708, &StampKey::from_bytes([9; 32]))
}

fn all() -> [Vec<u8>; 4] {
    let noise = std::array::from_fn(|at| at as u8 + 100);
    [
        Hello { session: SESSION, cookie: Cookie([7; 16]), noise }.to_bytes().to_vec(),
        Retry { session: SESSION, cookie: Cookie([7; 16]) }.to_bytes().to_vec(),
        Welcome { session: SESSION, noise }.to_bytes().to_vec(),
        keep().to_bytes().to_vec(),
    ]
}

#[test]
fn each_byte_is_where_the_layout_says() {
    let [hello, retry, welcome, keep] = all();
    for (bytes, length, kind) in [(&hello, 192, 1), (&retry, 48, 2), (&welcome, 96, 3), (&keep, 64, 4)] {
        assert_eq!(bytes.len(), length);
        assert_eq!(bytes[..8], [b'L', b'C', b'H', b'1', 1, kind, 0, 0]);
        assert_eq!(bytes[8..16], SESSION.0);
    }
    let noise: Vec<u8> = (100..160).collect();
    assert_eq!((&hello[16..32], &hello[32..92], &hello[92..]), (&[7; 16][..], &noise[..], &[0; 100][..]));
    assert_eq!((&retry[16..32], &retry[32..]), (&[7; 16][..], &[0; 16][..]));
    assert_eq!((&welcome[16..76], &welcome[76..]), (&noise[..], &[0; 20][..]));
    assert_eq!((&keep[16..24], &keep[24..48]), (&[1, 2, 3, 4, 5, 6, 7, 8][..], &[0; 24][..]));
}

#[test]
fn what_is_written_is_read() {
    let [hello, retry, welcome, keep_bytes] = all();
    let read = |bytes: &[u8]| Control::parse(bytes).unwrap();
    assert!(matches!(read(&hello), Control::Hello(it) if it.to_bytes()[..] == hello));
    assert!(matches!(read(&retry), Control::Retry(it) if it.to_bytes()[..] == retry));
    assert!(matches!(read(&welcome), Control::Welcome(it) if it.to_bytes()[..] == welcome));
    assert_eq!(read(&keep_bytes), Control::Keep(keep()));
}

#[test]
fn unused_bytes_are_ignored() {
    let [mut hello, mut retry, mut welcome, _] = all();
    for (bytes, unused) in [(&mut hello, 150), (&mut retry, 40), (&mut welcome, 90)] {
        let before = Control::parse(bytes).unwrap();
        bytes[unused] = 0xff;
        bytes[6] = 0xff;
        assert_eq!(Control::parse(bytes).unwrap(), before);
    }
}

#[test]
fn anything_else_is_named() {
    for length in (0..300).filter(|length| ![192, 48, 96, 64].contains(length)) {
        assert_eq!(Control::parse(&vec![0; length]), Err(Unreadable::Length(length)));
    }
    for mut bytes in all() {
        bytes[5] += 1;
        assert!(matches!(Control::parse(&bytes), Err(Unreadable::Type { .. })));
        bytes[4] = 2;
        assert_eq!(Control::parse(&bytes), Err(Unreadable::Version(2)));
        bytes[0] = b'l';
        assert_eq!(Control::parse(&bytes), Err(Unreadable::Magic));
    }
}

#[test]
fn every_flipped_bit_of_a_keep_is_refused() {
    let key = StampKey::from_bytes([9; 32]);
    assert!(keep().is_sealed_by(&key));
    assert!(!keep().is_sealed_by(&StampKey::from_bytes([8; 32])));
    for bit in 0..512 {
        let mut bytes = keep().to_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let sealed = Control::parse(&bytes).is_ok_and(|read| match read {
            Control::Keep(keep) => keep.is_sealed_by(&key),
            _ => panic!("64 bytes that are no KEEP"),
        });
        assert!(!sealed, "bit {bit}");
    }
}

#[test]
fn a_cookie_is_good_for_its_address_session_and_time_alone() {
    let mut cookies = Cookies::new(&[5; 32]);
    let here = at("192.0.2.9:1000");
    let born = 10 * COOKIE_SECRET_NS + COOKIE_SECRET_NS / 2;
    let cookie = cookies.issue(born, here, SESSION);
    assert!(cookies.is_good(born, here, SESSION, cookie));
    assert!(cookies.is_good(born + COOKIE_SECRET_NS, here, SESSION, cookie), "one secret later");
    assert!(!cookies.is_good(born + 2 * COOKIE_SECRET_NS, here, SESSION, cookie), "two secrets later");
    assert!(!cookies.is_good(born, at("192.0.2.9:1001"), SESSION, cookie), "another port");
    assert!(!cookies.is_good(born, at("192.0.2.8:1000"), SESSION, cookie), "another address");
    assert!(!cookies.is_good(born, here, SessionId([0; 8]), cookie), "another session");
    assert!(!cookies.is_good(born, here, SESSION, Cookie::NONE), "none");
    assert!(!Cookies::new(&[6; 32]).is_good(born, here, SESSION, cookie), "another landmark");
}
