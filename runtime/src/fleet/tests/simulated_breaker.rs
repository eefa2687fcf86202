//! A breaker on a simulated clock, with the rules that a member relies on.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    time::Duration,
};

use crate::fleet::{
    member::{Action, Breakers, ChangedBy, Condition, LocalEvent, View},
    protocol::{ForcedState, Quorum, SharedName, Standing},
};

/// Trips after five consecutive failures, for five seconds, at most a minute;
/// one trial call closes it.
const THRESHOLD: u32 = 5;
pub(crate) const COOLDOWN: Duration = Duration::from_secs(5);
pub(crate) const MAX_COOLDOWN: Duration = Duration::from_secs(60);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Closed { failures: u32 },
    Open { until: Duration },
    HalfOpen { in_flight: bool, admitted_at: Duration },
}

/// One breaker.
#[derive(Debug)]
struct Breaker {
    state: State,
    generation: u64,
    rejected: u64,
    reopenings: u32,
    forced: Option<ForcedState>,
    quorum: Option<Quorum>,
}

/// The breakers of one simulated process.
#[derive(Debug, Default)]
pub(crate) struct SimulatedBreakers {
    now: Cell<Duration>,
    breakers: RefCell<BTreeMap<SharedName, Breaker>>,
    events: RefCell<Vec<(SharedName, LocalEvent)>>,
}

/// What became of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Admission {
    Rejected,
    Admitted { generation: u64, is_trial: bool },
}

impl SimulatedBreakers {
    pub(crate) fn add(&self, name: &str, quorum: Option<Quorum>) {
        let breaker = Breaker {
            state: State::Closed { failures: 0 },
            generation: 0,
            rejected: 0,
            reopenings: 0,
            forced: None,
            quorum,
        };
        self.breakers.borrow_mut().insert(name.into(), breaker);
        self.events.borrow_mut().push((name.into(), LocalEvent::Appeared));
    }

    pub(crate) fn set_time(&self, now: Duration) {
        self.now.set(now);
    }

    pub(crate) fn take_events(&self) -> Vec<(SharedName, LocalEvent)> {
        self.events.take()
    }

    pub(crate) fn has_events(&self) -> bool {
        !self.events.borrow().is_empty()
    }

    pub(crate) fn start(&self, name: &str) -> Admission {
        let now = self.now.get();
        let mut breakers = self.breakers.borrow_mut();
        let breaker = breakers.get_mut(name).expect("the breaker was added");
        let is_trial = match (breaker.forced, breaker.state) {
            (Some(ForcedState::Closed), _) | (None, State::Closed { .. }) => false,
            (None, State::Open { until }) if until <= now => {
                breaker.generation += 1;
                self.events
                    .borrow_mut()
                    .push((name.into(), LocalEvent::HalfOpened));
                true
            }
            (
                None,
                State::HalfOpen {
                    in_flight,
                    admitted_at,
                },
            ) if !in_flight || admitted_at + COOLDOWN <= now => true,
            _ => {
                breaker.rejected += 1;
                return Admission::Rejected;
            }
        };
        if is_trial {
            breaker.state = State::HalfOpen {
                in_flight: true,
                admitted_at: now,
            };
        }
        Admission::Admitted {
            generation: breaker.generation,
            is_trial,
        }
    }

    pub(crate) fn end(&self, name: &str, generation: u64, is_success: bool) {
        let now = self.now.get();
        let mut breakers = self.breakers.borrow_mut();
        let breaker = breakers.get_mut(name).expect("the breaker was added");
        if breaker.generation != generation || breaker.forced.is_some() {
            return;
        }
        match (breaker.state, is_success) {
            (State::Closed { .. }, true) => breaker.state = State::Closed { failures: 0 },
            (State::Closed { failures }, false) if failures + 1 < THRESHOLD => {
                breaker.state = State::Closed {
                    failures: failures + 1,
                };
            }
            (State::Closed { .. }, false) => self.open(name, breaker, COOLDOWN, ChangedBy::Calls),
            (State::HalfOpen { .. }, true) => self.close(name, breaker, ChangedBy::Calls),
            (State::HalfOpen { .. }, false) => {
                breaker.reopenings += 1;
                let factor = 2_u32.saturating_pow(breaker.reopenings);
                let cooldown = COOLDOWN.saturating_mul(factor).min(MAX_COOLDOWN);
                self.open(name, breaker, cooldown, ChangedBy::Calls);
            }
            (State::Open { .. }, _) => unreachable!("a result of another generation: {now:?}"),
        }
    }

