//! The word and the rules, each claim by itself.

use std::time::Duration;

use crate::state::{
    AtomicState, BaseState, Override, PackedState, Reason, StateSnapshot,
    atomic::Added,
    rules::{
        Admission, AfterTrial, Limits, Tally, TrialEnd, admission, after_trial, cooldown, effective_state,
        mix, verdict,
    },
};
use crate::{
    clock::Timestamp,
    config::{Rate, Settings, Threshold, Window},
    state::State,
};

const SECOND: Duration = Duration::from_secs(1);

fn at(nanos: u64) -> Timestamp {
    Timestamp::from_nanos(nanos)
}

fn state_at(word: PackedState, deadline: u64) -> StateSnapshot {
    StateSnapshot {
        word,
        deadline: at(deadline),
    }
}

fn half_open(in_flight: u32, completed: u32, slow: u32) -> PackedState {
    PackedState::INITIAL
        .next(BaseState::HalfOpen)
        .with_trials(in_flight, completed, slow)
}

#[test]
fn a_word_keeps_its_parts_apart() {
    let word = PackedState::INITIAL
        .next(BaseState::Closed)
        .next_override(Override::Closed)
        .with_failures(1_000_000);
    assert_eq!(word.generation(), 2);
    assert_eq!(
        (word.automatic(), word.overridden()),
        (BaseState::Closed, Override::Closed)
    );
    assert_eq!(word.failures(), 1_000_000);
    let trials = half_open(100, 99, 98);
    assert_eq!(
        (trials.in_flight(), trials.completed(), trials.slow()),
        (100, 99, 98)
    );
    assert_eq!(
        (trials.generation(), trials.automatic()),
        (1, BaseState::HalfOpen)
    );
    let full = word.with_failures(u32::MAX);
    assert_eq!(
        (full.failures(), full.generation()),
        ((1 << 21) - 1, 2),
        "a count never spills"
    );
    assert_eq!(PackedState(u64::MAX).generation(), (1 << 39) - 1);
}

#[test]
fn every_change_empties_and_counts_up() {
    for word in [PackedState::INITIAL.with_failures(3), half_open(2, 1, 1)] {
        for next in [word.next(BaseState::Open), word.next_override(Override::Open)] {
            assert_eq!(next.generation(), word.generation() + 1);
            assert_eq!((next.failures(), next.in_flight(), next.completed()), (0, 0, 0));
        }
    }
}

