//! Admission: R6, R7, R9 and R20.

use super::breaker::{Automatic, Breaker};
use super::call::{Admission, Call, Rejection, State, Why};
use super::settings::Nanos;

impl Breaker {
    /// Requests a call (R6, R7, R9). The returned number identifies it for
    /// [`Self::end`].
    pub fn acquire(&mut self) -> Result<(usize, Admission), Rejection> {
        self.acquire_inside(false)
    }

    /// Requests a call while the body of this other call is polled (R20).
    pub fn acquire_within(&mut self, outer: usize) -> Result<(usize, Admission), Rejection> {
        let outer = self.out[&outer];
        let is_in_a_trial = outer.admission.is_trial() && outer.generation == self.generation;
        self.acquire_inside(is_in_a_trial)
    }

    fn acquire_inside(&mut self, is_in_a_trial: bool) -> Result<(usize, Admission), Rejection> {
        let admission = match self.admit(is_in_a_trial) {
            Ok(admission) => admission,
            Err(rejection) => {
                self.totals.rejected += 1;
                return Err(rejection);
            }
        };
        match admission {
            Admission::Plain | Admission::Nested => {}
            Admission::Trial => {
                self.trials.out += 1;
                self.last_admission = self.now;
                self.last_trial = self.next_call;
            }
            Admission::Extra => {
                self.last_admission = self.now;
                self.last_trial = self.next_call;
            }
        }
        let number = self.next_call;
        self.next_call += 1;
        let at = self.settings.slow_call.map(|_| self.now);
        self.out.insert(
            number,
            Call {
                admission,
                generation: self.generation,
                at,
            },
        );
        Ok((number, admission))
    }

    fn admit(&mut self, is_in_a_trial: bool) -> Result<Admission, Rejection> {
        match (self.forced, self.automatic) {
            (Some(State::ForcedOpen), _) => Err(Rejection {
                state: State::ForcedOpen,
                retry_after: None,
            }),
            (Some(_), _) | (None, Automatic::Closed) => Ok(Admission::Plain),
            (None, Automatic::Open) if self.now < self.deadline => Err(Rejection {
                state: State::Open,
                retry_after: Some(self.deadline - self.now),
            }),
            (None, Automatic::Open) => {
                self.change(Automatic::HalfOpen, Why::CooldownElapsed);
                Ok(Admission::Trial)
            }
            (None, Automatic::HalfOpen) if is_in_a_trial => Ok(Admission::Nested),
            (None, Automatic::HalfOpen)
                if self.trials.out + self.trials.succeeded < self.settings.trial_calls =>
            {
                Ok(Admission::Trial)
            }
            (None, Automatic::HalfOpen) if self.now >= self.next_extra_trial() => Ok(Admission::Extra),
            (None, Automatic::HalfOpen) => Err(Rejection {
                state: State::HalfOpen,
                retry_after: None,
            }),
        }
    }

    /// Returns when the next extra trial is admitted: one cooldown after the last
    /// admission (R9).
    fn next_extra_trial(&self) -> Nanos {
        self.last_admission + self.cooldown
    }

    /// Returns how long until a call is admitted, if time alone decides that.
    pub fn wait(&self) -> Option<Nanos> {
        let rejection = self.clone().acquire().err()?;
        match rejection.state {
            State::HalfOpen => Some(self.next_extra_trial() - self.now),
            _ => rejection.retry_after,
        }
    }
}
