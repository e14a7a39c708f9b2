//! Requests that may come twice: their id, and what tells them from others with the same id.

use lightcone_store::Request;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::requests::Written;
use crate::limits::REQUEST_KEPT;
use crate::wire::Violation;

/// What the store is told of a request that bears an id; takes the id out of it. It is the request of one subject:
/// another who sends the same has no claim to the answer.
pub(crate) fn once<W: Written>(wire: &mut W, now: i64, subject: &str) -> Result<Option<Request>, Violation> {
    let id = std::mem::take(wire.request_id());
    if id.is_empty() {
        return Ok(None);
    }
    let uuid = Uuid::parse_str(&id).map_err(|_| {
        Violation::invalid(
            "request_id",
            &id,
            "a UUID such as `5a0f6a2e-6c1f-4ad5-9b58-3f0a6f1f6f3e`, or empty",
        )
    })?;
    // The contract has no map, so that equal requests have equal bytes.
    let request = Sha256::new_with_prefix(Sha256::digest(wire.encode_to_vec()));
    let digest = request.chain_update(subject).finalize().into();
    let expire_time = now.saturating_add(REQUEST_KEPT.as_nanos() as i64);
    Ok(Some(Request { id: uuid.to_string(), method: W::METHOD, digest, expire_time }))
}

#[cfg(test)]
mod tests {
    use lightcone::v1;

    use super::*;

    fn asked(reason: &str, request_id: &str) -> v1::RetireSiteRequest {
        v1::RetireSiteRequest {
            name: "sites/a".into(),
            reason: reason.into(),
            request_id: request_id.into(),
            ..Default::default()
        }
    }

    const ID: &str = "5a0f6a2e-6c1f-4ad5-9b58-3f0a6f1f6f3e";

    #[test]
    fn the_same_request_is_known_by_any_spelling_of_its_id_and_another_is_not() {
        let once = |mut wire: v1::RetireSiteRequest| once(&mut wire, 0, "a").unwrap().unwrap();
        let first = once(asked("x", ID));
        assert_eq!(first, once(asked("x", &ID.to_uppercase())));
        assert_ne!(first.digest, once(asked("y", ID)).digest);
        let of_another = super::once(&mut asked("x", ID), 0, "b").unwrap().unwrap();
        assert_ne!(first.digest, of_another.digest);
        assert_eq!(first.expire_time, 24 * 3_600 * 1_000_000_000);
    }

    #[test]
    fn no_id_is_no_promise_and_a_bad_one_is_refused() {
        assert_eq!(once(&mut asked("x", ""), 0, "a"), Ok(None));
        assert_eq!(once(&mut asked("x", "1"), 0, "a").unwrap_err().field, "request_id");
    }
}
