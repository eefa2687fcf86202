//! All notes so far, and their summary for each half second.

use std::time::{Duration, Instant};

use fusebox::State;
use serde::Serialize;

use crate::{
    inventory::{Health, Inventory},
    load::Answer,
    notes::{Moment, Note},
    shop::Source,
};

/// All notes so far.
pub(crate) struct Record {
    pub(crate) trial_calls: u32,
    pub(crate) answers: Vec<Answer>,
    pub(crate) acts: Vec<(Moment, Health)>,
    /// When the breaker changed, and to which state.
    pub(crate) changes: Vec<(Moment, State)>,
    /// How many answers, and requests at inventory, the ticks so far contain.
    ticked: (usize, usize),
}

/// Half a second.
#[derive(Debug, Serialize)]
pub(crate) struct Tick {
    pub(crate) at_ms: u128,
    pub(crate) inventory: Health,
    #[serde(serialize_with = "as_word")]
    pub(crate) state: State,
    #[serde(flatten)]
    pub(crate) answers: Counts,
    pub(crate) reached_inventory: usize,
}

/// How orders were answered, and how fast.
#[derive(Debug, Serialize)]
pub(crate) struct Counts {
    pub(crate) answered: usize,
    pub(crate) from_service: usize,
    pub(crate) from_fallback: usize,
    pub(crate) failed: usize,
    /// Half of the orders were answered within this; `None` if there were none.
    pub(crate) p50_us: Option<u128>,
    /// 99 of 100 orders were answered within this.
    pub(crate) p99_us: Option<u128>,
    pub(crate) slowest_us: Option<u128>,
}

impl Record {
    pub(crate) fn new(trial_calls: u32) -> Self {
        Self {
            trial_calls,
            answers: Vec::new(),
            acts: Vec::new(),
            changes: Vec::new(),
            ticked: (0, 0),
        }
    }

    pub(crate) fn add(&mut self, note: Note) {
        match note {
            Note::Act { at, health } => self.acts.push((at, health)),
            Note::Transition { at, to, .. } => self.changes.push((at, to)),
            Note::Answer(answer) => self.answers.push(answer),
        }
    }

    /// What happened since the tick before.
    pub(crate) fn tick(&mut self, at: Duration, inventory: &Inventory, state: State) -> Tick {
        let (answers_before, arrivals_before) = self.ticked;
        self.ticked = (self.answers.len(), inventory.arrivals());
        Tick {
            at_ms: at.as_millis(),
            inventory: inventory.health(),
            state,
            answers: Counts::of(&self.answers[answers_before..]),
            reached_inventory: self.ticked.1 - arrivals_before,
        }
    }

    /// When the breaker first went to this state, from a moment on.
    pub(crate) fn first_change_to(&self, state: State, from: Instant) -> Option<Moment> {
        let change = |(at, to): &&(Moment, State)| *to == state && at.instant >= from;
        self.changes.iter().find(change).map(|(at, _)| *at)
    }

    /// How many times the breaker went to this state between two moments.
    pub(crate) fn changes_to(&self, state: State, from: Instant, to: Instant) -> usize {
        let change = |(at, became): &&(Moment, State)| *became == state && (from..to).contains(&at.instant);
        self.changes.iter().filter(change).count()
    }

    /// When inventory first became like this.
    pub(crate) fn first_act(&self, health: Health) -> Option<Moment> {
        self.acts
            .iter()
            .find(|(_, became)| *became == health)
            .map(|(at, _)| *at)
    }
}

impl Counts {
    pub(crate) fn of<'a>(answers: impl IntoIterator<Item = &'a Answer>) -> Self {
        let answers: Vec<&Answer> = answers.into_iter().collect();
        let from = |source| answers.iter().filter(|answer| answer.source == source).count();
        let mut took: Vec<Duration> = answers.iter().map(|answer| answer.took).collect();
        took.sort_unstable();
        Self {
            answered: answers.len(),
            from_service: from(Some(Source::Service)),
            from_fallback: from(Some(Source::Fallback)),
            failed: from(None),
            p50_us: percentile(&took, 50),
            p99_us: percentile(&took, 99),
            slowest_us: percentile(&took, 100),
        }
    }
}

/// Returns a percentile of sorted durations, in microseconds.
fn percentile(sorted: &[Duration], percent: usize) -> Option<u128> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.checked_sub(1)?).map(Duration::as_micros)
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn as_word<S: serde::Serializer>(state: &State, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(state.as_str())
}
