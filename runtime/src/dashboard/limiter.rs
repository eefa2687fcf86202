//! The limit of commands per second.

use std::time::{Duration, Instant};

use crate::sync::{Mutex, lock};

/// How many commands are taken within [`PERIOD`].
pub(super) const COMMANDS: usize = 10;
const PERIOD: Duration = Duration::from_secs(1);

/// Takes at most [`COMMANDS`] commands within any second.
#[derive(Debug, Default)]
pub(super) struct Limiter(Mutex<[Option<Instant>; COMMANDS]>);

impl Limiter {
    /// Returns whether one more command is taken now.
    pub(super) fn take(&self, now: Instant) -> bool {
        let mut taken = lock(&self.0);
        let is_free =
            |slot: &&mut Option<Instant>| slot.is_none_or(|at| now.saturating_duration_since(at) >= PERIOD);
        match taken.iter_mut().find(is_free) {
            Some(slot) => {
                *slot = Some(now);
                true
            }
            None => false,
        }
    }
}
