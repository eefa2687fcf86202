//! Tests that share no breaker with other tests.

mod isolated;
mod refusal;
mod scope;

pub use crate::clock::ManualClock;
pub use isolated::{Isolated, isolated};
pub use refusal::{rejected, timed_out};
pub use scope::{Scope, scope};
