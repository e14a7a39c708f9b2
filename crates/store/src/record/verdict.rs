//! Verdicts: what was judged.

use crate::value::row;

row! {
    /// One verdict of one session. It is never changed, only superseded.
    pub struct Verdict: "verdict" in "verdicts" {
        /// The id.
        pub id: String,
        /// Goes up by one with every verdict, in the order of their commits; the store sets it.
        pub revision: i64,
        /// When it was judged.
        pub create_time: i64,
        /// The agent's id.
        pub agent: String,
        /// The session's id.
        pub session: String,
        /// The time that it speaks of.
        pub as_of: i64,
        /// That time in a simulated story, when there is one.
        pub story_time: Option<i64>,
        /// The canonical bytes.
        pub canonical: Vec<u8>,
        /// The answer in the caller's encoding.
        pub wire: Vec<u8>,
        /// Its findings in one line.
        pub summary: String,
        /// How well the key is tied to a chip.
        pub residency: String,
        /// How many trust groups may lie.
        pub liars: i32,
        /// The light mode and other assumptions that it uses.
        pub mode: String,
        /// The verdict's id that took its place.
        pub superseded_by: Option<String>,
        /// Whether it is kept beyond its time.
        pub legal_hold: bool,
        /// Whose it is: its agent's, by the tenant's name; empty: nobody's. Never changed.
        pub tenant: String,
        /// Where it can be, short, in the caller's encoding: what a scan of all chips reads. Empty: of before there was
        /// this.
        pub places: Vec<u8>,
    }
}
