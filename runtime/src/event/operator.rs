//! The operator of a change that was made by hand, and the reason.

use std::{fmt, sync::Arc};

use crate::event::short_text::shortened;

/// A person or a program that acts on a breaker by hand, and the reason it
/// gives.
///
/// Events, the history and snapshots show both. Each text keeps its first 200 characters.
///
/// ```
/// use fusebox::{CircuitBreaker, Operator};
///
/// let orders = CircuitBreaker::builder("operator-doc").build()?;
/// orders.force_open_by(Operator::new("anna", "the provider is down until 14:00"));
/// let change = orders.snapshot().last_change.expect("an override");
/// let operator = change.operator.expect("anna");
/// assert_eq!(operator.to_string(), "anna (the provider is down until 14:00)");
/// # Ok::<(), fusebox::ConfigError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Operator {
    /// The name of the person or program.
    pub who: Arc<str>,
    /// The reason it gives.
    pub reason: Arc<str>,
}

impl Operator {
    /// Names an operator and the reason of its command.
    pub fn new(who: impl fmt::Display, reason: impl fmt::Display) -> Self {
        Self {
            who: shortened(&who).unwrap_or_default(),
            reason: shortened(&reason).unwrap_or_default(),
        }
    }
}

/// `anna (the provider is down until 14:00)`
impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.who, self.reason)
    }
}
