//! Refusals for tests of error types.

use std::time::Duration;

use crate::{
    config::name::BreakerName,
    error::{Rejected, TimedOut},
    state::State,
};

/// Returns the rejection of an open breaker of this name, with a wait of 30 s.
///
/// For tests of `From<Rejected>`, of error messages and of HTTP answers. No breaker is made.
///
/// ```
/// use fusebox::{Refusal, testing};
///
/// let refusal = Refusal::from(testing::rejected("orders"));
/// assert_eq!((refusal.status(), refusal.retry_after_secs()), (503, Some(30)));
/// ```
pub fn rejected(name: &str) -> Rejected {
    Rejected::new(
        BreakerName::fixed(name).reference(),
        State::Open,
        Some(30_000_000_000),
    )
}

/// Returns the timeout of a call through a breaker of this name, after 1 s.
///
/// ```
/// use fusebox::testing;
///
/// let timed_out = testing::timed_out("orders");
/// assert_eq!(timed_out.to_string(), "call through circuit breaker `orders` timed out after 1s");
/// ```
pub fn timed_out(name: &str) -> TimedOut {
    TimedOut::new(BreakerName::fixed(name).reference(), Duration::from_secs(1))
}
