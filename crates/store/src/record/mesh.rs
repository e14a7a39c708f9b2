//! What landmarks measured of one another.

use crate::value::row;

row! {
    /// A round trip between two landmarks.
    pub struct MeshPair: "mesh pair" in "mesh_latest" {
        /// The id of the landmark that held the stopwatch.
        pub first: String,
        /// The id of the one that answered.
        pub second: String,
        /// Place and keys of the first.
        pub first_version: i32,
        /// Place and keys of the second.
        pub second_version: i32,
        /// The least round trip in nanoseconds.
        pub rtt_ns: i64,
        /// What the clocks may have hidden of it, in nanoseconds.
        pub eps_ns: i64,
        /// When it was measured.
        pub observe_time: i64,
    }
}
