//! The place for a breaker's window, which may change while calls run.

use std::time::Duration;

use crate::{
    clock::Timestamp,
    config::{Settings, ThresholdKind, WindowKind},
    sync::{AtomicU64, OnceLock, Ordering},
    window::{
        active::ActiveWindow,
        count::CallsWindow,
        failure_log::FailureLog,
        sample::{Sample, Successful},
        time::TimeWindow,
    },
};

/// The kind of window in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ActiveKind {
    /// None: consecutive failures are counted in the state.
    Consecutive,
    FailureLog,
    Calls,
    Time,
    FailureLogAndSlow,
}

/// The window in force, or none.
///
/// There is at most one window of each kind, and a window changes its size in place. So however
/// often the settings change, a breaker keeps at most what one window of each kind takes:
///
/// | kind | in force | replaced |
/// |---|---|---|
/// | none | – | – |
/// | [`FailureLog`] | 72 bytes + 8 per failure of the threshold | 72 bytes |
/// | [`CallsWindow`] | a quarter of a byte per call | – |
/// | [`TimeWindow`] | 352 bytes + 128 per core | 352 bytes + 128 per core |
///
/// A window is made when it is first needed. A call reads `kind` in place of the tag of an enum: a
/// breaker that counts consecutive failures pays nothing for the fact that the window may change,
/// and any other pays one load that is always in the cache.
///
/// A call that ends while the settings change:
///
/// 1. The operator's thread, under the control lock, makes or resizes the new window, stores
///    `kind`, then changes the generation.
/// 2. A call that sees the new generation sees the new `kind` and size, because the state's
///    compare-exchange releases them.
/// 3. A call of the old generation may count in either window. It trips nothing, because a trip
///    checks the generation under the control lock. The first call of the new generation empties
///    the window.
///
/// Refused: an `Arc` that is swapped. Reading it takes a lock or a shared counter, on
/// every call.
#[repr(C)]
pub(crate) struct WindowSlot {
    kind: AtomicU64,
    calls: CallsWindow,
    failure_log: OnceLock<Box<FailureLog>>,
    time: OnceLock<Box<TimeWindow>>,
}

impl WindowSlot {
    pub(crate) fn new(settings: &Settings) -> Self {
        let slot = Self {
            kind: AtomicU64::new(ActiveKind::Consecutive as u64),
            calls: CallsWindow::new(),
            failure_log: OnceLock::new(),
            time: OnceLock::new(),
        };
        slot.replace(settings);
        slot
    }

    /// Puts the window of these settings in force.
    ///
    /// The caller holds the control lock, and changes the generation after it.
    pub(crate) fn replace(&self, settings: &Settings) {
        let kind = match (settings.threshold().0, settings.window().map(|window| window.0)) {
            (_, None) => ActiveKind::Consecutive,
            (_, Some(WindowKind::Calls(calls))) => {
                self.calls.resize(calls);
                ActiveKind::Calls
            }
            (ThresholdKind::Rate(_), Some(WindowKind::Time(length))) => {
                self.time_of(length);
                ActiveKind::Time
            }
            (ThresholdKind::Failures(threshold), Some(WindowKind::Time(length))) => {
                self.failure_log
                    .get_or_init(|| Box::new(FailureLog::new()))
                    .resize(threshold, length);
                if settings.slow_threshold().is_some() {
                    self.time_of(length);
                    ActiveKind::FailureLogAndSlow
                } else {
                    ActiveKind::FailureLog
                }
            }
        };
        // Release: a call that sees this kind sees that its window was made.
        self.kind.store(kind as u64, Ordering::Release);
        self.shrink_replaced(kind);
    }

    fn time_of(&self, length: Duration) {
        self.time
            .get_or_init(|| Box::new(TimeWindow::new(length)))
            .resize(length);
    }

    /// Frees what windows that are not in force can give back.
    fn shrink_replaced(&self, kind: ActiveKind) {
        if kind != ActiveKind::Calls {
            self.calls.resize(0);
        }
        if let Some(log) = self.failure_log.get()
            && !matches!(kind, ActiveKind::FailureLog | ActiveKind::FailureLogAndSlow)
        {
            log.resize(0, Duration::ZERO);
        }
    }

    /// Returns the window in force; `None` for consecutive failures, which are
    /// counted in the state.
    #[inline]
    pub(crate) fn window(&self) -> Option<ActiveWindow<'_>> {
        let log = || self.failure_log.get().map(Box::as_ref);
        let time = || self.time.get().map(Box::as_ref);
        match self.kind() {
            ActiveKind::Consecutive => None,
            ActiveKind::FailureLog => log().map(ActiveWindow::FailureLog),
            ActiveKind::Calls => Some(ActiveWindow::Calls(&self.calls)),
            ActiveKind::Time => time().map(ActiveWindow::Time),
            ActiveKind::FailureLogAndSlow => log()
                .zip(time())
                .map(|(log, time)| ActiveWindow::FailureLogAndSlow(log, time)),
        }
    }

    /// Returns whether a healthy success changes nothing, as far as one more load
    /// shows.
    #[inline]
    pub(crate) fn is_unmoved_by_success(&self, generation: u64) -> bool {
        match self.kind() {
            ActiveKind::Consecutive | ActiveKind::FailureLog => true,
            ActiveKind::Calls => self.calls.is_all_healthy(generation),
            ActiveKind::Time | ActiveKind::FailureLogAndSlow => false,
        }
    }

    /// Counts a healthy success in the shortest way, if there is one.
    #[inline]
    pub(crate) fn count_success(
        &self,
        generation: u64,
        now: &impl Fn() -> Timestamp,
        minimum_calls: impl FnOnce() -> u32,
    ) -> Successful {
        // By the kind, and not by the window: that would be a second match.
        match self.kind() {
            ActiveKind::Consecutive | ActiveKind::FailureLog => Successful::Counted,
            ActiveKind::Calls if self.calls.count_success(generation) => Successful::Counted,
            ActiveKind::Time => self.time.get().map_or(Successful::NotCounted, |time| {
                time.add(generation, Sample::HEALTHY, now(), minimum_calls)
                    .map_or(Successful::Counted, Successful::CountedAmongFailures)
            }),
            ActiveKind::Calls | ActiveKind::FailureLogAndSlow => Successful::NotCounted,
        }
    }

    #[inline]
    fn kind(&self) -> ActiveKind {
        // Acquire: pairs with the Release in `replace`.
        match self.kind.load(Ordering::Acquire) {
            0 => ActiveKind::Consecutive,
            1 => ActiveKind::FailureLog,
            2 => ActiveKind::Calls,
            3 => ActiveKind::Time,
            _ => ActiveKind::FailureLogAndSlow,
        }
    }
}
