//! The packed state and the rules, each claim by itself.

use std::time::Duration;

use crate::state::{
    AtomicState, BaseState, Override, PackedState, Reason, StateSnapshot,
    rules::{
        self, Admission, AfterFailure, AfterTrial, Limits, SlowCalls, Tally, abandoned_trials, after_failure,
        after_success, after_trial, after_trip, concerns_waiters, cooldown, counted, effective_state,
        frees_extra_trial, is_stale, mix, trip_reason,
    },
};
use crate::{
    clock::Timestamp,
    config::{Rate, Settings, Threshold, Window},
    outcome::{CallEnd, Counted, Outcome},
    state::State,
};

const SECOND: Duration = Duration::from_secs(1);

fn at(nanos: u64) -> Timestamp {
    Timestamp::from_nanos(nanos)
}

/// How a call is admitted that no trial call encloses.
fn admission(snapshot: StateSnapshot, now: Timestamp, trial_calls: u32) -> Admission {
    rules::admission(snapshot, now, trial_calls, || false)
}

const SUCCEEDED: Counted = Counted::Call {
    failed: false,
    slow: false,
};
const FAILED: Counted = Counted::Call {
    failed: true,
    slow: false,
};
const SLOW: Counted = Counted::Call {
    failed: false,
    slow: true,
};

fn state_at(state: PackedState, deadline: u64) -> StateSnapshot {
    StateSnapshot {
        state,
        deadline: at(deadline),
    }
}

fn half_open(in_flight: u32, completed: u32, slow: u32) -> PackedState {
    PackedState::INITIAL
        .next(BaseState::HalfOpen)
        .with_trials(in_flight, completed, slow)
}

#[test]
fn a_packed_state_keeps_its_parts_apart() {
    let packed = PackedState::INITIAL
        .next(BaseState::Closed)
        .next_override(Override::Closed)
        .with_failures(1_000_000);
    assert_eq!(packed.generation(), 2);
    assert_eq!(
        (packed.base(), packed.overridden()),
        (BaseState::Closed, Override::Closed)
    );
    assert_eq!(packed.failures(), 1_000_000);
    let trials = half_open(100, 99, 98);
    assert_eq!(
        (trials.in_flight(), trials.completed(), trials.slow()),
        (100, 99, 98)
    );
    assert_eq!((trials.generation(), trials.base()), (1, BaseState::HalfOpen));
    let full = packed.with_failures(u32::MAX);
    assert_eq!(
        (full.failures(), full.generation()),
        ((1 << 21) - 1, 2),
        "a count never spills"
    );
    assert_eq!(PackedState(u64::MAX).generation(), (1 << 39) - 1);
}

#[test]
fn every_change_empties_and_counts_up() {
    for packed in [PackedState::INITIAL.with_failures(3), half_open(2, 1, 1)] {
        for next in [packed.next(BaseState::Open), packed.next_override(Override::Open)] {
            assert_eq!(next.generation(), packed.generation() + 1);
            assert_eq!((next.failures(), next.in_flight(), next.completed()), (0, 0, 0));
        }
    }
}

#[test]
fn closed_and_forced_closed_admit_all_and_nothing_else_does() {
    for state in [BaseState::Closed, BaseState::Open, BaseState::HalfOpen] {
        let packed = PackedState::INITIAL.next(state);
        assert_eq!(packed.admits_all(), state == BaseState::Closed);
        assert_eq!(packed.is_closed(), state == BaseState::Closed);
        assert_eq!(packed.is_open(), state == BaseState::Open);
        assert!(!packed.next_override(Override::Closed).is_closed());
        assert!(!packed.next_override(Override::Open).is_open());
        assert!(packed.next_override(Override::Closed).admits_all());
        assert!(!packed.next_override(Override::Open).admits_all());
    }
}

#[test]
fn open_rejects_until_exactly_its_deadline() {
    let open = state_at(PackedState::INITIAL.next(BaseState::Open), 10);
    assert_eq!(admission(open, at(9), 1), Admission::Rejected);
    assert_eq!(admission(open, at(10), 1), Admission::FirstTrial);
    assert_eq!(effective_state(open, at(9)), State::Open);
    assert_eq!(effective_state(open, at(10)), State::HalfOpen);
}

#[test]
fn half_open_admits_while_in_flight_and_succeeded_are_below_trial_calls() {
    assert_eq!(
        admission(state_at(half_open(1, 1, 0), 10), at(0), 3),
        Admission::Trial
    );
    assert_eq!(
        admission(state_at(half_open(2, 1, 0), 10), at(9), 3),
        Admission::Rejected
    );
    assert_eq!(
        admission(state_at(half_open(2, 1, 0), 10), at(10), 3),
        Admission::ExtraTrial
    );
}

