//! How long a breaker was open.

use std::time::Duration;

use crate::clock::Timestamp;

/// The time that a breaker spent in Open and `ForcedOpen`.
///
/// Its owner writes under the control lock.
#[derive(Debug, Default)]
pub(crate) struct OpenTime {
    ended: Duration,
    /// When the current period began.
    since: Option<Timestamp>,
}

impl OpenTime {
    pub(crate) const fn new() -> Self {
        Self {
            ended: Duration::ZERO,
            since: None,
        }
    }

    /// Begins a period.
    pub(crate) const fn begin(&mut self, at: Timestamp) {
        self.since = Some(at);
    }

    /// Ends the current period, if there is one.
    pub(crate) const fn end(&mut self, at: Timestamp) {
        self.ended = self.total(at);
        self.since = None;
    }

    /// The sum of all periods. The current one counts up to `until`.
    pub(crate) const fn total(&self, until: Timestamp) -> Duration {
        match self.since {
            Some(since) => self.ended.saturating_add(until.since(since)),
            None => self.ended,
        }
    }
}