    /// The calls of this process trip the breaker.
    pub(crate) fn trip(&self, name: &str) {
        let mut breakers = self.breakers.borrow_mut();
        let breaker = breakers.get_mut(name).expect("the breaker was added");
        if let State::Closed { .. } = breaker.state {
            self.open(name, breaker, COOLDOWN, ChangedBy::Calls);
        }
    }

    /// A trial call of this process closes the breaker, if its cooldown is over.
    pub(crate) fn recover(&self, name: &str) {
        if let Admission::Admitted {
            generation,
            is_trial: true,
        } = self.start(name)
        {
            self.end(name, generation, true);
        }
    }

    /// An operator of this process resets the breaker.
    pub(crate) fn reset(&self, name: &str) {
        let mut breakers = self.breakers.borrow_mut();
        let breaker = breakers.get_mut(name).expect("the breaker was added");
        self.close(name, breaker, ChangedBy::Operator);
    }

    pub(crate) fn is_closed(&self, name: &str) -> bool {
        matches!(self.breakers.borrow()[name].state, State::Closed { .. })
    }

    pub(crate) fn forced(&self, name: &str) -> Option<ForcedState> {
        self.breakers.borrow()[name].forced
    }

    fn set_forced(&self, name: &str, breaker: &mut Breaker, forced: Option<ForcedState>) {
        breaker.forced = forced;
        breaker.generation += 1;
        self.events
            .borrow_mut()
            .push((name.into(), LocalEvent::Overridden));
    }

    fn open(&self, name: &str, breaker: &mut Breaker, remaining: Duration, cause: ChangedBy) {
        breaker.state = State::Open {
            until: self.now.get() + remaining,
        };
        breaker.generation += 1;
        self.events
            .borrow_mut()
            .push((name.into(), LocalEvent::Opened { remaining, cause }));
    }

    fn close(&self, name: &str, breaker: &mut Breaker, cause: ChangedBy) {
        breaker.state = State::Closed { failures: 0 };
        breaker.generation += 1;
        breaker.reopenings = 0;
        self.events
            .borrow_mut()
            .push((name.into(), LocalEvent::Closed { cause }));
    }
}

impl Breakers for SimulatedBreakers {
    fn view(&self, name: &str) -> Option<View> {
        let now = self.now.get();
        let breakers = self.breakers.borrow();
        let breaker = breakers.get(name)?;
        let condition = match breaker.state {
            State::Closed { .. } => Condition::Closed,
            State::Open { until } if until > now => Condition::Open {
                remaining: until - now,
            },
            State::Open { .. } => Condition::HalfOpen { trials: 0 },
            State::HalfOpen { in_flight, .. } => Condition::HalfOpen {
                trials: u32::from(in_flight),
            },
        };
        Some(View {
            condition,
            is_forced: breaker.forced.is_some(),
            rejected: breaker.rejected,
            cooldown: COOLDOWN,
            max_cooldown: Some(MAX_COOLDOWN),
            quorum: breaker.quorum,
        })
    }

    fn act(&self, name: &str, action: Action) {
        let now = self.now.get();
        let mut breakers = self.breakers.borrow_mut();
        let Some(breaker) = breakers.get_mut(name) else {
            return;
        };
        match action {
            Action::OpenFor { duration, .. } => match breaker.state {
                State::Open { .. } => {
                    breaker.state = State::Open {
                        until: now + duration,
                    }
                }
                _ => self.open(name, breaker, duration, ChangedBy::Fleet),
            },
            Action::EndCooldown => {
                if let State::Open { .. } = breaker.state {
                    breaker.state = State::Open { until: now };
                }
            }
            Action::Close => self.close(name, breaker, ChangedBy::Fleet),
            Action::Force { state, .. } => self.set_forced(name, breaker, Some(state)),
            Action::Release => self.set_forced(name, breaker, None),
        }
    }

    fn standing(&self, name: &str) -> Option<Standing> {
        let state = self.breakers.borrow().get(name)?.forced?;
        Some(Standing {
            state: state.as_state(),
            remaining: None,
            who: "anna".to_owned(),
            reason: "by hand".to_owned(),
        })
    }
}
