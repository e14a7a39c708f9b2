//! Chance from the operating system: nonces, names, times.

/// Bytes that nobody can foresee.
///
/// # Errors
/// The system gives none; then no session may begin.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N], NoChance> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|cause| NoChance(cause.to_string()))?;
    Ok(bytes)
}

/// A number that nobody can foresee.
///
/// # Errors
/// The system gives none.
pub(crate) fn word() -> Result<u64, NoChance> {
    bytes().map(u64::from_be_bytes)
}

/// The system gives no chance.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the system gives no random bytes: {0}")]
pub(crate) struct NoChance(String);

/// An identifier for something made at a time: the later, the earlier in a list, with chance at the end.
///
/// # Errors
/// The system gives no chance.
pub(crate) fn id_latest_first(now_ns: i64) -> Result<String, NoChance> {
    let before_the_end = i64::MAX - now_ns.max(0);
    Ok(format!("{before_the_end:016x}{}", hex::encode(bytes::<4>()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_identifiers_come_first() {
        let (early, late) = (id_latest_first(1_000).unwrap(), id_latest_first(2_000).unwrap());
        assert!(late < early && lightcone::names::is_id(&late));
        assert_ne!(id_latest_first(1_000).unwrap(), early);
    }
}
