//! What handing a job to the pool costs.

fn main() {}
