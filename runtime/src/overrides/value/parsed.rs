//! A value that was read.

use std::time::Duration;

use crate::{config::Settings, overrides::mode::Mode};

/// A value that was read.
#[derive(Debug, Clone)]
pub(in crate::overrides) enum Value {
    /// Settings that hold the value of the key.
    Setting(Box<Settings>),
    Timeout(Duration),
    Mode(Mode),
    /// `reason` or `extends`.
    Word(String),
}
