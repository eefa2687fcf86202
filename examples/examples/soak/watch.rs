//! A breaker under watch: its events, its callers' counts, and its totals.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use fusebox::{CircuitBreaker, CircuitBreakerBuilder, Event, EventKind, State};

/// A breaker, its log, and the counts of its callers.
pub(crate) struct Watched {
    pub(crate) breaker: CircuitBreaker,
    path: Mutex<Path>,
    admitted: AtomicU64,
    rejected: AtomicU64,
}

/// The state and generation to which the event log has led.
struct Path {
    state: State,
    generation: u64,
    changes: BTreeMap<(&'static str, &'static str), u64>,
    would_trip: u64,
    broken: Option<String>,
}

impl Watched {
    pub(crate) fn new(builder: CircuitBreakerBuilder) -> Arc<Self> {
        let breaker = builder.build().expect("legal settings");
        let path = Path {
            state: State::Closed,
            generation: breaker.generation(),
            changes: BTreeMap::new(),
            would_trip: 0,
            broken: None,
        };
        let watched = Arc::new(Self {
            breaker,
            path: Mutex::new(path),
            admitted: AtomicU64::new(0),
            rejected: AtomicU64::new(0),
        });
        let listener = Arc::downgrade(&watched);
        let hear = move |event: &Event| {
            if let Some(watched) = listener.upgrade() {
                watched.path.lock().expect("no panic under it").follow(event);
            }
        };
        watched.breaker.on_event(hear).detach();
        watched
    }

    pub(crate) fn admitted(&self) {
        self.admitted.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn rejected(&self) {
        self.rejected.fetch_add(1, Ordering::Relaxed);
    }

    /// Checks what must hold at any moment.
    pub(crate) fn check_while_running(&self) -> Result<(), String> {
        let snapshot = self.breaker.snapshot();
        let name = snapshot.name;
        if let Some(broken) = &self.path.lock().expect("no panic under it").broken {
            return Err(broken.clone());
        }
        // An operator may just have lowered `trial_calls`, so the bound is the largest value that
        // is ever set.
        if snapshot.trials.in_flight > 3 || snapshot.trials.completed > 3 {
            return Err(format!(
                "`{name}` has more trials than slots: {:?}",
                snapshot.trials
            ));
        }
        if snapshot
            .window
            .calls
            .is_some_and(|calls| snapshot.window.failures > calls)
        {
            return Err(format!(
                "`{name}` counts failures that never happened: {:?}",
                snapshot.window
            ));
        }
        Ok(())
    }

    /// Checks what must hold when no call runs.
    pub(crate) fn check_when_quiet(&self) -> Result<(), String> {
        self.check_while_running()?;
        let snapshot = self.breaker.snapshot();
        let (name, totals) = (snapshot.name, snapshot.totals);
        let (admitted, rejected) = (
            self.admitted.load(Ordering::Relaxed),
            self.rejected.load(Ordering::Relaxed),
        );
        if totals.calls() != admitted {
            return Err(format!(
                "`{name}` admitted {admitted} calls and counted {}: {totals:?}",
                totals.calls()
            ));
        }
        if totals.rejected != rejected {
            return Err(format!(
                "`{name}` rejected {rejected} calls and counted {}",
                totals.rejected
            ));
        }
        if snapshot.trials.in_flight > 0 {
            return Err(format!("`{name}` has lost a trial slot: {:?}", snapshot.trials));
        }
        let path = self.path.lock().expect("no panic under it");
        let is_there =
            path.state == snapshot.state || (path.state, snapshot.state) == (State::Open, State::HalfOpen);
        if !is_there {
            return Err(format!(
                "`{name}` is {}, its log led to {}",
                snapshot.state, path.state
            ));
        }
        Ok(())
    }
}

impl Path {
    fn follow(&mut self, event: &Event) {
        let Some(event) = event.breaker() else {
            self.broken.get_or_insert(event.to_string());
            return;
        };
        match event.kind {
            EventKind::WouldTrip { .. } => self.would_trip += 1,
            EventKind::Transition { from, to, .. } => {
                let is_new = event.generation > self.generation;
                let is_arrow = from != to && (from, to) != (State::Closed, State::HalfOpen);
                if from != self.state || !is_new || !is_arrow {
                    self.broken
                        .get_or_insert(format!("{event}, after {} in {}", self.state, self.generation));
                }
                (self.state, self.generation) = (to, event.generation);
                *self.changes.entry((from.as_str(), to.as_str())).or_default() += 1;
            }
            // A new generation in the same state.
            EventKind::Restarted { .. } | EventKind::Reconfigured { .. } => {
                if event.generation <= self.generation {
                    self.broken
                        .get_or_insert(format!("{event}, after generation {}", self.generation));
                }
                self.generation = event.generation;
            }
            _ => {
                self.broken.get_or_insert(event.to_string());
            }
        }
    }
}

impl fmt::Display for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let totals = self.breaker.snapshot().totals;
        let path = self.path.lock().expect("no panic under it");
        writeln!(
            f,
            "{}: {} calls, {} rejected",
            self.breaker.name(),
            totals.calls(),
            totals.rejected
        )?;
        writeln!(
            f,
            "  {} successes, {} failures ({} slow, {} panicked), {} ignored, {} cancelled, {} late",
            totals.successes,
            totals.failures,
            totals.slow,
            totals.panicked,
            totals.ignored,
            totals.cancelled,
            totals.late,
        )?;
        write!(f, " ")?;
        for ((from, to), times) in &path.changes {
            write!(f, " {from}→{to} {times}")?;
        }
        write!(f, ", would have tripped {}", path.would_trip)
    }
}
