//! The real breaker, driven step by step through its public API.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use fusebox::{
    CallError, CircuitBreaker, Event, EventKind, Outcome, OwnedPermit, Refusal, Registry, Rejected,
    testing::ManualClock,
};

use crate::convert::{nanos, settings_of, state_of, time_at, why_of};
use crate::model::{Counts, End, Nanos, Rejection, Settings, State, Story, Totals, Trials};
use crate::subject::{Subject, Via, View};

type Log = Arc<Mutex<Vec<Event>>>;

/// A breaker in its own registry, on a clock that the test sets.
pub struct Real {
    breaker: CircuitBreaker,
    clock: ManualClock,
    log: Log,
    announced: Cell<State>,
    first_generation: u64,
    out: BTreeMap<usize, Out>,
    next_call: usize,
    _registry: Registry,
}

/// A call that has not ended.
enum Out {
    Permit(OwnedPermit),
    Future(Running, Rc<Control>),
}

/// What the body of a running call does at its next poll.
#[derive(Default)]
struct Control {
    end: Cell<Option<End>>,
    inside: Cell<Option<Box<dyn FnOnce()>>>,
}

type Running = Pin<Box<dyn Future<Output = Result<(), Rejected>>>>;

impl fmt::Debug for Real {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.breaker.fmt(f)
    }
}

impl Real {
    fn keep(&mut self, out: Out) -> usize {
        let number = self.next_call;
        self.next_call += 1;
        self.out.insert(number, out);
        number
    }

    fn keep_started(&mut self, started: Result<Out, Rejected>) -> Result<(usize, Option<bool>), Rejection> {
        let out = started.map_err(rejection)?;
        let is_trial = match &out {
            Out::Permit(permit) => Some(permit.is_trial()),
            Out::Future(..) => None,
        };
        Ok((self.keep(out), is_trial))
    }

    fn request(breaker: &CircuitBreaker, via: Via) -> Result<Out, Rejected> {
        if via == Via::Permit {
            return breaker.try_acquire_owned().map(Out::Permit);
        }
        let (mut running, control) = Self::start_future(breaker.clone(), via);
        match poll(&mut running) {
            Poll::Pending => Ok(Out::Future(running, control)),
            Poll::Ready(result) => Err(result.expect_err("the body is suspended")),
        }
    }

    fn start_future(breaker: CircuitBreaker, via: Via) -> (Running, Rc<Control>) {
        let control = Rc::new(Control::default());
        let body = body(Rc::clone(&control));
        let running: Running = if via == Via::Call {
            Box::pin(async move {
                let result = breaker
                    .call(async {
                        if body.await == Outcome::Success {
                            Ok(())
                        } else {
                            Err(())
                        }
                    })
                    .await;
                match result {
                    Err(CallError::Rejected(rejected)) => Err(rejected),
                    Ok(()) | Err(_) => Ok(()),
                }
            })
        } else {
            Box::pin(async move {
                match breaker.call_classified(body, |outcome| *outcome).await {
                    Err(Refusal::Rejected(rejected)) => Err(rejected),
                    Ok(_) | Err(_) => Ok(()),
                }
            })
        };
        (running, control)
    }
}

/// The body of a call: suspended until the test sets its end.
async fn body(control: Rc<Control>) -> Outcome {
    poll_fn(move |_| {
        if let Some(inside) = control.inside.take() {
            inside();
        }
        match control.end.get() {
            None | Some(End::Drop) => Poll::Pending,
            Some(End::Success) => Poll::Ready(Outcome::Success),
            Some(End::Failure) => Poll::Ready(Outcome::Failure),
            Some(End::Ignored) => Poll::Ready(Outcome::Ignored),
            // `resume_unwind` does not run the panic hook, which would fill the screen.
            Some(End::Panic) => resume_unwind(Box::new(())),
        }
    })
    .await
}

fn poll(running: &mut Running) -> Poll<Result<(), Rejected>> {
    running.as_mut().poll(&mut Context::from_waker(Waker::noop()))
}

fn rejection(rejected: Rejected) -> Rejection {
    Rejection {
        state: state_of(rejected.state()),
        retry_after: rejected.retry_after().map(nanos),
    }
}

impl Subject for Real {
    fn start(settings: &Settings, now: Nanos) -> Self {
        let clock = ManualClock::new();
        clock.set(time_at(now));
        let registry = Registry::builder().clock(clock.clone()).build();
        let breaker = registry
            .breaker("subject")
            .settings(settings_of(settings))
            .build()
            .expect("legal settings");
        let log = Log::default();
        let sink = Arc::clone(&log);
        breaker
            .on_event(move |event| sink.lock().expect("no panic").push(event.clone()))
            .detach();
        Self {
            first_generation: breaker.generation(),
            breaker,
            clock,
            log,
            announced: Cell::new(State::Closed),
            out: BTreeMap::new(),
            next_call: 0,
            _registry: registry,
        }
    }

