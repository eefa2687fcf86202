//! The calls over which the threshold is judged.

use std::{fmt, time::Duration};

use crate::config::duration::DurationText;

/// The calls over which the threshold is judged.
///
/// | written | attribute | range | exactness |
/// |---|---|---|---|
/// | `Window::calls(20)` | `window = 20` | 1 to 10,000 calls | exact |
/// | `Window::time(d)` with a number of failures | `window = "10s"` | up to 100 years | exact |
/// | `Window::time(d)` with a rate | `window = "10s"` | up to 100 years | to a tenth |
///
/// To a tenth: a call counts for at least 9/10 of the time, and at most for all of it.
///
/// A window of time T at `now` is `(now − T, now]`: a call that ended exactly T ago has left it. As
/// text it is `20` or `10s`.
///
/// # A clock that steps back
///
/// Windows of time follow the clock of their registry. A reading that is earlier than the newest
/// one by at most a tenth of the window counts at the newest: calls that end together on two
/// threads reach the window in any order. An earlier reading is a step back. The step takes no
/// time: what the window holds stays, and leaves it as the clock advances from there. So failures
/// that are farther apart than the window and two tenths of it never count together. A thread that
/// is held up between reading the clock and counting looks the same; then older calls leave the
/// window by as much too early.
///
/// A window under 10 ns is cut into buckets of 1 ns. The clock ends after 584 years; calls that end
/// there end together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[doc(alias = "sliding_window_size")]
#[doc(alias = "sampling_duration")]
pub struct Window(pub(crate) WindowKind);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum WindowKind {
    Calls(u32),
    Time(Duration),
}

impl Window {
    /// Makes a window of this many counted calls, the last ones.
    pub const fn calls(calls: u32) -> Self {
        Self(WindowKind::Calls(calls))
    }

    /// Makes a window of the calls that ended within this time.
    pub const fn time(duration: Duration) -> Self {
        Self(WindowKind::Time(duration))
    }

    /// Returns the number of calls, if this is a window of calls.
    pub const fn as_calls(self) -> Option<u32> {
        match self.0 {
            WindowKind::Calls(calls) => Some(calls),
            WindowKind::Time(_) => None,
        }
    }

    /// Returns the length, if this is a window of time.
    pub const fn as_time(self) -> Option<Duration> {
        match self.0 {
            WindowKind::Calls(_) => None,
            WindowKind::Time(duration) => Some(duration),
        }
    }
}

/// A number of calls.
impl From<u32> for Window {
    fn from(calls: u32) -> Self {
        Self::calls(calls)
    }
}

/// A window of time.
impl From<Duration> for Window {
    fn from(length: Duration) -> Self {
        Self::time(length)
    }
}

/// As in the attribute: `20` or `10s`.
impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            WindowKind::Calls(calls) => calls.fmt(f),
            WindowKind::Time(duration) => DurationText(duration).fmt(f),
        }
    }
}