#[test]
fn an_override_decides_alone() {
    let open = PackedState::INITIAL.next(BaseState::Open);
    assert_eq!(
        admission(state_at(open.next_override(Override::Closed), 10), at(0), 1),
        Admission::Free
    );
    assert_eq!(
        admission(state_at(open.next_override(Override::Open), 10), at(20), 1),
        Admission::Rejected
    );
    assert_eq!(
        effective_state(state_at(open.next_override(Override::Open), 10), at(20)),
        State::ForcedOpen
    );
}

#[test]
fn trials_close_reopen_or_go_on() {
    let two = Settings::DEFAULT.with_trial_calls(2);
    let good = SUCCEEDED;
    assert_eq!(
        after_trial(half_open(2, 0, 0), good, false, 0, &two),
        AfterTrial::Stay(half_open(1, 1, 0))
    );
    assert_eq!(
        after_trial(half_open(1, 1, 0), good, false, 0, &two),
        AfterTrial::Close
    );
    assert_eq!(
        after_trial(half_open(1, 1, 0), FAILED, false, 0, &two),
        AfterTrial::Reopen(Reason::TrialFailed)
    );
    assert_eq!(
        after_trial(half_open(2, 0, 0), Counted::Cancelled, false, 0, &two),
        AfterTrial::Stay(half_open(1, 0, 0))
    );
    assert_eq!(
        after_trial(half_open(2, 0, 0), good, true, 0, &two),
        AfterTrial::Stay(half_open(2, 1, 0)),
        "an extra one"
    );
    assert_eq!(
        after_trial(half_open(2, 0, 0), Counted::Cancelled, true, 0, &two),
        AfterTrial::Stay(half_open(2, 0, 0)),
        "an extra one frees no slot"
    );
}

#[test]
fn slow_trials_reopen_at_their_rate_once_all_have_completed() {
    let settings = Settings::DEFAULT
        .with_trial_calls(2)
        .with_window(Window::calls(10))
        .with_slow_call(SECOND)
        .with_slow_threshold(Rate::new(0.5));
    let slow = SLOW;
    assert_eq!(
        after_trial(half_open(1, 0, 0), slow, false, 0, &settings),
        AfterTrial::Stay(half_open(0, 1, 1))
    );
    let reopened = AfterTrial::Reopen(Reason::TrialsSlow { slow: 1, calls: 2 });
    assert_eq!(
        after_trial(half_open(1, 1, 1), SUCCEEDED, false, 0, &settings),
        reopened
    );
}

#[test]
fn a_threshold_is_reached_not_exceeded() {
    let limits = Limits::of(&Settings::DEFAULT.with_threshold(Threshold::failures(3)));
    let failures = |failures| {
        trip_reason(
            limits,
            Tally {
                failures,
                ..Tally::default()
            },
        )
    };
    assert_eq!(failures(2), None);
    assert_eq!(failures(3), Some(Reason::Failures { failures: 3 }));

    let settings = Settings::DEFAULT
        .with_threshold(Threshold::rate(0.07))
        .with_window(Window::calls(100));
    let limits = Limits::of(&settings.with_minimum_calls(100));
    let trips = |failures, calls| {
        trip_reason(
            limits,
            Tally {
                calls,
                failures,
                slow: 0,
            },
        )
    };
    assert_eq!(trips(6, 100), None);
    assert_eq!(
        trips(7, 100),
        Some(Reason::FailureRate {
            failures: 7,
            calls: 100
        })
    );
    assert_eq!(trips(99, 99), None, "never on fewer than the minimum of calls");
}

#[test]
fn each_reopening_doubles_the_cooldown_up_to_the_longest() {
    let growing = Settings::DEFAULT
        .with_cooldown(SECOND)
        .with_max_cooldown(SECOND * 5);
    let lengths: Vec<_> = (0..5)
        .map(|n| cooldown(&growing, n, None, 0, 0).as_secs())
        .collect();
    assert_eq!(lengths, [1, 2, 4, 5, 5]);
    assert_eq!(cooldown(&growing, u32::MAX, None, 0, 0), SECOND * 5);
    assert_eq!(
        cooldown(&Settings::DEFAULT.with_cooldown(SECOND), 9, None, 0, 0),
        SECOND,
        "off: it never grows"
    );
}

