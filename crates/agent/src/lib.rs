//! The device agent: runs on the untrusted host, attests its session key and answers challenges.
