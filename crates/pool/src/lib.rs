//! A bounded queue with two lanes in front of a rayon pool.
//!
//! rayon only executes. What runs next, what is refused and what is dropped is decided here, under one
//! short lock:
//!
//! * **Lanes.** [`Lane::Interactive`] goes first whenever a slot frees; [`Lane::Bulk`] may hold a set number
//!   of slots and is guaranteed one part in [`BULK_SHARE`] of their time. Slots are not pre-empted, so
//!   callers cut bulk work into slices of about a millisecond: that is the longest an interactive job waits
//!   for a slot to free.
//! * **Tenants.** Inside a lane, tenants take turns by deficit round robin over the cost they declare, and
//!   none may fill the queue: a flood delays another tenant's job by its fair turn, no more.
//! * **Admission.** A job is refused at once, with a time to come back, when its lane is full or when it
//!   would wait too long, judged by the cost queued ahead of it and by how long such cost took of late.
//! * **Cancellation.** Each job gets a [`Token`] to poll. Dropping the [`Pending`] answer stops a running
//!   job and takes a queued one out at once; a job whose deadline passed in the queue never runs.
//! * **Shutdown.** [`Pool::drain`] runs what is queued until a deadline and cancels the rest.
//!
//! No async runtime is needed: [`Pending`] is a plain future, and [`Pending::wait`] blocks without one.
//!
//! ```
//! use lightcone_pool::{Cost, Lane, Pool, PoolConfig, Tenant, Ticket};
//!
//! let pool = Pool::start(PoolConfig::for_threads(2))?;
//! let ticket = Ticket::new(Lane::Bulk, Tenant::named("operators/acme"), Cost::micros(800));
//! let pending = pool.submit(ticket, |token| (0..1_000_u64).take_while(|_| !token.is_stopped()).sum::<u64>())?;
//! assert_eq!(pending.wait()?, 499_500);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod admission;
mod arena;
mod clock;
mod config;
mod drain;
mod fair_queue;
mod handoff;
mod job;
mod lane;
mod lost;
mod metrics;
mod observer;
#[cfg(loom)]
#[doc(hidden)]
pub mod parts;
mod pending;
mod policy;
mod pool;
mod refused;
mod scheduler;
mod slot;
mod sync;
mod ticket;
mod token;
mod worker;

#[cfg(all(test, not(loom)))]
mod arena_tests;
#[cfg(all(test, not(loom)))]
mod fair_queue_tests;
#[cfg(all(test, not(loom)))]
mod overload_tests;
#[cfg(all(test, not(loom)))]
mod scheduler_tests;

pub use clock::{Clock, ManualClock};
pub use config::{InvalidConfig, LaneConfig, PoolConfig, QUEUE_LIMIT, THREADS_LIMIT, WAIT_LIMIT};
pub use drain::{DRAIN_GRACE, DrainReport};
pub use lane::Lane;
pub use lost::Lost;
pub use metrics::{BUCKET_BOUNDS_NS, BUCKETS, Histogram, LaneSnapshot, Refusals, Snapshot, Totals};
pub use observer::{JobReport, Observer, Outcome, Scope};
pub use pending::Pending;
pub use policy::WorkerPolicy;
pub use pool::{Hooks, Pool, StartError};
pub use refused::{RETRY_AFTER_MAX, RETRY_AFTER_MIN, Reason, Refused};
pub use scheduler::BULK_SHARE;
pub use slot::Slot;
pub use ticket::{COST_LIMIT, Cost, INLINE_BELOW, Tenant, Ticket};
pub use token::{StopReason, Token};
pub use worker::Workers;
