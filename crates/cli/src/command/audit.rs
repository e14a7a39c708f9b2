//! stub
pub(crate) fn run(_args: &crate::args::AuditArgs, _notes: super::Notes) -> crate::exit::Outcome { Err(crate::exit::Failure::machine("x")) }
