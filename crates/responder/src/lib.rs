//! The chip's half of the timed protocol.
#![no_std]
