//! Measurements: what is kept of a report.

use crate::value::row;

row! {
    /// What one landmark measured in one session, recomputed from its samples: 300 bytes of evidence at most.
    pub struct Measurement: "measurement" in "measurements" {
        /// The session's id.
        pub session: String,
        /// The landmark's id.
        pub landmark: String,
        /// The landmark's place and keys that it leans on.
        pub position_version: i32,
        /// The least round trip in nanoseconds.
        pub rtt_ns: i64,
        /// What the clocks may have hidden of it, in nanoseconds.
        pub eps_ns: i64,
        /// When the best sample was taken.
        pub observe_time: i64,
        /// The best sample with its proof.
        pub best: Vec<u8>,
        /// The second best, should the best fall.
        pub backup: Vec<u8>,
        /// Root of the digest tree of all samples.
        pub digest_root: [u8; 32],
        /// Probes sent.
        pub samples: i32,
        /// Probes answered.
        pub answered: i32,
        /// Probes lost, in a million.
        pub loss_ppm: i32,
        /// First percentile of the round trips in nanoseconds.
        pub p1_ns: i64,
        /// Their median in nanoseconds.
        pub p50_ns: i64,
        /// What else is to be known, as bits of the caller's.
        pub flags: i32,
    }
}
