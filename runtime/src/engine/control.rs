//! The data that only the holder of the control lock reads and writes.

use std::time::Duration;

use crate::{
    clock::Timestamp,
    config::Settings,
    event::{History, KnownRecipients},
    state::Override,
    stats::{OpenTime, TransitionCounts},
};

pub(super) struct Control {
    pub(super) settings: Settings,
    /// The number of reopenings since the last Closed.
    pub(super) reopenings: u32,
    /// The number of consecutive abandoned trial calls (R21).
    pub(super) abandoned_trials: u32,
    /// The number of the last admission of a trial call.
    pub(super) trial_admission: u32,
    /// The length of the current cooldown, which is also the time between two
    /// extra trial calls.
    pub(super) cooldown: Duration,
    /// When the last `WouldTrip` was reported.
    pub(super) would_have_tripped: Option<Timestamp>,
    /// The number of tasks that wait for a permit or for Closed.
    ///
    /// 1. A waiter adds itself under the lock, then reads the state.
    /// 2. A thread that changes the state does so under the lock, and reads `waiters` before it
    ///    releases it.
    ///
    /// So no waiter misses a change, and a change without a waiter notifies none.
    pub(super) waiters: usize,
    /// The override that configuration required last.
    pub(super) configured_override: Override,
    pub(super) history: History,
    pub(super) recipients: KnownRecipients,
    pub(super) transitions: TransitionCounts,
    pub(super) open_time: OpenTime,
}

impl Control {
    pub(super) const fn new(settings: Settings, created: Timestamp) -> Self {
        Self {
            settings,
            reopenings: 0,
            abandoned_trials: 0,
            trial_admission: 0,
            cooldown: settings.cooldown(),
            would_have_tripped: None,
            waiters: 0,
            configured_override: Override::None,
            history: History::new(created),
            recipients: KnownRecipients::new(),
            transitions: TransitionCounts::new(),
            open_time: OpenTime::new(),
        }
    }
}
