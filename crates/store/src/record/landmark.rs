//! Landmarks, and where they were before.

use crate::value::{row, words};

words! {
    /// How far a landmark's word counts.
    pub enum LandmarkState: "landmark state" {
        /// New: measures, and weighs nothing until the mesh agrees with it.
        Probation = "PROBATION",
        /// Counts.
        Active = "ACTIVE",
        /// Contradicted or distrusted: counts no longer.
        Suspended = "SUSPENDED",
        /// Gone for good.
        Retired = "RETIRED",
    }
}

row! {
    /// A landmark as it is now.
    pub struct Landmark: "landmark" in "landmarks" {
        /// The id.
        pub id: String,
        /// Changes with every write; the store sets it.
        pub etag: String,
        /// When it was made.
        pub create_time: i64,
        /// When it was last written.
        pub update_time: i64,
        /// Whether it counts.
        pub state: LandmarkState,
        /// Geodetic latitude in nanodegrees, north positive.
        pub latitude_nd: i64,
        /// Longitude in nanodegrees, east positive.
        pub longitude_nd: i64,
        /// How far the true place may be from that, in millimetres.
        pub position_error_mm: i64,
        /// What its clock may add to one round trip unseen, in nanoseconds.
        pub clock_error_ns: i64,
        /// Who runs it.
        pub operator: String,
        /// Which landmarks could lie together with it: from its credential, never from free text.
        pub trust_group: String,
        /// Ed25519 key that signs its reports; unique.
        pub signing_key: [u8; 32],
        /// X25519 key of its handshakes; unique.
        pub exchange_key: [u8; 32],
        /// Where agents reach it, as `host:port`.
        pub addresses: Vec<String>,
        /// The area that its operator says it is in.
        pub stated_area: String,
        /// Goes up when place, errors or keys change; the store sets it, from 1.
        pub position_version: i32,
        /// Why it is suspended or retired; empty otherwise.
        pub state_reason: String,
        /// Who runs it here, by the tenant's name; empty: nobody's. Never changed.
        pub tenant: String,
        /// Who could make it lie, in the caller's encoding; empty: nothing was vouched for.
        pub affiliation: String,
    }
}

row! {
    /// What a measurement leaned on: place, errors and keys of a landmark from a version on.
    pub struct LandmarkVersion: "landmark version" in "landmark_versions" {
        /// The landmark's id.
        pub landmark: String,
        /// Which version.
        pub position_version: i32,
        /// Since when.
        pub from_time: i64,
        /// Geodetic latitude in nanodegrees, north positive.
        pub latitude_nd: i64,
        /// Longitude in nanodegrees, east positive.
        pub longitude_nd: i64,
        /// How far the true place may be from that, in millimetres.
        pub position_error_mm: i64,
        /// What its clock may add to one round trip unseen, in nanoseconds.
        pub clock_error_ns: i64,
        /// Ed25519 key that signs its reports.
        pub signing_key: [u8; 32],
        /// X25519 key of its handshakes.
        pub exchange_key: [u8; 32],
    }
}

impl Landmark {
    /// What measurements of now lean on.
    pub(crate) fn version(&self) -> LandmarkVersion {
        LandmarkVersion {
            landmark: self.id.clone(),
            position_version: self.position_version,
            from_time: self.update_time,
            latitude_nd: self.latitude_nd,
            longitude_nd: self.longitude_nd,
            position_error_mm: self.position_error_mm,
            clock_error_ns: self.clock_error_ns,
            signing_key: self.signing_key,
            exchange_key: self.exchange_key,
        }
    }

    /// Whether measurements lean on the same of both.
    pub(crate) fn stands_where(&self, other: &Self) -> bool {
        let at =
            |landmark: &Self| LandmarkVersion { position_version: 0, from_time: 0, ..landmark.version() };
        at(self) == at(other)
    }
}
