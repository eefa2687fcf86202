//! The number of breakers of a group in each state.

use std::fmt::Write as _;

use serde::Serialize;

use crate::{registry::GroupSnapshot, state::State};

/// The states of a breaker, the worst first.
pub(super) const WORST_FIRST: [State; 6] = [
    State::Open,
    State::HalfOpen,
    State::ForcedOpen,
    State::ForcedClosed,
    State::Disabled,
    State::Closed,
];

/// The number of breakers of a group in each state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct GroupCounts {
    pub(super) keys: usize,
    pub(super) max_keys: u32,
    closed: usize,
    open: usize,
    half_open: usize,
    forced_open: usize,
    forced_closed: usize,
    disabled: usize,
    pub(super) evicted: u64,
    pub(super) has_overflowed: bool,
}

impl GroupCounts {
    pub(super) fn new(snapshot: &GroupSnapshot) -> Self {
        Self {
            keys: snapshot.keys,
            max_keys: snapshot.max_keys,
            closed: snapshot.in_state(State::Closed),
            open: snapshot.in_state(State::Open),
            half_open: snapshot.in_state(State::HalfOpen),
            forced_open: snapshot.in_state(State::ForcedOpen),
            forced_closed: snapshot.in_state(State::ForcedClosed),
            disabled: snapshot.in_state(State::Disabled),
            evicted: snapshot.evicted,
            has_overflowed: snapshot.has_overflowed,
        }
    }

    const fn in_state(&self, state: State) -> usize {
        match state {
            State::Closed => self.closed,
            State::Open => self.open,
            State::HalfOpen => self.half_open,
            State::ForcedOpen => self.forced_open,
            State::ForcedClosed => self.forced_closed,
            State::Disabled => self.disabled,
        }
    }

    /// Returns the worst state of a breaker of the group.
    pub(super) fn worst(&self) -> State {
        let is_there = |state: &State| self.in_state(*state) > 0;
        WORST_FIRST.into_iter().find(is_there).unwrap_or(State::Closed)
    }

    pub(super) const fn not_closed(&self) -> usize {
        self.open + self.half_open + self.forced_open + self.forced_closed + self.disabled
    }

    #[allow(clippy::cast_precision_loss, reason = "a part for people")]
    pub(super) fn part_not_closed(&self) -> f64 {
        let all = self.not_closed() + self.closed;
        self.not_closed() as f64 / all.max(1) as f64
    }

    /// Writes `3 keys open, 1 half-open, 196 closed`.
    pub(super) fn in_words(&self) -> String {
        let mut text = String::new();
        for state in WORST_FIRST {
            let count = self.in_state(state);
            let keys = match (text.is_empty(), count) {
                (true, 1) => " key",
                (true, _) => " keys",
                (false, _) => "",
            };
            if count > 0 {
                let comma = if text.is_empty() { "" } else { ", " };
                let state = state.as_str().replace('_', " ");
                let _ = write!(text, "{comma}{count}{keys} {state}");
            }
        }
        if text.is_empty() {
            text.push_str("no keys yet");
        }
        text
    }
}
