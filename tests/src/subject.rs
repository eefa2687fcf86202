//! The operations of both the model and the real breaker, so that one test
//! drives both.

use crate::model::{Breaker, Counts, End, Nanos, Rejection, Settings, State, Story, Totals, Trials};

/// How a call is made. The model ignores it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// By `try_acquire_owned` and a verb of the permit.
    Permit,
    /// By `call`, polled by hand.
    Call,
    /// By `call_classified`, polled by hand.
    Classified,
}

/// A breaker that can be driven step by step.
pub trait Subject {
    /// Makes a closed breaker at this time.
    fn start(settings: &Settings, now: Nanos) -> Self;
    /// Moves the clock, also back.
    fn set_clock(&mut self, now: Nanos);
    /// Requests a call. The returned number identifies it later.
    /// The flag is whether it is a trial call, if the subject reports that.
    fn acquire(&mut self, via: Via) -> Result<(usize, Option<bool>), Rejection>;
    /// Requests a call while the body of another call is polled.
    ///
    /// Not for a permit, which has no body.
    fn acquire_within(&mut self, outer: usize, via: Via) -> Result<(usize, Option<bool>), Rejection>;
    /// Ends a call.
    fn end(&mut self, number: usize, end: End);
    /// `trip()`.
    fn trip(&mut self);
    /// `reset()`.
    fn reset(&mut self);
    /// `force_open()`.
    fn force_open(&mut self);
    /// `force_closed()`.
    fn force_closed(&mut self);
    /// `release()`.
    fn release_override(&mut self);
    /// `update()`.
    fn update(&mut self, settings: &Settings);
    /// Returns all that can be read.
    fn view(&self) -> View;
    /// Returns the events since the last time.
    fn story(&mut self) -> Vec<Story>;
}

/// All that can be read of a breaker at one time.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// The effective state.
    pub state: State,
    /// The state that the last announced change led to.
    pub announced: State,
    /// Generations since the start.
    pub generation: u64,
    /// When a call may be admitted, if calls are rejected now.
    pub retry_after: Option<Nanos>,
    /// Totals since the start.
    pub totals: Totals,
    /// What the window holds.
    pub counts: Counts,
    /// The failure rate and the slow-call rate.
    pub rates: (Option<f64>, Option<f64>),
    /// The trials of this `HalfOpen`.
    pub trials: Trials,
    /// Reopenings since it was last Closed.
    pub reopenings: u32,
}

impl Subject for Breaker {
    fn start(settings: &Settings, now: Nanos) -> Self {
        Self::new(*settings, now)
    }

    fn set_clock(&mut self, now: Nanos) {
        self.set_clock(now);
    }

    fn acquire(&mut self, _: Via) -> Result<(usize, Option<bool>), Rejection> {
        self.acquire()
            .map(|(number, admission)| (number, Some(admission.is_trial())))
    }

    fn acquire_within(&mut self, outer: usize, _: Via) -> Result<(usize, Option<bool>), Rejection> {
        self.acquire_within(outer)
            .map(|(number, admission)| (number, Some(admission.is_trial())))
    }

    fn end(&mut self, number: usize, end: End) {
        self.end(number, end);
    }

    fn trip(&mut self) {
        self.trip();
    }

    fn reset(&mut self) {
        self.reset();
    }

    fn force_open(&mut self) {
        self.force_open();
    }

    fn force_closed(&mut self) {
        self.force_closed();
    }

    fn release_override(&mut self) {
        self.release_override();
    }

    fn update(&mut self, settings: &Settings) {
        self.update(*settings);
    }

    fn view(&self) -> View {
        View {
            state: self.state(),
            announced: self.announced(),
            generation: self.generation(),
            retry_after: self.retry_after(),
            totals: self.totals(),
            counts: self.counts(),
            rates: self.rates(),
            trials: self.trials(),
            reopenings: self.reopenings(),
        }
    }

    fn story(&mut self) -> Vec<Story> {
        self.take_story()
    }
}
