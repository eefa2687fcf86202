//! Tests that share no breaker with other tests.

mod isolated;
mod scope;

pub use crate::clock::ManualClock;
pub use isolated::{Isolated, isolated};
pub use scope::{Scope, scope};
