//! Admission: R6, R7 and R9.

use super::breaker::{Automatic, Breaker};
use super::call::{Admission, Call, Rejection, State, Why};

impl Breaker {
    /// R6, R7, R9: requests a call.
    /// The returned number identifies it for [`Self::end`].
    pub fn acquire(&mut self) -> Result<(usize, Admission), Rejection> {
        let admission = match self.admit() {
            Ok(admission) => admission,
            Err(rejection) => {
                self.totals.rejected += 1;
                return Err(rejection);
            }
        };
        match admission {
            Admission::Plain => {}
            Admission::Trial => {
                self.trials.out += 1;
                self.last_admission = self.now;
            }
            Admission::Extra => self.last_admission = self.now,
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

    fn admit(&mut self) -> Result<Admission, Rejection> {
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
            (None, Automatic::HalfOpen)
                if self.trials.out + self.trials.succeeded < self.settings.trial_calls =>
            {
                Ok(Admission::Trial)
            }
            (None, Automatic::HalfOpen) => {
                let next = self.last_admission + self.cooldown;
                if self.now >= next {
                    return Ok(Admission::Extra);
                }
                Err(Rejection {
                    state: State::HalfOpen,
                    retry_after: Some(next - self.now),
                })
            }
        }
    }
}
