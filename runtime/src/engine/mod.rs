//! Where machine, window and listeners meet: one breaker.

mod acquire;
mod atomic_settings;
mod call_end;
mod control;
mod operator;
mod record;
mod snapshot;
mod ticket;
mod transition;
mod wait;

use std::{fmt, sync::Arc, time::SystemTime};

use tokio::sync::Notify;

use crate::{
    clock::{ClockSource, Timestamp},
    config::Settings,
    event::Dispatcher,
    state::{AtomicState, State, rules},
    stats::{Count, StripedTotals},
    sync::{Mutex, lock},
    window::WindowSlot,
};
use atomic_settings::AtomicSettings;
use control::Control;

pub(crate) use call_end::End;
pub use snapshot::{Snapshot, Trials, WindowCounts};
pub(crate) use ticket::Ticket;

/// One breaker: everything that its handles, call sites and permits share.
///
/// Healthy calls read `machine` and `live`, and write `statistics`. All changes of state, and all trial calls, go through `control`.
pub(crate) struct Engine {
    machine: AtomicState,
    live: AtomicSettings,
    window: WindowSlot,
    clock: ClockSource,
    statistics: StripedTotals,
    name: &'static str,
    control: Mutex<Control>,
    hub: Arc<Dispatcher>,
    /// Wakes who waits for a permit.
    permit_available: Notify,
    /// Wakes who waits for Closed.
    changed: Notify,
    seed: u64,
}

impl Engine {
    /// A closed breaker with settings that were checked.
    pub(crate) fn new(
        name: &'static str,
        settings: Settings,
        clock: ClockSource,
        hub: Arc<Dispatcher>,
        seed: u64,
    ) -> Self {
        Self {
            machine: AtomicState::new(),
            live: AtomicSettings::new(&settings),
            window: WindowSlot::new(&settings),
            clock,
            statistics: StripedTotals::new(),
            name,
            control: Mutex::new(Control::new(settings)),
            hub,
            permit_available: Notify::new(),
            changed: Notify::new(),
            seed,
        }
    }

    /// The same breaker, as if it had changed this often.
    #[cfg(all(test, not(fusebox_loom)))]
    pub(crate) fn in_generation(self, generation: u64) -> Self {
        let in_generation = crate::state::PackedState::in_generation(generation);
        assert!(self.machine.replace(self.machine.load(), in_generation));
        self
    }

    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) fn generation(&self) -> u64 {
        self.machine.load().generation()
    }

    pub(crate) fn settings(&self) -> Settings {
        lock(&self.control).settings
    }

    /// The state that callers meet now. Changes nothing.
    pub(crate) fn state(&self) -> State {
        let state = self.machine.load().state();
        if state != State::Open {
            return state;
        }
        let now = self.clock.now();
        let sight = self.machine.snapshot();
        if !sight.cooldown_elapsed(now) {
            return rules::effective_state(sight, now);
        }
        // Whoever trips writes the word before the deadline. Under its lock, what looks over is over.
        let _control = lock(&self.control);
        rules::effective_state(self.machine.snapshot(), now)
    }

    /// A reading of this breaker's clock.
    #[cfg_attr(not(feature = "last-good"), allow(dead_code, reason = "ages kept values"))]
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Reads the wall clock of this breaker's registry.
    #[cfg_attr(not(feature = "last-good"), allow(dead_code, reason = "ages kept values"))]
    pub(crate) fn wall_clock(&self) -> SystemTime {
        self.clock.wall_clock()
    }

    /// Counts a kept value that was served.
    #[cfg_attr(not(feature = "last-good"), allow(dead_code, reason = "counts kept values"))]
    pub(crate) fn count_last_good(&self) {
        self.statistics.add(Count::LastGood);
    }

    /// Counts the answer of a fallback.
    pub(crate) fn count_fallback(&self, succeeded: bool) {
        self.statistics.add(if succeeded {
            Count::FallbackOk
        } else {
            Count::FallbackFailed
        });
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        let now = self.clock.now();
        let (sight, settings, reopenings) = {
            let control = lock(&self.control);
            (self.machine.snapshot(), control.settings, control.reopenings)
        };
        Snapshot::new(self, sight, now, &settings, reopenings)
    }

    pub(crate) fn hub(&self) -> &Arc<Dispatcher> {
        &self.hub
    }

    pub(crate) fn statistics(&self) -> &StripedTotals {
        &self.statistics
    }

    pub(crate) fn window(&self) -> &WindowSlot {
        &self.window
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CircuitBreaker")
            .field("name", &self.name)
            .field("state", &self.state())
            .field("generation", &self.generation())
            .finish_non_exhaustive()
    }
}

#[cfg(all(test, not(fusebox_loom)))]
mod tests;
