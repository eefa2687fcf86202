//! Without the feature `tracing` nobody is told.

use crate::{event::Event, registry::Conflict};

pub(crate) fn event(_: &Event) {}

pub(crate) fn conflict(_: &Conflict) {}
