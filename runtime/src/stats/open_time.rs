//! The time that a breaker spent open.

use std::time::Duration;

use crate::clock::Timestamp;

/// The time that a breaker spent in Open and `ForcedOpen`.
///
/// Only the holder of the control lock writes it.
#[derive(Debug, Default)]
pub(crate) struct OpenTime {
    /// In nanoseconds.
    ended: u64,
    /// When the current period began.
    since: Option<Timestamp>,
}

impl OpenTime {
    pub(crate) const fn new() -> Self {
        Self {
            ended: 0,
            since: None,
        }
    }

    /// Begins a period.
    pub(crate) const fn begin(&mut self, at: Timestamp) {
        self.since = Some(at);
    }

    /// Returns whether a period has begun and not ended.
    pub(crate) const fn is_running(&self) -> bool {
        self.since.is_some()
    }

    /// Ends the current period, if there is one.
    pub(crate) const fn end(&mut self, at: Timestamp) {
        self.ended = self.nanos(at);
        self.since = None;
    }

    /// Returns the sum of all periods. The current one counts up to `until`.
    pub(crate) const fn total(&self, until: Timestamp) -> Duration {
        Duration::from_nanos(self.nanos(until))
    }

    const fn nanos(&self, until: Timestamp) -> u64 {
        match self.since {
            Some(since) => self
                .ended
                .saturating_add(until.nanos().saturating_sub(since.nanos())),
            None => self.ended,
        }
    }
}
