//! The contract of Lightcone: its typed gRPC API and the reasons for its errors.
//!
//! Knows the wire and nothing else. What the words mean is in `lightcone-core`; where both meet, in the
//! programs, a door translates.

pub mod names;
pub mod reason;

/// Version 1 of the API, generated from `proto/lightcone/v1`.
pub mod v1 {
    #![expect(
        clippy::all,
        clippy::allow_attributes,
        clippy::allow_attributes_without_reason,
        reason = "generated; the documents are the comments in proto/"
    )]
    tonic::include_proto!("lightcone.v1");
}

/// `google.longrunning`: work that takes long.
pub mod longrunning {
    #![expect(
        clippy::allow_attributes,
        clippy::allow_attributes_without_reason,
        reason = "generated; the documents are the comments in proto/"
    )]
    tonic::include_proto!("google.longrunning");
}

/// The compiled contract with its comments and options, for reflection and for tests: an encoded
/// `google.protobuf.FileDescriptorSet`.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/lightcone.binpb"));
