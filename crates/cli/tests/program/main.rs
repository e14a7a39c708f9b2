//! The program as its users meet it: started as a process, judged by what it prints and how it ends.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "tests may fail loudly and say what they skip"
)]

#[cfg(all(feature = "attest", feature = "agent"))]
mod attest; // evidence and reference values
#[cfg(feature = "server")]
mod authority; // an authority of one's own, and TLS with it
#[cfg(all(feature = "server", feature = "landmark", feature = "agent"))]
mod daemons;
mod faults; // wrong files and wrong arguments, each with its message
mod golden; // help texts and answers, word for word
#[cfg(all(target_os = "linux", feature = "server", feature = "landmark", feature = "agent"))]
mod harden;
mod maps; // GeoJSON and pictures of awkward regions
#[cfg(feature = "access")]
mod policies; // policies and directories of a server
mod real; // the published measurements, where they are at hand
#[cfg(all(feature = "server", feature = "landmark", feature = "agent", feature = "relay"))]
mod relay;
#[cfg(feature = "policy")]
mod rules; // rule books, decisions by them, and chips
mod run; // how the program is started
#[cfg(feature = "server")]
mod server; // the same answers from a server
