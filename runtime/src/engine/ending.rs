//! The end of a call, for the change of state that it may make.

use std::{fmt, time::Duration};

use crate::{engine::Engine, event::ShortText, outcome::CallEnd};

/// The error of a call that failed. A reference to it fits a register, so that
/// the end of a call is still passed in registers.
pub(crate) struct FailedWith<'a>(pub(crate) &'a dyn fmt::Display);

/// The end of a call, and its error.
#[derive(Clone, Copy)]
pub(super) struct Ending<'a> {
    pub(super) end: CallEnd,
    pub(super) is_slow: bool,
    pub(super) error: Option<&'a FailedWith<'a>>,
}

impl Ending<'_> {
    /// Returns the end of a success that was not slow.
    pub(super) fn of_success() -> Self {
        Self {
            end: CallEnd::SUCCESS,
            is_slow: false,
            error: None,
        }
    }

    pub(super) fn requested_cooldown(self) -> Option<Duration> {
        self.end.requested_cooldown()
    }

    /// Returns the text of an end that is not an error of the function.
    const fn own_text(self) -> Option<&'static str> {
        match self.end {
            CallEnd::Panicked => Some("the call panicked"),
            CallEnd::TimedOut => Some("the call timed out"),
            CallEnd::Returned(_) | CallEnd::Dropped if self.is_slow => Some("the call was slow"),
            CallEnd::Returned(_) | CallEnd::Dropped => None,
        }
    }
}

impl Engine {
    /// Formats the error of a call of this generation that is about to change
    /// the state, before the control lock is taken: formatting is user code.
    pub(super) fn error_text<'a>(
        &self,
        generation: u64,
        ending: Ending<'_>,
        buffer: &'a mut Option<ShortText>,
    ) -> Option<&'a ShortText> {
        // A stale call changes nothing.
        if self.generation() != generation {
            return None;
        }
        let mut is_whole = false;
        if let Some(FailedWith(error)) = ending.error {
            let text = buffer.insert(ShortText::new());
            // A panic must not keep the end of the call from being counted.
            self.dispatcher.guarded(|| {
                text.display(error);
                is_whole = !text.is_empty();
            });
        }
        if !is_whole {
            let own = ending.own_text()?;
            buffer.insert(ShortText::new()).display(&own);
        }
        buffer.as_ref()
    }
}
