//! How often a breaker went from one state to another.

use crate::state::{Reason, State};

/// The number of transitions between two states for one reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Transitions {
    /// The state before.
    pub from: State,
    /// The state after.
    pub to: State,
    /// The word for the reason: [`Reason::as_str`].
    pub reason: &'static str,
    /// The number of transitions since the breaker was made.
    pub count: u64,
}

/// The transitions of one breaker.
///
/// Its owner writes under the control lock, so on the change path only.
#[derive(Default)]
pub(crate) struct TransitionCounts(Vec<Transitions>);

impl TransitionCounts {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    /// Counts one transition.
    ///
    /// A breaker has few kinds of them, so they are searched one by one.
    pub(crate) fn add(&mut self, from: State, to: State, reason: Reason) {
        let reason = reason.as_str();
        let found = self
            .0
            .iter_mut()
            .find(|counted| (counted.from, counted.to, counted.reason) == (from, to, reason));
        match found {
            Some(counted) => counted.count += 1,
            None => self.0.push(Transitions {
                from,
                to,
                reason,
                count: 1,
            }),
        }
    }

    pub(crate) fn to_vec(&self) -> Vec<Transitions> {
        self.0.clone()
    }
}
