//! Replays recorded scenarios and compares every known column.

use std::collections::BTreeMap;

use super::scenario::{Event, Initial, Manual, Observation, Scenario, Step};
use super::script::Script;
use super::tally::Tally;
use crate::model::{Counts, End, State};
use crate::subject::{Subject, Via, View};

/// Replays all scenarios.
pub fn replay<S: Subject>(scenarios: &[Scenario]) -> Tally {
    let mut tally = Tally::default();
    for scenario in scenarios {
        tally.steps.1 += scenario.steps.len();
        replay_one::<S>(scenario, &mut tally);
    }
    tally
}

fn replay_one<S: Subject>(scenario: &Scenario, tally: &mut Tally) {
    let mut script = Script::new(scenario);
    let mut player = Player {
        subject: start::<S>(scenario),
        tickets: BTreeMap::new(),
    };
    for (number, step) in scenario.steps.iter().enumerate() {
        if let Some(reason) = script.cut(step) {
            *tally.cut.entry(reason).or_default() += 1;
            return;
        }
        let granted = player.play(scenario, step, &script, tally);
        let view = player.subject.view();
        let mut ours = observe(&view, granted, scenario);
        if script.reads_the_edge(step) {
            tally.edge_readings += 1;
            ours.state = Some(letter(view.announced));
        }
        tally.steps.0 += 1;
        if let Some(column) = first_difference(&step.seen, &ours, &mut tally.columns) {
            let place = format!("{} step {number} {:?}", scenario.id, step.event);
            tally.differences.push(format!(
                "{place}: {column}: recorded {:?}, ours {ours:?}",
                step.seen
            ));
            return;
        }
    }
    tally.to_the_end += 1;
}

/// Makes a breaker in the initial state of the scenario.
fn start<S: Subject>(scenario: &Scenario) -> S {
    // `HalfOpen` cannot be set by hand: a trip one cooldown before the start leads there.
    let lead = if scenario.initial == Initial::HalfOpen {
        scenario.settings.cooldown
    } else {
        0
    };
    let mut subject = S::start(&scenario.settings, scenario.start - lead);
    match scenario.initial {
        Initial::Closed => {}
        Initial::Open => subject.trip(),
        Initial::HalfOpen => {
            subject.trip();
            subject.set_clock(scenario.start);
        }
        Initial::ForcedOpen => subject.force_open(),
        Initial::ForcedClosed => subject.force_closed(),
    }
    subject
}

struct Player<S> {
    subject: S,
    tickets: BTreeMap<u64, usize>,
}

impl<S: Subject> Player<S> {
    /// Plays one step. `Some` is the answer to an `acq`.
    fn play(
        &mut self,
        scenario: &Scenario,
        step: &Step,
        script: &Script<'_>,
        tally: &mut Tally,
    ) -> Option<bool> {
        match step.event {
            Event::Advance(_) => self.subject.set_clock(script.now()),
            Event::Acquire(ticket) => {
                let admitted = self.subject.acquire(Via::Permit);
                if let Ok((call, _)) = admitted {
                    self.tickets.insert(ticket, call);
                }
                return Some(admitted.is_ok());
            }
            Event::End(ticket, end) => {
                let call = self.tickets.remove(&ticket).expect("an admitted call ends");
                let is_slow = scenario
                    .settings
                    .slow_call
                    .is_some_and(|limit| script.age(ticket) >= limit);
                let neutral = end == End::Drop && is_slow;
                tally.slow_cancellations += usize::from(neutral);
                self.subject.end(call, if neutral { End::Ignored } else { end });
            }
            Event::Manual(manual) => self.by_hand(manual),
        }
        None
    }

    /// The recorded breakers leave an override with any other command, fusebox with
    /// a release.
    fn by_hand(&mut self, manual: Manual) {
        self.subject.release_override();
        match manual {
            Manual::Open => self.subject.trip(),
            Manual::Close => self.subject.reset(),
            Manual::ForceOpen => self.subject.force_open(),
            Manual::ForceClosed => self.subject.force_closed(),
            Manual::HalfOpen => unreachable!("the script stops before this"),
        }
    }
}

/// Returns the columns of our breaker.
fn observe(view: &View, granted: Option<bool>, scenario: &Scenario) -> Observation {
    let counts = match view.state {
        State::HalfOpen => {
            let done = view.trials.succeeded as u64;
            Counts {
                calls: Some(done),
                failures: Some(0),
                slow: Some(view.trials.slow as u64),
            }
        }
        _ => view.counts,
    };
    let rate = |part: Option<u64>| {
        let (part, calls) = (part?, counts.calls?);
        let enough = calls >= scenario.settings.minimum_calls as u64;
        #[expect(
            clippy::cast_precision_loss,
            reason = "numbers of calls in a window are small"
        )]
        Some(if enough {
            (part as f64 * 100_000.0 / calls as f64).round() / 1_000.0
        } else {
            -1.0
        })
    };
    Observation {
        state: Some(letter(view.state)),
        granted,
        calls: counts.calls,
        failed: counts.failures,
        slow: if scenario.settings.slow_call.is_some() {
            counts.slow
        } else {
            Some(0)
        },
        failure_rate: rate(counts.failures),
        slow_call_rate: if scenario.settings.slow_call.is_some() {
            rate(counts.slow)
        } else {
            rate(Some(0))
        },
    }
}

fn letter(state: State) -> char {
    match state {
        State::Closed => 'C',
        State::Open => 'O',
        State::HalfOpen => 'H',
        State::ForcedOpen => 'F',
        State::ForcedClosed => 'D',
    }
}

/// Returns the name of the first known column that differs.
fn first_difference(seen: &Observation, ours: &Observation, columns: &mut usize) -> Option<&'static str> {
    // resilience4j has two states that admit every call, fusebox one.
    let state = seen.state.map(|state| if state == 'M' { 'D' } else { state });
    let pairs = [
        (
            "state",
            state.is_none_or(|state| Some(state) == ours.state),
            state.is_some(),
        ),
        (
            "granted",
            equal(seen.granted, ours.granted),
            seen.granted.is_some(),
        ),
        ("calls", equal(seen.calls, ours.calls), seen.calls.is_some()),
        ("failed", equal(seen.failed, ours.failed), seen.failed.is_some()),
        ("slow", equal(seen.slow, ours.slow), seen.slow.is_some()),
        (
            "failure rate",
            equal(seen.failure_rate, ours.failure_rate),
            seen.failure_rate.is_some(),
        ),
        (
            "slow rate",
            equal(seen.slow_call_rate, ours.slow_call_rate),
            seen.slow_call_rate.is_some(),
        ),
    ];
    *columns += pairs.iter().filter(|(_, _, known)| *known).count();
    pairs.iter().find(|(_, same, _)| !same).map(|(name, _, _)| *name)
}

fn equal<T: PartialEq + Copy>(seen: Option<T>, ours: Option<T>) -> bool {
    seen.is_none() || seen == ours
}