#[test]
fn closed_and_forced_closed_admit_all_and_nothing_else_does() {
    for state in [BaseState::Closed, BaseState::Open, BaseState::HalfOpen] {
        let word = PackedState::INITIAL.next(state);
        assert_eq!(word.admits_all(), state == BaseState::Closed);
        assert_eq!(word.is_plainly_closed(), state == BaseState::Closed);
        assert_eq!(word.is_plainly_open(), state == BaseState::Open);
        assert!(!word.next_override(Override::Closed).is_plainly_closed());
        assert!(!word.next_override(Override::Open).is_plainly_open());
        assert!(word.next_override(Override::Closed).admits_all());
        assert!(!word.next_override(Override::Open).admits_all());
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
    let good = TrialEnd::Succeeded { slow: false };
    assert_eq!(
        after_trial(half_open(2, 0, 0), good, false, &two),
        AfterTrial::Stay(half_open(1, 1, 0))
    );
    assert_eq!(
        after_trial(half_open(1, 1, 0), good, false, &two),
        AfterTrial::Close
    );
    assert_eq!(
        after_trial(half_open(1, 1, 0), TrialEnd::Failed, false, &two),
        AfterTrial::Reopen(Reason::TrialFailed)
    );
    assert_eq!(
        after_trial(half_open(2, 0, 0), TrialEnd::Neutral, false, &two),
        AfterTrial::Stay(half_open(1, 0, 0))
    );
    assert_eq!(
        after_trial(half_open(2, 0, 0), good, true, &two),
        AfterTrial::Stay(half_open(2, 1, 0)),
        "an extra one"
    );
    assert_eq!(
        after_trial(half_open(2, 0, 0), TrialEnd::Neutral, true, &two),
        AfterTrial::Stay(half_open(2, 0, 0)),
        "an extra one frees no slot"
    );
}

#[test]
fn slow_trials_reopen_at_their_share_once_all_have_completed() {
    let settings = Settings::DEFAULT
        .with_trial_calls(2)
        .with_window(Window::calls(10))
        .with_slow_call(SECOND)
        .with_slow_threshold(Rate::new(0.5));
    let slow = TrialEnd::Succeeded { slow: true };
    assert_eq!(
        after_trial(half_open(1, 0, 0), slow, false, &settings),
        AfterTrial::Stay(half_open(0, 1, 1))
    );
    let reopened = AfterTrial::Reopen(Reason::TrialsSlow { slow: 1, calls: 2 });
    assert_eq!(
        after_trial(
            half_open(1, 1, 1),
            TrialEnd::Succeeded { slow: false },
            false,
            &settings
        ),
        reopened
    );
}

#[test]
fn a_threshold_is_reached_not_exceeded() {
    let limits = Limits::of(&Settings::DEFAULT.with_threshold(Threshold::failures(3)));
    let failures = |failures| {
        verdict(
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
    let share = |failures, calls| {
        verdict(
            limits,
            Tally {
                calls,
                failures,
                slow: 0,
            },
        )
    };
    assert_eq!(share(6, 100), None);
    assert_eq!(
        share(7, 100),
        Some(Reason::FailureRate {
            failures: 7,
            calls: 100
        })
    );
    assert_eq!(share(99, 99), None, "never on fewer than the minimum of calls");
}

#[test]
fn each_reopening_doubles_the_cooldown_up_to_the_longest() {
    let growing = Settings::DEFAULT
        .with_cooldown(SECOND)
        .with_max_cooldown(SECOND * 5);
    let lengths: Vec<_> = (0..5).map(|n| cooldown(&growing, n, 0, 0).as_secs()).collect();
    assert_eq!(lengths, [1, 2, 4, 5, 5]);
    assert_eq!(cooldown(&growing, u32::MAX, 0, 0), SECOND * 5);
    assert_eq!(
        cooldown(&Settings::DEFAULT.with_cooldown(SECOND), 9, 0, 0),
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
        .map(|generation| cooldown(&settings, 0, 42, generation))
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
    assert_eq!(lengths[7], cooldown(&settings, 0, 42, 7));
    assert_ne!(lengths[7], cooldown(&settings, 0, 43, 7));
}

#[test]
fn the_failure_at_the_limit_is_left_to_the_lock() {
    let machine = AtomicState::new();
    assert_eq!(machine.add_failure(0, 3), Added::Counted);
    assert_eq!(machine.add_failure(0, 3), Added::Counted);
    assert_eq!(machine.add_failure(0, 3), Added::AtLimit);
    assert_eq!(machine.load().failures(), 2);
    assert_eq!(machine.add_failure(1, 3), Added::Late);
    machine.forget_failures(machine.load());
    assert_eq!(machine.load(), PackedState::INITIAL);
}

#[test]
fn a_success_forgets_no_failure_of_a_later_generation() {
    let machine = AtomicState::new();
    assert_eq!(machine.add_failure(0, 3), Added::Counted);
    let word_of_then = machine.load();
    let later = word_of_then.next(BaseState::Closed).with_failures(1);
    assert!(machine.replace(word_of_then, later));
    machine.forget_failures(word_of_then);
    assert_eq!(machine.load(), later);
}

/// The first two numbers of `SplitMix64` from seed 0, as published with it.
#[test]
fn mixing_is_that_of_splitmix64() {
    assert_eq!(mix(0x9E37_79B9_7F4A_7C15), 0xE220_A839_7B1D_CDAF);
    assert_eq!(mix(0x3C6E_F372_FE94_F82A), 0x6E78_9E6A_A1B9_65F4);
}
