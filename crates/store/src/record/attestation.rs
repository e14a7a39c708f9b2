//! What is known of devices that attest: their keys, and where they were seen last.

use crate::value::row;

row! {
    /// An attestation key that was shown to live in a TPM of an agent's host.
    pub struct AttestationKey: "attestation key" in "attestation_keys" {
        /// The agent's id.
        pub agent: String,
        /// The key's TPM name.
        pub key_name: Vec<u8>,
        /// SHA-256 of the endorsement key's SubjectPublicKeyInfo.
        pub endorsement: [u8; 32],
        /// When it was activated.
        pub create_time: i64,
    }
}

row! {
    /// Where a device attested last.
    pub struct DeviceSighting: "device" in "device_sightings" {
        /// Which device.
        pub instance: String,
        /// The agent's id.
        pub agent: String,
        /// The session's id.
        pub session: String,
        /// When.
        pub seen_time: i64,
        /// Until when that session's key answers.
        pub valid_until: i64,
        /// What counts up in it, as whoever keeps it writes them; empty: nothing does.
        pub counters: String,
    }
}
