//! How a call ended, on its way to a change of state.

use std::{fmt, sync::Arc, time::Duration};

use crate::{
    engine::Engine,
    event::{Note, text::shortened},
    outcome::CallEnd,
};

/// The error of a call that failed. A reference to it fits a register, so that
/// the end of a call is still passed in registers.
pub(crate) struct FailedWith<'a>(pub(crate) &'a dyn fmt::Display);

/// How a call ended, and with which error.
#[derive(Clone, Copy)]
pub(super) struct Ending<'a> {
    pub(super) end: CallEnd,
    pub(super) error: Option<&'a FailedWith<'a>>,
}

impl Ending<'_> {
    /// The end of a call without a known error.
    pub(super) const fn of(end: CallEnd) -> Self {
        Self { end, error: None }
    }

    pub(super) fn requested_cooldown(self) -> Option<Duration> {
        self.end.requested_cooldown()
    }
}

impl Engine {
    /// Formats the error of a call that is about to change the state, before
    /// the control lock is taken: formatting is user code.
    pub(super) fn note(&self, ending: Ending<'_>) -> Option<Arc<Note>> {
        let FailedWith(error) = ending.error?;
        let mut note = None;
        // A panic must not keep the end of the call from being counted.
        self.dispatcher
            .guarded(|| note = Some(Note::of_error(shortened(error))));
        note
    }
}
