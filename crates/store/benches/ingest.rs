//! What ingestion costs.

fn main() {}
