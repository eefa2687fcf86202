//! Over which calls the threshold is judged.

use std::{fmt, time::Duration};

/// Over which calls the threshold is judged.
///
/// | written | attribute | range | exactness |
/// |---|---|---|---|
/// | `Window::calls(20)` | `window = 20` | 1 to 10,000 calls | exact |
/// | `Window::time(d)` with a number of failures | `window = "10s"` | up to 100 years | exact |
/// | `Window::time(d)` with a share | `window = "10s"` | up to 100 years | a call counts for at least 9/10 of the time, at most for all of it |
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
    /// The last so many counted calls.
    pub const fn calls(calls: u32) -> Self {
        Self(WindowKind::Calls(calls))
    }

    /// The calls that ended within the last so much time.
    pub const fn time(duration: Duration) -> Self {
        Self(WindowKind::Time(duration))
    }

    /// The number of calls, where it counts calls.
    pub const fn as_calls(self) -> Option<u32> {
        match self.0 {
            WindowKind::Calls(calls) => Some(calls),
            WindowKind::Time(_) => None,
        }
    }

    /// The duration, where it is one of time.
    pub const fn as_time(self) -> Option<Duration> {
        match self.0 {
            WindowKind::Calls(_) => None,
            WindowKind::Time(duration) => Some(duration),
        }
    }
}

/// A plain number is one of calls.
impl From<u32> for Window {
    fn from(calls: u32) -> Self {
        Self::calls(calls)
    }
}

/// A duration is one of time.
impl From<Duration> for Window {
    fn from(length: Duration) -> Self {
        Self::time(length)
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            WindowKind::Calls(calls) => write!(f, "{calls} calls"),
            WindowKind::Time(duration) => write!(f, "{duration:?}"),
        }
    }
}
