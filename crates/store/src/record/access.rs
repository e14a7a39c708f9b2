//! Who looked at whose records, and by which policies.

use crate::value::row;

row! {
    /// Somebody of one tenant was shown a record of another.
    pub struct Access: "access" in "accesses" {
        /// Goes up by one with every access, in the order of their commits; the store sets it.
        pub revision: i64,
        /// When.
        pub time: i64,
        /// Who.
        pub subject: String,
        /// Whose subject that is.
        pub subject_tenant: String,
        /// The call, such as `VerdictService/GetVerdict`.
        pub call: String,
        /// What was shown, as a resource name.
        pub resource: String,
        /// Whose that is.
        pub tenant: String,
        /// The id of the case on whose ground; empty: by the subject's role alone.
        pub case_id: String,
        /// The reason that the case bears; empty: none was needed.
        pub reason: String,
        /// The policy set that allowed it.
        pub policy_version: String,
    }
}

row! {
    /// A policy set that was in force from a time on.
    pub struct PolicyVersion: "policy version" in "policy_versions" {
        /// Goes up by one with every version; the store sets it, from 1.
        pub number: i64,
        /// SHA-256 of text and schema.
        pub sha256: [u8; 32],
        /// When it came into force.
        pub load_time: i64,
        /// Where it came from.
        pub source: String,
        /// The policies.
        pub policies: String,
        /// The schema that they are checked against.
        pub schema: String,
    }
}
