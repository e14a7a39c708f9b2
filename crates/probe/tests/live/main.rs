//! Both ends of the protocol against one another, over a wire made of a queue and clocks made of numbers: what an
//! honest pair does, and what everybody else achieves, which is nothing.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod amplification;
mod attacks;
mod control;
mod handshake;
mod limits;
mod schedule;
mod sessions;
mod world;
