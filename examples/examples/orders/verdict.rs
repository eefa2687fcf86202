//! Whether the story happened.

use std::time::{Duration, Instant};

use fusebox::State;
use serde::Serialize;

use crate::{
    inventory::{Health, Inventory},
    load::Answer,
    notes::Moment,
    record::{Counts, Record},
};

/// The limit for p99 while inventory hangs and the breaker is open.
pub(crate) const P99_LIMIT: Duration = Duration::from_millis(100);

/// How long after a trip the calls from before it may still reach inventory.
///
/// No trial call comes that early.
const STRAGGLERS: Duration = Duration::from_millis(500);

/// The summary.
#[derive(Debug, Serialize)]
pub(crate) struct Verdict {
    /// All orders.
    pub(crate) all: Counts,
    /// The orders that came while inventory was failing or hanging.
    pub(crate) while_faulty: Counts,
    /// The orders that came while inventory was hanging and the breaker was open.
    pub(crate) while_hanging: Counts,
    /// Requests that reached inventory while it was failing or hanging.
    pub(crate) faulty_requests: usize,
    /// Those of them that came after the trip.
    pub(crate) trial_calls: usize,
    /// How many trial calls the breaker's settings allow in that time.
    pub(crate) allowed_trial_calls: usize,
    /// From the first error to the trip.
    pub(crate) tripped_after_ms: Option<u128>,
    /// From the end of the faults until the breaker was closed.
    pub(crate) recovered_after_ms: Option<u128>,
    /// The parts of the story that did not happen.
    pub(crate) missing: Vec<String>,
}

impl Verdict {
    pub(crate) fn of(record: &Record, inventory: &Inventory, state: State) -> Self {
        let sick = record.first_act(Health::Failing);
        let well = record.acts.last().map(|(at, _)| *at);
        let (Some(sick), Some(well)) = (sick, well) else {
            unreachable!("the story ran to its end")
        };
        let trip = record.first_change_to(State::Open, sick.instant);
        let closed = record.first_change_to(State::Closed, well.instant);
        let trials_from = trip.map_or(well.instant, |trip| trip.instant + STRAGGLERS);
        let mut verdict = Self {
            all: Counts::of(&record.answers),
            while_faulty: counts(record, |answer| answer.health != Health::Healthy),
            while_hanging: counts(record, |answer| {
                answer.health == Health::Hanging && is_open(answer)
            }),
            faulty_requests: inventory.arrivals_between(sick.instant, well.instant),
            trial_calls: inventory.arrivals_between(trials_from, well.instant),
            allowed_trial_calls: allowed(record, trials_from, well.instant),
            tripped_after_ms: since(sick, trip),
            recovered_after_ms: since(well, closed),
            missing: Vec::new(),
        };
        verdict.missing = verdict.judge(counts(record, is_open).from_fallback, state);
        verdict
    }

    pub(crate) fn is_good(&self) -> bool {
        self.missing.is_empty()
    }

    fn judge(&self, fallbacks_while_open: usize, state: State) -> Vec<String> {
        let Self {
            trial_calls,
            allowed_trial_calls,
            ..
        } = self;
        let p99 = self.while_hanging.p99_us;
        let limit = P99_LIMIT.as_micros();
        let failed = self.all.failed;
        [
            (
                self.tripped_after_ms.is_none(),
                "the breaker did not trip".to_owned(),
            ),
            (
                fallbacks_while_open == 0,
                "no order was answered by the fallback while the breaker was open".to_owned(),
            ),
            (
                trial_calls > allowed_trial_calls,
                format!(
                    "{trial_calls} trial calls reached inventory, and {allowed_trial_calls} were allowed"
                ),
            ),
            (
                self.recovered_after_ms.is_none() || state != State::Closed,
                format!("the breaker did not recover: it is {state}"),
            ),
            (
                p99.is_none(),
                "no order came while inventory was hanging and the breaker was open".to_owned(),
            ),
            (
                p99 > Some(limit),
                format!(
                    "p99 was {} ms while inventory was hanging, above {} ms",
                    p99.unwrap_or(0) / 1000,
                    limit / 1000
                ),
            ),
            (
                failed > 0,
                format!("{failed} orders failed, in spite of the fallback"),
            ),
        ]
        .into_iter()
        .filter_map(|(is_missing, what)| is_missing.then_some(what))
        .collect()
    }
}

fn counts(record: &Record, which: impl Fn(&Answer) -> bool) -> Counts {
    Counts::of(record.answers.iter().filter(|answer| which(answer)))
}

fn is_open(answer: &Answer) -> bool {
    matches!(answer.state, State::Open | State::HalfOpen)
}

/// Returns how many trial calls the settings allow: the slots, each time that
/// the breaker becomes half-open.
///
/// Extra trial calls do not occur. The breaker admits one beside a trial call that hangs for longer
/// than the cooldown, and here the timeout is shorter.
fn allowed(record: &Record, from: Instant, to: Instant) -> usize {
    record.changes_to(State::HalfOpen, from, to) * record.trial_calls as usize
}

fn since(earlier: Moment, later: Option<Moment>) -> Option<u128> {
    Some(later?.since_start.saturating_sub(earlier.since_start).as_millis())
}
