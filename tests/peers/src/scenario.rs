//! The scenarios, and the subjects that take part in them.

use std::time::Duration;

use crate::call::{Failing, Load, Tally};

/// Long enough that no trial call is admitted during a measurement.
pub(crate) const LONG: Duration = Duration::from_secs(3600);
/// As short as a cooldown can be: over at the next reading of the clock.
pub(crate) const SHORT: Duration = Duration::from_nanos(1);
/// The time window of every scenario that has one.
pub(crate) const TEN_SECONDS: Duration = Duration::from_secs(10);
/// The count window of every scenario that has one.
pub(crate) const LAST_CALLS: u32 = 100;

/// One row of the table, before the number of threads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scenario {
    /// Closed, 5 consecutive failures would trip; every call succeeds.
    Consecutive,
    /// The same, and the error is one of 48 bytes, with a message.
    Realistic,
    /// The same, and the body waits once.
    Yielding,
    /// The same, and neither the body nor the breaker is asynchronous.
    Blocking,
    /// The same, and the breaker is that of a key.
    Keyed,
    /// Open for an hour; every call is rejected.
    Open,
    /// 5 failures within 10 s would trip; every call succeeds.
    FailuresInTime,
    /// 50 % of the calls of the last 10 s would trip; every call succeeds.
    RateOfTime,
    /// 50 % of the last 100 calls would trip; every call succeeds.
    RateOfCalls,
    /// The same, and every tenth call fails.
    RateOfCallsFailing,
    /// A failure trips, the cooldown ends at once, a trial call closes.
    /// Two calls each time.
    Cycle,
    /// The same, and one subscriber gets the three events.
    CycleSubscribed,
}

impl Scenario {
    pub(crate) const ALL: [Self; 12] = [
        Self::Consecutive,
        Self::Realistic,
        Self::Yielding,
        Self::Blocking,
        Self::Keyed,
        Self::Open,
        Self::FailuresInTime,
        Self::RateOfTime,
        Self::RateOfCalls,
        Self::RateOfCallsFailing,
        Self::Cycle,
        Self::CycleSubscribed,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Consecutive => "consecutive",
            Self::Realistic => "realistic",
            Self::Yielding => "yielding",
            Self::Blocking => "blocking",
            Self::Keyed => "keyed",
            Self::Open => "open",
            Self::FailuresInTime => "failures-in-time",
            Self::RateOfTime => "rate-of-time",
            Self::RateOfCalls => "rate-of-calls",
            Self::RateOfCallsFailing => "rate-of-calls-failing",
            Self::Cycle => "cycle",
            Self::CycleSubscribed => "cycle-subscribed",
        }
    }

    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Consecutive => "closed, 5 consecutive failures, all succeed",
            Self::Realistic => "closed, 5 consecutive failures, an error of 48 bytes, all succeed",
            Self::Yielding => "closed, 5 consecutive failures, the body waits once, all succeed",
            Self::Blocking => "closed, 5 consecutive failures, synchronous, all succeed",
            Self::Keyed => "closed, 5 consecutive failures, one of 100 keys, all succeed",
            Self::Open => "open, all rejected",
            Self::FailuresInTime => "5 failures within 10 s, all succeed",
            Self::RateOfTime => "50 % of the last 10 s, all succeed",
            Self::RateOfCalls => "50 % of the last 100 calls, all succeed",
            Self::RateOfCallsFailing => "50 % of the last 100 calls, 10 % fail",
            Self::Cycle => "trip, cool down, trial call, close (both calls)",
            Self::CycleSubscribed => "the same with one subscriber (both calls)",
        }
    }

    /// Returns the numbers of threads on which it is measured.
    pub(crate) const fn threads(self) -> &'static [usize] {
        match self {
            Self::Cycle | Self::CycleSubscribed => &[1],
            _ => &[1, 2],
        }
    }

    pub(crate) const fn failing(self) -> Failing {
        match self {
            Self::RateOfCallsFailing => Failing::Every(10),
            Self::Cycle | Self::CycleSubscribed => Failing::Every(2),
            _ => Failing::None,
        }
    }

    /// Returns how many calls are counted as one: a cycle is two.
    pub(crate) const fn calls_each(self) -> u64 {
        match self {
            Self::Cycle | Self::CycleSubscribed => 2,
            _ => 1,
        }
    }

    /// Panics unless a run did what its scenario promises.
    /// While closed no call is rejected, and while open every call is.
    pub(crate) fn check(self, subject: &str, calls: u64, tally: Tally) {
        let failed = match self.failing() {
            Failing::None => 0,
            Failing::Every(every) => calls / every,
        };
        let expected = match self {
            Self::Open => Tally {
                rejected: calls,
                ..Tally::default()
            },
            _ => Tally {
                answered: calls - failed,
                failed,
                rejected: 0,
            },
        };
        assert_eq!(tally, expected, "{subject} in {}", self.name());
    }
}

/// The subjects that take part.
#[derive(Clone, Copy)]
pub(crate) struct Subject {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    /// Makes a new breaker in this scenario. `None` if the subject has no such
    /// setting.
    pub(crate) load: fn(Scenario) -> Option<Box<dyn Load>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Ours,
    Peer,
    /// A sketch of the least work that keeps the scenario's promise.
    Floor,
}

impl Kind {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Ours => "fusebox",
            Self::Peer => "peer",
            Self::Floor => "floor",
        }
    }
}

/// Calls until the breaker is open, and checks that it is.
#[allow(
    clippy::unnecessary_wraps,
    reason = "the answer of those that have this scenario"
)]
pub(crate) fn opened(load: impl Load + 'static) -> Option<Box<dyn Load>> {
    load.run(2 * u64::from(LAST_CALLS), Failing::Every(1));
    let seen = load.run(1, Failing::None);
    assert_eq!(seen.rejected, 1, "it is open by now");
    Some(Box::new(load))
}

/// A closed breaker, warmed up until its window is full.
#[allow(
    clippy::unnecessary_wraps,
    reason = "the answer of those that have this scenario"
)]
pub(crate) fn closed(load: impl Load + 'static) -> Option<Box<dyn Load>> {
    load.run(2 * u64::from(LAST_CALLS), Failing::None);
    Some(Box::new(load))
}