#[test]
fn jitter_only_lengthens_and_depends_on_seed_and_generation_alone() {
    let settings = Settings::DEFAULT
        .with_cooldown(SECOND)
        .with_jitter(Rate::new(0.2));
    let lengths: Vec<_> = (0..1000)
        .map(|generation| cooldown(&settings, 0, None, 42, generation))
        .collect();
    assert!(
        lengths
            .iter()
            .all(|length| (SECOND..=SECOND.mul_f64(1.2)).contains(length))
    );
    let mean = lengths.iter().sum::<Duration>() / 1000;
    assert!(
        (1.09..1.11).contains(&mean.as_secs_f64()),
        "evenly spread, mean {mean:?}"
    );
    assert_eq!(lengths[7], cooldown(&settings, 0, None, 42, 7));
    assert_ne!(lengths[7], cooldown(&settings, 0, None, 43, 7));
}

/// Applies a failure as a call without the control lock does.
fn fail(state: &AtomicState, generation: u64) -> AfterFailure {
    let limits = Limits::of(&Settings::DEFAULT.with_threshold(Threshold::failures(3)));
    let (_, after) = state.update(state.load(), |state| {
        match after_failure(state, generation, limits) {
            AfterFailure::Counted(next) => (Some(next), AfterFailure::Counted(next)),
            other => (None, other),
        }
    });
    after
}

#[test]
fn the_failure_at_the_limit_is_left_to_the_lock() {
    let state = AtomicState::new();
    assert!(matches!(fail(&state, 0), AfterFailure::Counted(_)));
    assert!(matches!(fail(&state, 0), AfterFailure::Counted(_)));
    assert_eq!(
        fail(&state, 0),
        AfterFailure::Trip(Reason::Failures { failures: 3 })
    );
    assert_eq!(state.load().failures(), 2);
    assert_eq!(fail(&state, 1), AfterFailure::Stale);
    state.update(state.load(), |state| (after_success(state, 0), ()));
    assert_eq!(state.load(), PackedState::INITIAL);
}

#[test]
fn a_trip_opens_and_under_forced_closed_only_empties_the_count() {
    let closed = PackedState::in_generation(7).with_failures(4);
    assert_eq!(after_trip(closed), Some(closed.next(BaseState::Open)));

    let forced = closed.next_override(Override::Closed).with_failures(4);
    let emptied = after_trip(forced).expect("it has failures");
    assert_eq!(
        (emptied.failures(), emptied.generation()),
        (0, forced.generation())
    );
    assert_eq!(emptied.state(), State::ForcedClosed);
    assert_eq!(after_trip(emptied), None);
}

#[test]
fn a_success_resets_no_failure_of_a_later_generation() {
    let state = AtomicState::new();
    assert!(matches!(fail(&state, 0), AfterFailure::Counted(_)));
    let before = state.load();
    let later = before.next(BaseState::Closed).with_failures(1);
    state.update(before, |_| (Some(later), ()));
    state.update(before, |state| (after_success(state, 0), ()));
    assert_eq!(state.load(), later);
    assert_eq!(
        after_success(PackedState::INITIAL, 0),
        None,
        "nothing to reset, nothing to write"
    );
}

#[test]
fn a_call_inside_of_a_trial_call_is_a_part_of_it() {
    let nested = |state, now| rules::admission(state_at(state, 10), at(now), 1, || true);
    assert_eq!(nested(half_open(1, 0, 0), 0), Admission::Nested);
    assert_eq!(
        nested(half_open(1, 0, 0), 10),
        Admission::Nested,
        "and no extra trial call"
    );
    assert_eq!(nested(PackedState::INITIAL, 0), Admission::Free);
    let open = PackedState::INITIAL.next(BaseState::Open);
    assert_eq!(nested(open, 9), Admission::Rejected);
    assert_eq!(nested(open, 10), Admission::FirstTrial);
    assert_eq!(
        nested(half_open(1, 0, 0).next_override(Override::Open), 0),
        Admission::Rejected
    );
}

#[test]
fn every_end_counts_by_its_rule() {
    use SlowCalls::{AreFailures, AreJudgedApart, Off};
    let returned = |outcome: Outcome| CallEnd::Returned(outcome.into());
    let call = |failed, slow| Counted::Call { failed, slow };
    for (end, is_slow, slow_calls, is_trial, expected) in [
        (returned(Outcome::Success), false, Off, false, call(false, false)),
        (
            returned(Outcome::Success),
            true,
            AreFailures,
            false,
            call(true, true),
        ),
        (
            returned(Outcome::Success),
            true,
            AreJudgedApart,
            true,
            call(false, true),
        ),
        (
            returned(Outcome::Failure),
            true,
            AreJudgedApart,
            false,
            call(true, true),
        ),
        (
            returned(Outcome::Ignored),
            true,
            AreFailures,
            false,
            Counted::Ignored,
        ),
        (CallEnd::Panicked, false, Off, false, call(true, false)),
        (CallEnd::TimedOut, false, Off, false, call(true, false)),
        (CallEnd::TimedOut, false, AreJudgedApart, false, call(true, true)),
        (CallEnd::Dropped, false, AreFailures, true, Counted::Cancelled),
        (CallEnd::Dropped, true, AreFailures, false, call(true, true)),
        (CallEnd::Dropped, true, AreJudgedApart, false, call(false, true)),
        (CallEnd::Dropped, true, AreJudgedApart, true, call(true, true)),
    ] {
        assert_eq!(counted(end, is_slow, slow_calls, is_trial), expected, "{end:?}");
    }
}

