//! Without the feature `tracing` nobody is told.

use std::fmt;

use crate::event::Event;

pub(crate) fn event(_: &Event) {}

pub(crate) fn conflict(_breaker: &str, _conflict: &dyn fmt::Display) {}
