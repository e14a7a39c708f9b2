//! Agents: who holds keys.

use crate::value::{row, words};

words! {
    /// Whether an agent is in use.
    pub enum AgentState: "agent state" {
        /// In use.
        Active = "ACTIVE",
        /// Given up: gets no session.
        Retired = "RETIRED",
    }
}

row! {
    /// What runs on a host and answers challenges.
    pub struct Agent: "agent" in "agents" {
        /// The id.
        pub id: String,
        /// Changes with every write of the registry; the store sets it. Scheduling leaves it alone.
        pub etag: String,
        /// When it was made.
        pub create_time: i64,
        /// When it was last written.
        pub update_time: i64,
        /// Whether it is in use.
        pub state: AgentState,
        /// Why it is retired; empty otherwise.
        pub state_reason: String,
        /// The site's id.
        pub site: String,
        /// Ed25519 key that it enrolled with; unique.
        pub identity_key: [u8; 32],
        /// When it is next summoned; none while nothing is drawn.
        pub next_session_time: Option<i64>,
        /// Its newest session's id.
        pub last_session: Option<String>,
        /// Sessions that it missed since it last closed one; the store counts.
        pub missed_sessions: i32,
        /// Whose it is: its site's, by the tenant's name; empty: nobody's. Never changed.
        pub tenant: String,
    }
}
