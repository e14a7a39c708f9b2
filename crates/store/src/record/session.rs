//! Sessions: one summons, one set of keys, one burst of measurements.

use crate::value::{row, words};

words! {
    /// Where a session is.
    pub enum SessionState: "session state" {
        /// Announced.
        Summoned = "SUMMONED",
        /// Its keys are bound; landmarks may probe.
        Attested = "ATTESTED",
        /// The transcript is in.
        Closed = "CLOSED",
        /// A verdict speaks of it.
        Judged = "JUDGED",
        /// Nobody came: a counted silence.
        Missed = "MISSED",
    }
}

words! {
    /// Who is measured.
    pub enum SubjectKind: "subject kind" {
        /// An agent.
        Agent = "AGENT",
        /// A landmark, by others of the mesh.
        Landmark = "LANDMARK",
    }
}

row! {
    /// One session.
    pub struct Session: "session" in "sessions" {
        /// The id.
        pub id: String,
        /// Changes with every write; the store sets it.
        pub etag: String,
        /// When it was made.
        pub create_time: i64,
        /// When it was last written.
        pub update_time: i64,
        /// Where it is.
        pub state: SessionState,
        /// The id that datagrams bear; unique.
        pub wire_id: [u8; 8],
        /// Who is measured.
        pub subject_kind: SubjectKind,
        /// The agent's or landmark's id.
        pub subject: String,
        /// What the summons asks to be bound, single use.
        pub verifier_nonce: [u8; 32],
        /// The binding of keys and nonce; none before attestation.
        pub binding: Option<[u8; 32]>,
        /// Ed25519 key of the session.
        pub session_signing_key: Option<[u8; 32]>,
        /// X25519 key of the session.
        pub session_exchange_key: Option<[u8; 32]>,
        /// Which format the evidence has; empty before attestation.
        pub evidence_format: String,
        /// The evidence, as it came.
        pub evidence: Vec<u8>,
        /// How well the key is tied to a chip, `R0` to `R4` with reasons; empty before attestation.
        pub residency: String,
        /// Ids of the landmarks that are to probe.
        pub landmarks: Vec<String>,
        /// When probing may begin.
        pub not_before: i64,
        /// When probing ends.
        pub not_after: i64,
        /// The time that its verdict will speak of; none before it closes.
        pub as_of: Option<i64>,
        /// That time in a simulated story, when there is one.
        pub story_time: Option<i64>,
        /// What the agent says happened; empty before it closes.
        pub transcript: Vec<u8>,
        /// The session key's signature of the transcript; empty before it closes.
        pub transcript_signature: Vec<u8>,
        /// What the evidence shows, in the caller's encoding; empty before attestation.
        pub appraisal: Vec<u8>,
        /// When it was appraised.
        pub attest_time: Option<i64>,
        /// What the host says of itself; empty: nothing.
        pub inventory: Vec<u8>,
        /// The evidence after measuring, as it came; empty: none did.
        pub closing_evidence: Vec<u8>,
        /// What that shows, in the caller's encoding.
        pub closing_appraisal: Vec<u8>,
        /// Whose it is: its subject's, by the tenant's name; empty: nobody's. Never changed.
        pub tenant: String,
    }
}
