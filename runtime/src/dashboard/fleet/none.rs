//! Without the feature `fleet`, there is none.

use crate::dashboard::{answer::Problem, command::PageCommand, view::FleetView};
use std::sync::Arc;

/// A part in a fleet: without the feature, no value of it exists.
#[derive(Debug)]
pub(in crate::dashboard) enum Joined {}

impl Joined {
    #[allow(clippy::unused_async, reason = "the store of a fleet is asynchronous")]
    pub(in crate::dashboard) async fn view(&self) -> Arc<FleetView> {
        match *self {}
    }

    pub(in crate::dashboard) fn is(&self, _: &str) -> bool {
        match *self {}
    }

    #[allow(clippy::unused_async, reason = "the store of a fleet is asynchronous")]
    pub(in crate::dashboard) async fn act(
        &self,
        _: (&str, bool),
        _: Option<&str>,
        _: &PageCommand,
    ) -> Result<Arc<FleetView>, Problem> {
        match *self {}
    }
}
