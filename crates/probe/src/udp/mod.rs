//! Sockets, kernel stamps and clocks: the only input and output of this crate.
