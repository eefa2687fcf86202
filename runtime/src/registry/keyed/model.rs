//! A group against its naive twin: a list, searched from end to end.

use proptest::{collection::vec, prelude::*};

use crate::{KeyedBreakers, OwnedPermit, Registry, State, Threshold, testing::ManualClock};

const MAX_KEYS: usize = 4;
const THRESHOLD: u32 = 2;

#[derive(Debug, Clone, Copy)]
enum Action {
    Succeed(u8),
    Fail(u8),
    /// Begins a call that goes on.
    Begin(u8),
    /// Ends the oldest call that goes on.
    End,
    Trip(u8),
    ForceClosed(u8),
    /// Operators end what they have begun.
    Reset(u8),
}

fn actions() -> impl Strategy<Value = Vec<Action>> {
    let key = || 0..8_u8;
    let action = prop_oneof![
        4 => key().prop_map(Action::Succeed),
        3 => key().prop_map(Action::Fail),
        2 => key().prop_map(Action::Begin),
        3 => Just(Action::End),
        1 => key().prop_map(Action::Trip),
        1 => key().prop_map(Action::ForceClosed),
        2 => key().prop_map(Action::Reset),
    ];
    vec(action, 1..80)
}

/// One breaker of the twin.
#[derive(Debug, Clone, Default)]
struct Naive {
    key: String,
    last_use: usize,
    failures: u32,
    is_open: bool,
    is_forced: bool,
    in_flight: u32,
}

/// The group, naively.
#[derive(Debug, Default)]
struct Twin {
    breakers: Vec<Naive>,
    overflow: Option<Naive>,
    now: usize,
    evicted: u64,
}

impl Twin {
    fn get(&mut self, key: u8) -> &mut Naive {
        self.now += 1;
        let (key, now) = (key.to_string(), self.now);
        if let Some(found) = self.breakers.iter().position(|breaker| breaker.key == key) {
            self.breakers[found].last_use = now;
            return &mut self.breakers[found];
        }
        let new = Naive {
            key,
            last_use: now,
            ..Naive::default()
        };
        if self.breakers.len() == MAX_KEYS {
            let may_go = |breaker: &&Naive| !breaker.is_open && !breaker.is_forced && breaker.in_flight == 0;
            let idle = self.breakers.iter().filter(may_go);
            let Some(victim) = idle.min_by_key(|breaker| breaker.last_use) else {
                let of_all = || Naive {
                    key: "*".to_owned(),
                    ..Naive::default()
                };
                return self.overflow.get_or_insert_with(of_all);
            };
            let victim = victim.key.clone();
            self.breakers.retain(|breaker| breaker.key != victim);
            self.evicted += 1;
        }
        self.breakers.push(new);
        self.breakers.last_mut().expect("one was pushed")
    }

    /// Returns each breaker with its state, by key.
    fn states(&self) -> Vec<(String, State)> {
        let state = |breaker: &Naive| match (breaker.is_forced, breaker.is_open) {
            (true, _) => State::ForcedClosed,
            (false, true) => State::Open,
            (false, false) => State::Closed,
        };
        let all = self.breakers.iter().chain(&self.overflow);
        let mut states: Vec<_> = all.map(|breaker| (breaker.key.clone(), state(breaker))).collect();
        states.sort_by(|one, other| one.0.cmp(&other.0));
        states
    }
}

impl Naive {
    fn admits(&self) -> bool {
        self.is_forced || !self.is_open
    }

    fn fail(&mut self) {
        self.failures += 1;
        if self.failures >= THRESHOLD && !self.is_forced {
            self.is_open = true;
        }
    }
}

/// The number of calls that have ended, and of rejections.
#[derive(Debug, Default, PartialEq)]
struct Counted {
    ended: u64,
    rejected: u64,
}

fn states(hosts: &KeyedBreakers) -> Vec<(String, State)> {
    let state =
        |breaker: crate::CircuitBreaker| (breaker.key().unwrap_or_default().to_owned(), breaker.state());
    let mut states: Vec<_> = hosts.iter().map(state).collect();
    states.sort_by(|one, other| one.0.cmp(&other.0));
    states
}

/// Does the same to both.
fn drive(hosts: &KeyedBreakers, actions: &[Action]) -> Result<(), TestCaseError> {
    let (mut twin, mut counted) = (Twin::default(), Counted::default());
    let mut running: Vec<(String, OwnedPermit)> = Vec::new();
    for action in actions {
        match *action {
            Action::Succeed(key) | Action::Fail(key) | Action::Begin(key) => {
                let naive = twin.get(key);
                let admitted = hosts.get(key).try_acquire_owned();
                prop_assert_eq!(admitted.is_ok(), naive.admits(), "{:?} of {:?}", action, naive);
                let Ok(permit) = admitted else {
                    counted.rejected += 1;
                    continue;
                };
                match action {
                    Action::Succeed(_) => {
                        naive.failures = 0;
                        permit.success();
                    }
                    Action::Fail(_) => {
                        naive.fail();
                        permit.failure();
                    }
                    _ => {
                        naive.in_flight += 1;
                        running.push((naive.key.clone(), permit));
                        continue;
                    }
                }
                counted.ended += 1;
            }
            Action::End => {
                if running.is_empty() {
                    continue;
                }
                let (key, permit) = running.remove(0);
                permit.ignore();
                counted.ended += 1;
                let mut all = twin.breakers.iter_mut().chain(&mut twin.overflow);
                all.find(|naive| naive.key == key).expect("it was busy").in_flight -= 1;
            }
            Action::Trip(key) => {
                let naive = twin.get(key);
                (naive.is_open, naive.failures) = (true, 0);
                hosts.get(key).trip();
            }
            Action::ForceClosed(key) => {
                let naive = twin.get(key);
                if !naive.is_forced {
                    (naive.is_forced, naive.failures) = (true, 0);
                }
                hosts.get(key).force_closed();
            }
            Action::Reset(key) => {
                let naive = twin.get(key);
                (naive.is_forced, naive.is_open, naive.failures) = (false, false, 0);
                let breaker = hosts.get(key);
                breaker.release_override();
                breaker.reset();
            }
        }
        prop_assert_eq!(states(hosts), twin.states(), "after {:?}", action);
        let snapshot = hosts.snapshot();
        let totals = Counted {
            ended: snapshot.totals.calls(),
            rejected: snapshot.totals.rejected,
        };
        prop_assert_eq!((&totals, snapshot.evicted), (&counted, twin.evicted));
    }
    Ok(())
}

proptest! {
    #[test]
    fn a_group_equals_its_twin(actions in actions()) {
        let registry = Registry::builder().clock(ManualClock::new()).build();
        let hosts = registry
            .keyed("twin")
            .threshold(Threshold::failures(THRESHOLD))
            .max_keys(u32::try_from(MAX_KEYS).expect("a small number"))
            .build()
            .expect("legal");
        drive(&hosts, &actions)?;
    }
}
