//! Keys at rest: made, read, their permissions checked.