    fn set_clock(&mut self, now: Nanos) {
        self.clock.set(time_at(now));
    }

    fn acquire(&mut self, via: Via) -> Result<(usize, Option<bool>), Rejection> {
        let started = Self::request(&self.breaker, via);
        self.keep_started(started)
    }

    fn acquire_within(&mut self, outer: usize, via: Via) -> Result<(usize, Option<bool>), Rejection> {
        let started = match self.out.get_mut(&outer).expect("the call is out") {
            Out::Permit(_) => unreachable!("a permit has no body"),
            Out::Future(running, control) => {
                let (breaker, started) = (self.breaker.clone(), Rc::new(Cell::new(None)));
                let sink = Rc::clone(&started);
                control.inside.set(Some(Box::new(move || {
                    sink.set(Some(Self::request(&breaker, via)));
                })));
                assert!(poll(running).is_pending(), "the outer call goes on");
                started.take().expect("the body was polled")
            }
        };
        self.keep_started(started)
    }

    fn end(&mut self, number: usize, end: End) {
        match self.out.remove(&number).expect("the call is out") {
            Out::Permit(permit) => match end {
                End::Success => permit.success(),
                End::Failure => permit.failure(),
                End::Ignored => permit.ignore(),
                End::Drop => drop(permit),
                End::Panic => unreachable!("for a permit, a panic is the same as a drop"),
            },
            Out::Future(running, _) if end == End::Drop => drop(running),
            Out::Future(mut running, ending) => {
                ending.end.set(Some(end));
                match catch_unwind(AssertUnwindSafe(|| poll(&mut running))) {
                    Ok(ended) => assert_eq!(ended, Poll::Ready(Ok(()))),
                    Err(_) => assert_eq!(end, End::Panic, "the panic went on"),
                }
            }
        }
    }

    fn trip(&mut self) {
        self.breaker.trip();
    }

    fn reset(&mut self) {
        self.breaker.reset();
    }

    fn force_open(&mut self) {
        self.breaker.force_open();
    }

    fn force_closed(&mut self) {
        self.breaker.force_closed();
    }

    fn release_override(&mut self) {
        self.breaker.release_override();
    }

    fn update(&mut self, settings: &Settings) {
        self.breaker
            .reconfigure(settings_of(settings))
            .expect("settings that fit");
    }

    fn view(&self) -> View {
        let snapshot = self.breaker.snapshot();
        assert_eq!(snapshot.state, self.breaker.state());
        assert_eq!(snapshot.generation, self.breaker.generation());
        let (totals, window, trials) = (snapshot.totals, snapshot.window, snapshot.trials);
        View {
            state: state_of(snapshot.state),
            announced: self.announced(),
            generation: snapshot.generation - self.first_generation,
            retry_after: snapshot.retry_after.map(nanos),
            totals: Totals {
                successes: totals.successes,
                failures: totals.failures,
                ignored: totals.ignored,
                cancelled: totals.cancelled,
                late: totals.late,
                rejected: totals.rejected,
                slow: totals.slow,
                panicked: totals.panicked,
            },
            counts: Counts {
                calls: window.calls,
                failures: Some(window.failures),
                slow: window.slow,
            },
            rates: (window.failure_rate, window.slow_call_rate),
            reopenings: snapshot.reopenings,
            trials: Trials {
                out: trials.in_flight as usize,
                succeeded: trials.completed as usize,
                slow: trials.slow as usize,
            },
        }
    }

    fn story(&mut self) -> Vec<Story> {
        self.announced();
        let events = std::mem::take(&mut *self.log.lock().expect("no panic"));
        events.iter().filter_map(|event| self.story_of(event)).collect()
    }
}

impl Real {
    fn announced(&self) -> State {
        let events = self.log.lock().expect("no panic");
        let last = events.iter().rev().find_map(|event| match event.breaker()?.kind {
            EventKind::Transition { to, .. } => Some(state_of(to)),
            _ => None,
        });
        if let Some(state) = last {
            self.announced.set(state);
        }
        self.announced.get()
    }

    /// What the model records too.
    ///
    /// It has no event for a change of the generation that keeps the reported state.
    fn story_of(&self, event: &Event) -> Option<Story> {
        let event = event.breaker().expect("no event is dropped");
        let generation = event.generation - self.first_generation;
        Some(match event.kind {
            EventKind::Transition {
                from,
                to,
                cooldown,
                reason,
                ..
            } => Story::Changed {
                generation,
                from: state_of(from),
                to: state_of(to),
                at: nanos(event.at),
                cooldown: cooldown.map(nanos),
                why: why_of(reason),
            },
            EventKind::WouldTrip { reason, .. } => Story::WouldTrip {
                generation,
                at: nanos(event.at),
                why: why_of(reason),
            },
            EventKind::Restarted { .. } | EventKind::Reconfigured { .. } => return None,
            ref other => panic!("an unexpected event: {other:?}"),
        })
    }
}
