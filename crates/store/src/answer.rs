//! The answer to a request, kept as bytes beside the write so that the same request gets it again.

use crate::error::StoreError;
use crate::record::Row;
use crate::request::Request;
use crate::sql::Tx;
use crate::value::{Kind, Value};

const COLUMN: &str = "response";

/// Claims a request id. The answer, when the request was done before; none when it is to be done now.
pub(crate) async fn before<R: Row>(
    tx: &mut Tx,
    request: Option<&Request>,
) -> Result<Option<Vec<R>>, StoreError> {
    let Some(request) = request else { return Ok(None) };
    let sql = "INSERT INTO requests (id, method, digest, response, expire_time, updated_by) \
               VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING";
    let values = vec![
        Value::Text(request.id.clone()),
        Value::Text(request.method.to_owned()),
        Value::Blob(request.digest.to_vec()),
        Value::Blob(Vec::new()),
        Value::Int(request.expire_time),
        tx.author(),
    ];
    // A second caller with the same id waits here until the first has committed, or claims it after a failure.
    if tx.execute(sql, values).await? == 1 {
        return Ok(None);
    }
    kept(tx, request).await?.map(|answer| decode::<R>(&answer)).transpose()
}

/// The answer that a request has.
pub(crate) async fn kept(tx: &mut Tx, request: &Request) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "SELECT method, digest, response FROM requests WHERE id = $1";
    let kinds = [Kind::Text, Kind::Blob, Kind::Blob];
    let rows = tx.fetch(sql, vec![Value::Text(request.id.clone())], &kinds).await?;
    let asked = [Value::Text(request.method.to_owned()), Value::Blob(request.digest.to_vec())];
    match rows.into_iter().next().as_deref() {
        None => Ok(None),
        Some([method, digest, Value::Blob(answer)]) if asked == [method.clone(), digest.clone()] => {
            Ok(Some(answer.clone()))
        }
        Some(_) => Err(StoreError::RequestReused { id: request.id.clone() }),
    }
}

/// Keeps the answer to a request that was claimed in this transaction.
pub(crate) async fn after<R: Row>(
    tx: &mut Tx,
    request: Option<&Request>,
    records: &[R],
) -> Result<(), StoreError> {
    let Some(request) = request else { return Ok(()) };
    let sql = "UPDATE requests SET response = $2 WHERE id = $1";
    let values = vec![Value::Text(request.id.clone()), Value::Blob(encode(records))];
    tx.execute(sql, values).await.map(drop)
}

/// Each value as a tag and, but for null, eight bytes of number or length and then its bytes.
fn encode<R: Row>(records: &[R]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for value in records.iter().flat_map(Row::values) {
        let (tag, number, tail): (u8, i64, &[u8]) = match &value {
            Value::Null(_) => (0, 0, &[]),
            Value::Int(int) => (1, *int, &[]),
            Value::Text(text) => (2, text.len() as i64, text.as_bytes()),
            Value::Blob(blob) => (3, blob.len() as i64, blob),
        };
        bytes.push(tag);
        bytes.extend_from_slice(&number.to_be_bytes());
        bytes.extend_from_slice(tail);
    }
    bytes
}

fn decode<R: Row>(mut bytes: &[u8]) -> Result<Vec<R>, StoreError> {
    let mut records = Vec::new();
    while !bytes.is_empty() {
        let values = R::KINDS.iter().map(|kind| decode_value(&mut bytes, *kind)).collect::<Option<Vec<_>>>();
        let broken = || StoreError::Unreadable { column: COLUMN, found: "an answer of other columns".into() };
        records.push(R::of_values(values.ok_or_else(broken)?)?);
    }
    Ok(records)
}

fn decode_value(bytes: &mut &[u8], kind: Kind) -> Option<Value> {
    let (tag, rest) = bytes.split_first()?;
    let (number, rest) = rest.split_first_chunk::<8>()?;
    let number = i64::from_be_bytes(*number);
    let length = if *tag >= 2 { usize::try_from(number).ok()? } else { 0 };
    let (tail, rest) = rest.split_at_checked(length)?;
    *bytes = rest;
    match tag {
        0 => Some(Value::Null(kind)),
        1 => Some(Value::Int(number)),
        2 => String::from_utf8(tail.to_vec()).ok().map(Value::Text),
        3 => Some(Value::Blob(tail.to_vec())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Agent, AgentState, ChipTie};

    fn agent(last_session: Option<String>) -> Agent {
        Agent {
            id: "a".into(),
            etag: "1".into(),
            create_time: i64::MIN,
            update_time: i64::MAX,
            state: AgentState::Active,
            state_reason: String::new(),
            missed_sessions: 0,
            site: "ü".into(),
            identity_key: [7; 32],
            next_session_time: None,
            last_session,
            tenant: "operator".into(),
        }
    }

    #[test]
    fn an_answer_comes_back_as_it_was() {
        let agents = vec![agent(None), agent(Some("s".into()))];
        assert_eq!(decode::<Agent>(&encode(&agents)).unwrap(), agents);
        assert_eq!(decode::<Agent>(&[]).unwrap(), []);
    }

    #[test]
    fn a_cut_or_foreign_answer_is_an_error() {
        let bytes = encode(&[agent(None)]);
        for length in 1..bytes.len() {
            assert!(decode::<Agent>(&bytes[..length]).is_err(), "{length}");
        }
        assert!(decode::<ChipTie>(&bytes).is_err());
    }
}
