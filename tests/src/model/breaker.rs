//! The state of the model, and its changes.

use std::collections::BTreeMap;

use super::call::{Call, State, Story, Why};
use super::settings::{Nanos, Settings};
use super::totals::Totals;
use super::window::{Counts, Log};

/// The state of the breaker without an override.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Automatic {
    Closed,
    Open,
    HalfOpen,
}

/// The trials of one `HalfOpen`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trials {
    /// Slots that are taken.
    pub out: usize,
    /// Trials that succeeded.
    pub succeeded: usize,
    /// Those of them that were slow.
    pub slow: usize,
}

/// The model of one breaker.
#[derive(Clone, Debug)]
pub struct Breaker {
    pub(super) settings: Settings,
    pub(super) now: Nanos,
    pub(super) automatic: Automatic,
    /// Set by an operator: `ForcedOpen` or `ForcedClosed`.
    pub(super) forced: Option<State>,
    pub(super) generation: u64,
    /// When the cooldown ends, and how long it is.
    pub(super) deadline: Nanos,
    pub(super) cooldown: Nanos,
    pub(super) reopenings: u32,
    pub(super) log: Log,
    pub(super) trials: Trials,
    /// When the last trial was admitted.
    pub(super) last_admission: Nanos,
    /// Which call that was.
    pub(super) last_trial: usize,
    /// R21: consecutive trials that were dropped.
    pub(super) abandoned: u64,
    pub(super) out: BTreeMap<usize, Call>,
    pub(super) next_call: usize,
    pub(super) would_trip_at: Option<Nanos>,
    pub(super) totals: Totals,
    pub(super) story: Vec<Story>,
}

impl Breaker {
    /// Makes a closed breaker at the given time.
    pub fn new(settings: Settings, now: Nanos) -> Self {
        Self {
            settings,
            now,
            automatic: Automatic::Closed,
            forced: None,
            generation: 0,
            deadline: now,
            cooldown: settings.cooldown,
            reopenings: 0,
            log: Log::default(),
            trials: Trials::default(),
            last_admission: now,
            last_trial: 0,
            abandoned: 0,
            out: BTreeMap::new(),
            next_call: 0,
            would_trip_at: None,
            totals: Totals::default(),
            story: Vec::new(),
        }
    }

    /// Moves the clock, also back.
    pub fn set_clock(&mut self, now: Nanos) {
        self.now = now;
    }

    pub(super) fn reopen(&mut self, why: Why) {
        self.reopenings += 1;
        self.open(why);
    }

    pub(super) fn open(&mut self, why: Why) {
        self.cooldown = self.settings.cooldown_after(self.reopenings);
        self.deadline = self.now + self.cooldown;
        self.change(Automatic::Open, why);
    }

    pub(super) fn close(&mut self, why: Why) {
        self.reopenings = 0;
        self.abandoned = 0;
        self.change(Automatic::Closed, why);
    }

    pub(super) fn change(&mut self, to: Automatic, why: Why) {
        let from = self.stored_state();
        self.automatic = to;
        self.next_generation();
        self.publish(from, why);
    }

    pub(super) fn next_generation(&mut self) {
        self.generation += 1;
        self.log.clear();
        self.trials = Trials::default();
    }

    /// Records an event, unless the state stays the same (R17).
    pub(super) fn publish(&mut self, from: State, why: Why) {
        let to = self.stored_state();
        if from != to {
            let (generation, at) = (self.generation, self.now);
            let cooldown = (to == State::Open).then_some(self.cooldown);
            self.story.push(Story::Changed {
                generation,
                from,
                to,
                at,
                cooldown,
                why,
            });
        }
    }

    pub(super) fn stored_state(&self) -> State {
        self.forced.unwrap_or(match self.automatic {
            Automatic::Closed => State::Closed,
            Automatic::Open => State::Open,
            Automatic::HalfOpen => State::HalfOpen,
        })
    }

    /// Returns how long Open still lasts. `None` if the breaker is not open.
    pub fn retry_after(&self) -> Option<Nanos> {
        self.clone().acquire().err()?.retry_after
    }

    /// Returns the state that the last announced change led to.
    pub fn announced(&self) -> State {
        self.stored_state()
    }

    /// Returns the state that a reader sees (R6).
    pub fn state(&self) -> State {
        match self.stored_state() {
            State::Open if self.now >= self.deadline => State::HalfOpen,
            state => state,
        }
    }

    /// Returns how many generations came before this one.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Returns the number of reopenings since it was last Closed.
    pub fn reopenings(&self) -> u32 {
        self.reopenings
    }

    /// Returns the totals since the start.
    pub fn totals(&self) -> Totals {
        self.totals
    }

    /// Returns what the window holds now.
    pub fn counts(&self) -> Counts {
        self.log.counts(&self.settings, self.now)
    }

    /// Returns the failure rate and the slow-call rate of the window. `None` with
    /// too few calls.
    pub fn rates(&self) -> (Option<f64>, Option<f64>) {
        let counts = self.counts();
        (
            self.rate(counts.failures, counts.calls),
            self.rate(counts.slow, counts.calls),
        )
    }

    #[expect(clippy::cast_precision_loss, reason = "a window holds few calls")]
    fn rate(&self, part: Option<u64>, whole: Option<u64>) -> Option<f64> {
        let (part, whole) = (part?, whole?);
        let minimum = if self.settings.has_rate() {
            self.settings.minimum_calls as u64
        } else {
            1
        };
        (whole >= minimum && whole > 0).then(|| part as f64 / whole as f64)
    }

    /// Returns the trials of this `HalfOpen`.
    pub fn trials(&self) -> Trials {
        self.trials
    }

    /// Returns the events since the last time.
    pub fn take_story(&mut self) -> Vec<Story> {
        std::mem::take(&mut self.story)
    }
}
