//! Random settings, one strategy for each kind of window.
//! Times are a few nanoseconds, so that limits are met often.

use fusebox_tests::model::{Nanos, Settings, Threshold, Window};
use proptest::prelude::*;

/// A kind of window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Consecutive failures.
    Consecutive,
    /// Failures within a time.
    FailureTimes,
    /// Failures within a time, and a slow-call rate within the same time.
    FailureTimesAndSlow,
    /// Failures among the last calls.
    FailuresOfCalls,
    /// A failure rate of the last calls.
    RateOfCalls,
    /// A failure rate within a time.
    RateOfTime,
}

impl Kind {
    /// All of them.
    pub(crate) const ALL: [Self; 6] = [
        Self::Consecutive,
        Self::FailureTimes,
        Self::FailureTimesAndSlow,
        Self::FailuresOfCalls,
        Self::RateOfCalls,
        Self::RateOfTime,
    ];
}

/// What a breaker is made with, and what it may be changed to later.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// At the start.
    pub(crate) settings: Settings,
    /// By `update()`: other numbers for the same window, and another window.
    pub(crate) updates: Vec<Settings>,
}

/// Settings of one kind, with others for the same window, and some for any
/// other.
pub(crate) fn plan(kind: Kind) -> impl Strategy<Value = Plan> {
    window(kind).prop_flat_map(move |(window, most)| {
        let one = move || settings(kind, window, most);
        let other = proptest::sample::select(Kind::ALL.to_vec()).prop_flat_map(|kind| {
            self::window(kind).prop_flat_map(move |(window, most)| settings(kind, window, most))
        });
        (one(), one(), other).prop_map(|(settings, same_window, other)| Plan {
            settings,
            updates: vec![same_window, other, settings],
        })
    })
}

/// A window, and the largest number of failures that makes sense in it.
fn window(kind: Kind) -> BoxedStrategy<(Window, usize)> {
    match kind {
        Kind::Consecutive => Just((Window::None, 4)).boxed(),
        Kind::FailureTimes | Kind::FailureTimesAndSlow => (1..80 as Nanos)
            .prop_map(|length| (Window::Time(length), 4))
            .boxed(),
        Kind::RateOfTime => (1..120 as Nanos)
            .prop_map(|length| (Window::Time(length), 6))
            .boxed(),
        Kind::FailuresOfCalls | Kind::RateOfCalls => prop_oneof![4 => 1_usize..8, 1 => 60_usize..70]
            .prop_map(|size| (Window::Calls(size), size))
            .boxed(),
    }
}

fn settings(kind: Kind, window: Window, most: usize) -> impl Strategy<Value = Settings> {
    let rate = || {
        prop_oneof![
            Just(500_000_u32),
            Just(1_000_000),
            Just(333_333),
            Just(1),
            1_u32..=1_000_000
        ]
    };
    let slow = slow(kind, rate());
    let few = u32::try_from(most.min(5)).expect("five at most");
    let opening = (
        1..50 as Nanos,
        prop_oneof![Just(None), (0..200 as Nanos).prop_map(Some)],
        1_usize..4,
    );
    (1..=few, rate(), 1..=most, slow, opening).prop_map(
        move |(
            failures,
            rate,
            minimum_calls,
            (slow_call, slow_threshold),
            (cooldown, longer, trial_calls),
        )| {
            let threshold = match kind {
                Kind::RateOfCalls | Kind::RateOfTime => Threshold::Rate(rate),
                _ => Threshold::Failures(failures),
            };
            let settings = Settings {
                threshold,
                window,
                minimum_calls,
                slow_call,
                slow_threshold,
                cooldown,
                max_cooldown: longer.map(|longer| cooldown + longer),
                trial_calls,
            };
            let minimum_calls = if settings.has_rate() { minimum_calls } else { 1 };
            Settings {
                minimum_calls,
                ..settings
            }
        },
    )
}

/// `slow_call` and `slow_threshold`.
fn slow(
    kind: Kind,
    rate: impl Strategy<Value = u32> + 'static,
) -> BoxedStrategy<(Option<Nanos>, Option<u32>)> {
    let off = Just((None, None));
    let failing = (1..30 as Nanos).prop_map(|slow_call| (Some(slow_call), None));
    let apart = (1..30 as Nanos, rate).prop_map(|(slow_call, rate)| (Some(slow_call), Some(rate)));
    match kind {
        Kind::Consecutive | Kind::FailureTimes => prop_oneof![off, failing].boxed(),
        Kind::FailureTimesAndSlow => apart.boxed(),
        _ => prop_oneof![2 => off, 1 => failing, 1 => apart].boxed(),
    }
}
