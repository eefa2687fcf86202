//! One breaker: where state, settings, window, totals and events meet.

mod acquire;
mod atomic_settings;
mod base_snapshot;
mod configured_timeout;
mod control;
mod control_guard;
mod ending;
mod nested;
mod operator;
mod record;
mod snapshot;
mod ticket;
mod transition;
mod wait;

use std::{
    fmt,
    panic::{RefUnwindSafe, UnwindSafe},
    sync::Arc,
    time::SystemTime,
};

use tokio::sync::Notify;

use crate::{
    clock::{ClockSource, Timestamp},
    config::{Settings, name::BreakerName},
    event::{BreakerEvent, Dispatcher, Moment},
    state::{AtomicState, Override, OverrideEnd, State, rules},
    stats::{Count, Counts, LatencyRecorder, RetiredCounts, StripedTotals},
    sync::{Mutex, lock},
    window::WindowSlot,
};
use atomic_settings::AtomicSettings;
use configured_timeout::ConfiguredTimeout;
use control::Control;
pub(crate) use ending::FailedWith;
pub use snapshot::{Snapshot, Trials, WindowCounts};
pub(crate) use ticket::Ticket;

/// One breaker: everything that its handles, call sites and permits share.
///
/// Healthy calls read `state`, `settings` and the kind of the `window`, which share one cache line,
/// and write `totals`. All changes of state, and all trial calls, go through `control`.
#[repr(C, align(64))]
pub struct Engine {
    settings: AtomicSettings,
    state: AtomicState,
    window: WindowSlot,
    clock: ClockSource,
    totals: StripedTotals,
    latency: LatencyRecorder,
    name: BreakerName,
    control: Mutex<Control>,
    override_end: OverrideEnd,
    timeout: ConfiguredTimeout,
    dispatcher: Arc<Dispatcher>,
    /// Notifies the waiters for a permit.
    permit_available: Notify,
    /// Notifies the waiters for Closed.
    state_changed: Notify,
    /// Takes the counts when this breaker is dropped, if it is one of a group.
    retired: Option<Arc<RetiredCounts>>,
    seed: u64,
}

impl Engine {
    /// Makes a closed breaker. The caller has checked the settings.
    #[cfg(test)]
    pub(crate) fn new(
        name: BreakerName,
        settings: Settings,
        clock: ClockSource,
        dispatcher: Arc<Dispatcher>,
        seed: u64,
    ) -> Self {
        Self::new_at(clock.now(), name, settings, clock, dispatcher, seed)
    }

    /// Makes a closed breaker at this reading of `clock`.
    ///
    /// The caller has checked the settings.
    pub(crate) fn new_at(
        created: Timestamp,
        name: BreakerName,
        settings: Settings,
        clock: ClockSource,
        dispatcher: Arc<Dispatcher>,
        seed: u64,
    ) -> Self {
        Self {
            state: AtomicState::new(),
            settings: AtomicSettings::new(&settings, false),
            window: WindowSlot::new(&settings),
            clock,
            totals: StripedTotals::new(),
            latency: LatencyRecorder::new(settings.latency()),
            name,
            control: Mutex::new(Control::new(settings, created)),
            override_end: OverrideEnd::none(),
            timeout: ConfiguredTimeout::none(),
            dispatcher,
            permit_available: Notify::new(),
            state_changed: Notify::new(),
            retired: None,
            seed,
        }
    }

    /// Makes the breaker one of a group: its admissions are counted, and it leaves
    /// its counts to the group when it is dropped.
    pub(crate) fn of_group(mut self, retired: Arc<RetiredCounts>) -> Self {
        self.retired = Some(retired);
        self.settings.set(&lock(&self.control).settings, true);
        self
    }

    /// Sets the generation, as if the breaker had changed this often.
    #[cfg(all(test, not(fusebox_loom)))]
    pub(crate) fn in_generation(self, generation: u64) -> Self {
        self.change_state(self.state.load(), |_| {
            crate::state::PackedState::in_generation(generation)
        });
        self
    }

    #[inline]
    pub(crate) fn name(&self) -> &BreakerName {
        &self.name
    }

    /// Returns whether a group may forget this breaker: Closed, not forced, and
    /// without a call in flight.
    pub(crate) fn is_idle(&self) -> bool {
        let state = self.state.load();
        state.is_closed() && state.overridden() == Override::None && self.totals.in_flight() == 0
    }

    pub(crate) fn generation(&self) -> u64 {
        self.state.load().generation()
    }

    pub(crate) fn settings(&self) -> Settings {
        lock(&self.control).settings
    }

    /// Returns the effective state. Changes nothing.
    pub(crate) fn state(&self) -> State {
        let state = self.state.load();
        if state.overridden() == Override::None && state.state() != State::Open {
            return state.state();
        }
        let now = self.clock.now();
        let snapshot = self.state.snapshot();
        if snapshot.state.is_open() && !snapshot.deadline_passed(now) {
            return State::Open;
        }
        // A trip writes the state before the deadline. Under its lock, a state, its deadline and
        // its override's end belong together.
        let _control = lock(&self.control);
        rules::effective_state(self.effective(self.state.snapshot(), now), now)
    }

    /// Reads this breaker's clock.
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
        self.totals.add(Count::LastGood);
    }

    /// Counts the answer of a fallback.
    pub(crate) fn count_fallback(&self, succeeded: bool) {
        self.totals.add(if succeeded {
            Count::FallbackOk
        } else {
            Count::FallbackFailed
        });
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        let now = Moment::now(self.clock.now());
        let control = lock(&self.control);
        let state = self.effective(self.state.snapshot(), now.at);
        Snapshot::new(self, &control, state, now)
    }

    /// Returns everything that is counted since the start.
    pub(crate) fn counts(&self) -> Counts {
        let now = self.clock.now();
        let control = lock(&self.control);
        Counts {
            totals: self.totals.totals(),
            transitions: control.transitions.to_vec(),
            open_time: self.open_time(&control, now),
            durations: self.latency.durations(),
        }
    }

    /// Returns the last changes, oldest first.
    pub(crate) fn history(&self) -> Vec<BreakerEvent> {
        let now = Moment::now(self.clock.now());
        lock(&self.control).history.events(self.name.name(), now)
    }

    pub(crate) fn dispatcher(&self) -> &Arc<Dispatcher> {
        &self.dispatcher
    }

    pub(crate) fn totals(&self) -> &StripedTotals {
        &self.totals
    }

    pub(crate) fn latency(&self) -> &LatencyRecorder {
        &self.latency
    }

    pub(crate) fn window(&self) -> &WindowSlot {
        &self.window
    }
}

// What a healthy call reads is in the first cache line: state 16 bytes, settings 40, and the tag of
// the window.
#[cfg(not(fusebox_loom))]
const _: () =
    assert!(std::mem::offset_of!(Engine, settings) == 0 && std::mem::offset_of!(Engine, window) <= 56);

// No user code runs while a lock is held or an update is half done, so a panic leaves it as sound
// as before.
impl UnwindSafe for Engine {}
impl RefUnwindSafe for Engine {}

/// A breaker of a group leaves its counts to the group, also if its last handle
/// or permit outlives its eviction.
impl Drop for Engine {
    fn drop(&mut self) {
        if let Some(retired) = &self.retired {
            retired.add(&self.counts());
        }
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
