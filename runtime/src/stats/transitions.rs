//! Counts of the transitions from one state to another.

use std::mem::{Discriminant, discriminant};

use crate::state::{Reason, State};

/// The number of transitions between two states for one reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Transitions {
    /// The state before.
    pub from: State,
    /// The state after.
    pub to: State,
    /// The name of the reason: [`Reason::as_str`].
    pub reason: &'static str,
    /// The number of transitions since the breaker was made.
    pub count: u64,
}

/// The transitions of one breaker.
///
/// Only the holder of the control lock writes them, when the state changes.
#[derive(Default)]
pub(crate) struct TransitionCounts(Vec<(Discriminant<Reason>, Transitions)>);

impl TransitionCounts {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    /// Counts one transition.
    ///
    /// A breaker has few kinds of them, so they are searched one by one.
    pub(crate) fn add(&mut self, from: State, to: State, reason: Reason) {
        let kind = discriminant(&reason);
        let is_same = |(other, counted): &&mut (_, Transitions)| {
            *other == kind && counted.from == from && counted.to == to
        };
        match self.0.iter_mut().find(is_same) {
            Some((_, counted)) => counted.count += 1,
            None => self.insert(from, to, reason),
        }
    }

    #[cold]
    fn insert(&mut self, from: State, to: State, reason: Reason) {
        let first = Transitions {
            from,
            to,
            reason: reason.as_str(),
            count: 1,
        };
        self.0.push((discriminant(&reason), first));
    }

    pub(crate) fn to_vec(&self) -> Vec<Transitions> {
        self.0.iter().map(|(_, counted)| *counted).collect()
    }
}
