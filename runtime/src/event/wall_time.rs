//! The wall-clock time of an event, which is read when it is first used.

use std::{
    fmt,
    hash::{Hash, Hasher},
    panic::{RefUnwindSafe, UnwindSafe},
    time::SystemTime,
};

use crate::{
    clock::{ClockSource, Timestamp},
    event::Moment,
    sync::OnceLock,
};

/// The wall-clock time of a change.
///
/// An event that is delivered at once reads the wall clock only if its subscriber uses the time: a
/// reading takes as long as the rest of the delivery. Each use reads it: also a copy, a comparison
/// and a hash, so that all copies of an event have one time. A subscriber gets a reference, so an
/// event that outlives its delivery is a copy. Every other event was read when it was made.
pub(super) struct WallTime {
    clock: ClockSource,
    at: Timestamp,
    read: OnceLock<SystemTime>,
}

impl WallTime {
    /// Leaves the time of a change at `at` unread.
    pub(super) fn unread(clock: &ClockSource, at: Timestamp) -> Self {
        Self {
            clock: clock.clone(),
            at,
            read: OnceLock::new(),
        }
    }

    /// Keeps a time that was read.
    pub(super) fn known(time: SystemTime) -> Self {
        Self {
            clock: ClockSource::Tokio,
            at: Timestamp::from_nanos(0),
            read: OnceLock::from(time),
        }
    }

    /// Returns the time. The first use reads the wall clock, and computes back by
    /// the breaker's clock.
    pub(super) fn get(&self) -> SystemTime {
        *self
            .read
            .get_or_init(|| Moment::now(self.clock.now()).time_at(self.at))
    }

    /// Returns the time, if it was used.
    pub(super) fn used(&self) -> Option<SystemTime> {
        self.read.get().copied()
    }
}

impl Clone for WallTime {
    fn clone(&self) -> Self {
        Self::known(self.get())
    }
}

impl PartialEq for WallTime {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl Eq for WallTime {}

impl Hash for WallTime {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.get().hash(state);
    }
}

impl fmt::Debug for WallTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

// A clock is only read, and a time is set as a whole.
impl UnwindSafe for WallTime {}
impl RefUnwindSafe for WallTime {}
