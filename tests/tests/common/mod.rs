//! What the tests of function shapes share.
#![allow(dead_code, reason = "no test uses all of it")]

use fusebox::{Registry, Rejected, TimedOut};

/// An error that can be made from what a breaker answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Error {
    Down,
    NotFound,
    Rejected,
    TimedOut,
}

impl From<Rejected> for Error {
    fn from(_: Rejected) -> Self {
        Self::Rejected
    }
}

impl From<TimedOut> for Error {
    fn from(_: TimedOut) -> Self {
        Self::TimedOut
    }
}

/// Forces a breaker open that was already called.
pub(crate) fn open(name: &str) {
    Registry::global()
        .get(name)
        .expect("it was called before")
        .force_open();
}

pub(crate) fn is_down() -> bool {
    false
}