#[test]
fn a_cancelled_call_is_never_stale() {
    assert!(is_stale(PackedState::INITIAL, 1, FAILED));
    assert!(is_stale(PackedState::INITIAL, 1, Counted::Ignored));
    assert!(!is_stale(PackedState::INITIAL, 1, Counted::Cancelled));
    assert!(!is_stale(PackedState::INITIAL, 0, FAILED));
}

#[test]
fn abandoned_trials_reopen_until_one_ends() {
    let settings = Settings::DEFAULT.with_trial_calls(7);
    let end = |counted, abandoned| after_trial(half_open(1, 0, 0), counted, false, abandoned, &settings);
    let stays = AfterTrial::Stay(half_open(0, 0, 0));
    assert_eq!(end(Counted::Cancelled, 6), stays, "fewer than `trial_calls`");
    let reopened = AfterTrial::Reopen(Reason::TrialsAbandoned { calls: 7 });
    assert_eq!(end(Counted::Cancelled, 7), reopened);
    assert_eq!(end(Counted::Ignored, 7), stays, "it was not abandoned");
    let five = after_trial(
        half_open(1, 0, 0),
        Counted::Cancelled,
        true,
        5,
        &Settings::DEFAULT,
    );
    assert_eq!(five, AfterTrial::Reopen(Reason::TrialsAbandoned { calls: 5 }));

    assert_eq!(abandoned_trials(4, Counted::Cancelled), 5);
    assert_eq!(abandoned_trials(4, Counted::Ignored), 4);
    assert_eq!(abandoned_trials(4, SUCCEEDED), 0);
    assert_eq!(abandoned_trials(4, FAILED), 0);
    assert_eq!(abandoned_trials(u32::MAX, Counted::Cancelled), u32::MAX);
}

#[test]
fn only_the_last_extra_trial_that_decided_nothing_gives_its_admission_back() {
    assert!(frees_extra_trial(Counted::Cancelled, true));
    assert!(frees_extra_trial(Counted::Ignored, true));
    assert!(!frees_extra_trial(SUCCEEDED, true));
    assert!(!frees_extra_trial(Counted::Cancelled, false));
}

#[test]
fn a_change_concerns_waiters_if_it_may_admit_one() {
    let before = state_at(half_open(2, 1, 0), 10);
    let admits = |after| concerns_waiters(before, after);
    assert!(!admits(before));
    assert!(
        !admits(state_at(half_open(1, 2, 0), 10)),
        "a success frees no slot"
    );
    assert!(!admits(state_at(half_open(3, 1, 0), 20)));
    assert!(admits(state_at(half_open(1, 1, 0), 10)), "a freed slot");
    assert!(
        admits(state_at(half_open(2, 1, 0), 5)),
        "an earlier extra trial call"
    );
    assert!(admits(state_at(half_open(2, 1, 0).next(BaseState::Closed), 10)));
}

#[test]
fn a_requested_cooldown_is_limited_and_does_not_grow() {
    let requested = |settings: &Settings, seconds: u64| {
        cooldown(settings, 3, Some(Duration::from_secs(seconds)), 0, 0).as_secs()
    };
    let fixed = Settings::DEFAULT.with_cooldown(SECOND * 10);
    assert_eq!((requested(&fixed, 5), requested(&fixed, 60)), (5, 10));
    let growing = fixed.with_max_cooldown(SECOND * 40);
    assert_eq!((requested(&growing, 30), requested(&growing, 60)), (30, 40));
}

/// The first two numbers of `SplitMix64` from seed 0, as published with it.
#[test]
fn mixing_is_that_of_splitmix64() {
    assert_eq!(mix(0x9E37_79B9_7F4A_7C15), 0xE220_A839_7B1D_CDAF);
    assert_eq!(mix(0x3C6E_F372_FE94_F82A), 0x6E78_9E6A_A1B9_65F4);
}
