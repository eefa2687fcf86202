//! What the models share: the bounded search, and a breaker whose clock stands
//! still.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use crate::{
    CircuitBreaker, Clock, Event, EventKind, Settings, Sleep, State, clock::ClockSource,
    config::name::BreakerName, engine::Engine, event::Dispatcher,
};

/// The cooldown of every model.
pub(super) const COOLDOWN: Duration = Duration::from_secs(10);
/// The clock at the start of every model.
const START: Duration = Duration::from_secs(1_000);

/// Searches all interleavings with few preemptions.
pub(super) fn search(model: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = builder.preemption_bound.or(Some(2));
    // The models of windows of time read many buckets.
    builder.max_branches = builder.max_branches.max(20_000);
    builder.check(model);
}

/// A breaker, its clock and all of its events.
///
/// Clock and log are of std: loom runs one thread at a time and never switches inside them.
#[derive(Clone)]
pub(super) struct Stage {
    pub(super) breaker: CircuitBreaker,
    clock: StillClock,
    log: Arc<Mutex<Vec<Event>>>,
}

impl Stage {
    /// Closed, in its first generation.
    pub(super) fn new(settings: Settings) -> Self {
        let settings = settings.with_cooldown(COOLDOWN);
        settings.check().expect("legal settings");
        let clock = StillClock::at_start();
        let source = ClockSource::Custom(Arc::new(clock.clone()));
        let engine = Engine::new(
            BreakerName::fixed("model"),
            settings,
            source,
            Arc::new(Dispatcher::new()),
            0,
        );
        let breaker = CircuitBreaker::new(Arc::new(engine));
        let log = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&log);
        breaker
            .on_event(move |event| sink.lock().expect("no panic").push(event.clone()))
            .detach();
        Self { breaker, clock, log }
    }

    /// Open, at the very end of its cooldown.
    pub(super) fn at_the_edge(settings: Settings) -> Self {
        let stage = Self::new(settings);
        stage.breaker.trip();
        stage.advance(COOLDOWN);
        stage
    }

    pub(super) fn advance(&self, by: Duration) {
        self.clock.set(self.clock.now() + by);
    }

    /// The changes in the log, which must be a path from Closed in ascending
    /// generations.
    pub(super) fn path(&self) -> Vec<State> {
        let log = self.log.lock().expect("no panic");
        let mut path = vec![State::Closed];
        let mut generation = 0;
        for event in log.iter() {
            let Some(&EventKind::Transition { from, to, .. }) = event.kind() else {
                continue;
            };
            assert_eq!(
                path.last(),
                Some(&from),
                "each change starts where the last one led: {log:?}"
            );
            let changed = event.generation().expect("no event is dropped");
            assert!(changed > generation, "in order: {log:?}");
            generation = changed;
            path.push(to);
        }
        path
    }
}

#[derive(Clone)]
pub(super) struct StillClock(Arc<AtomicU64>);

impl StillClock {
    pub(super) fn at_start() -> Self {
        let clock = Self(Arc::new(AtomicU64::new(0)));
        clock.set(START);
        clock
    }

    fn set(&self, now: Duration) {
        let nanos = u64::try_from(now.as_nanos()).expect("a small number");
        self.0.store(nanos, Ordering::SeqCst);
    }
}

impl Clock for StillClock {
    fn now(&self) -> Duration {
        Duration::from_nanos(self.0.load(Ordering::SeqCst))
    }

    fn sleep_until(&self, _: Duration) -> Sleep {
        unreachable!("no model waits")
    }
}
