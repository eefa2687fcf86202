//! Guarded streams.
//!
//! [`guard`] puts a circuit breaker in front of a `Stream` of `Result`s:
//!
//! | moment | the breaker |
//! |---|---|
//! | first poll | admits the call, or rejects it: the only item is then [`CallError::Rejected`](crate::CallError::Rejected) |
//! | first `Err` | counts a failure. Later items pass through |
//! | end, or the first item with [`Until::FirstItem`] | counts a success |
//! | drop before that | counts a cancelled call and frees a trial slot |
//! | panic of the stream | counts a failure |
//!
//! `slow_call` measures the time to the first item: a long stream is not a slow one. A stream that
//! is slow by design, such as a subscription, should end its call at the first item.

mod guarded;
mod until;

pub use guarded::{GuardedStream, guard};
pub use until::Until;

#[cfg(test)]
mod tests;
