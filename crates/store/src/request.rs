//! A request that may come twice and is done once.

/// What names a client's request. The first use writes and keeps the answer with the write; the same id, method
/// and digest again gives that answer and writes nothing; the same id with another digest is an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The client's id of the request.
    pub id: String,
    /// The method that was called, so that one id on two methods is told.
    pub method: &'static str,
    /// SHA-256 of the request without its id.
    pub digest: [u8; 32],
    /// When the answer may be forgotten, in nanoseconds since 1970.
    pub expire_time: i64,
}
