//! The breakers of this process, as far as a member needs them.

use std::time::Duration;

use crate::fleet::{
    member::Action,
    protocol::{Quorum, Standing},
};

/// The breakers of one registry.
pub(crate) trait Breakers {
    /// Returns the breaker's present condition; `None` if this process has no such
    /// breaker.
    fn view(&self, breaker: &str) -> Option<View>;

    /// Returns the breaker's override at the moment, by any operator or by
    /// configuration.
    fn standing(&self, breaker: &str) -> Option<Standing>;

    /// Changes a breaker; does nothing if this process has no such breaker.
    fn act(&self, breaker: &str, action: Action);
}

/// The automatic state of a breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Condition {
    Closed,
    /// The cooldown is running, or over without a call since.
    Open {
        remaining: Duration,
    },
    HalfOpen {
        /// Trial calls that were admitted and did not fail.
        ///
        /// Those in flight and those that succeeded.
        trials: u32,
    },
}

/// The values of one breaker that a member reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct View {
    pub(crate) condition: Condition,
    /// Whether an operator forced it.
    pub(crate) is_forced: bool,
    /// How many calls were rejected since the breaker exists.
    pub(crate) rejected: u64,
    pub(crate) cooldown: Duration,
    pub(crate) max_cooldown: Option<Duration>,
    /// The rule by which the fleet may open it; `None` if it is only reported.
    pub(crate) quorum: Option<Quorum>,
}

impl View {
    /// Returns whether trial calls were admitted in this half-open state.
    pub(crate) fn is_trying(&self) -> bool {
        matches!(self.condition, Condition::HalfOpen { trials: 1.. })
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.condition == Condition::Closed
    }

    /// Returns the longest shared cooldown of this breaker.
    ///
    /// The remaining time in a message is input, and may be wrong.
    pub(crate) fn longest_shared_cooldown(&self) -> Duration {
        self.max_cooldown.unwrap_or(self.cooldown).saturating_mul(2)
    }

    /// Returns the cooldown after this many failed trials.
    pub(crate) fn cooldown_after(&self, failed: u32) -> Duration {
        let doubled = 2_u32
            .checked_pow(failed)
            .and_then(|factor| self.cooldown.checked_mul(factor));
        self.max_cooldown
            .map_or(self.cooldown, |most| doubled.unwrap_or(most).min(most))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cooldown_doubles_up_to_its_maximum() {
        let mut view = View {
            condition: Condition::Closed,
            is_forced: false,
            rejected: 0,
            cooldown: Duration::from_secs(10),
            max_cooldown: Some(Duration::from_secs(60)),
            quorum: None,
        };
        let seconds = |view: &View| [0, 1, 2, 3, 40].map(|failed| view.cooldown_after(failed).as_secs());
        assert_eq!(seconds(&view), [10, 20, 40, 60, 60]);
        view.max_cooldown = None;
        assert_eq!(seconds(&view), [10, 10, 10, 10, 10]);
    }
}
