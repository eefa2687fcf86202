//! The durations of a member.

use std::time::Duration;

/// The intervals and limits of a member. Every member of a service must use the
/// same lease and margin.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timing {
    /// The time between two snapshots, which are also the sign of life.
    pub(crate) heartbeat: Duration,
    /// How long an instance counts as alive after its last sign of life.
    pub(crate) alive: Duration,
    /// How long the right to make trial calls lasts.
    pub(crate) lease: Duration,
    /// How long the others stay open after a lease, for messages on their way.
    pub(crate) margin: Duration,
    /// Within this time after a cooldown, instances compete at different moments,
    /// so that most of them see the first one's lease before they compete.
    pub(crate) spread: Duration,
    /// How often an instance whose breaker is not called checks whether it is.
    pub(crate) idle_check: Duration,
    /// The longest that a lease is renewed for trial calls that do not end.
    pub(crate) longest_trial: Duration,
    /// The pause after a command that failed.
    pub(crate) retry: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            heartbeat: Duration::from_secs(5),
            alive: Duration::from_secs(15),
            lease: Duration::from_secs(4),
            margin: Duration::from_secs(1),
            spread: Duration::from_millis(250),
            idle_check: Duration::from_millis(250),
            longest_trial: Duration::from_secs(30),
            retry: Duration::from_secs(1),
        }
    }
}
