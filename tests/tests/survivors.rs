//! What only a deliberately broken breaker has shown to be untested: each of these fails when one line of the runtime is changed.

use std::collections::{BTreeSet, VecDeque};
use std::future::pending;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use fusebox::{CallError, ConfigError, Rate, State, Threshold, Window};
use fusebox_tests::by_hand::{Bell, hang, now, poll, poll_for};
use fusebox_tests::stage::{breaker, fail, millis, secs, succeed};

#[tokio::test(start_paused = true)]
async fn a_timeout_is_slow_whatever_the_clock_says() {
    let (breaker, _clock_that_stands_still) = breaker(|b| b.slow_call(millis(500)).timeout(secs(1)));
    let result = breaker.call(pending::<Result<(), ()>>()).await;
    assert!(matches!(result, Err(CallError::TimedOut(_))));
    let totals = breaker.snapshot().totals;
    assert_eq!((totals.timed_out, totals.slow, totals.failures), (1, 1, 1));
}

#[test]
fn a_breaker_prints_its_name_state_and_generation() {
    let (breaker, clock) = breaker(|b| b.threshold(Threshold::failures(1)).cooldown(secs(10)));
    breaker.trip();
    clock.advance(Duration::from_secs(10));
    let printed = format!("{breaker:?}");
    assert!(printed.contains("subject"), "{printed}");
    assert!(printed.contains(&format!("{:?}", State::HalfOpen)), "{printed}");
    assert!(printed.contains("generation: 1"), "{printed}");
}

#[test]
fn a_permit_prints_its_breaker_its_generation_and_whether_it_is_a_trial() {
    let (breaker, clock) = breaker(|b| b.cooldown(secs(10)));
    breaker.trip();
    clock.advance(secs(10));
    let permit = breaker.try_acquire().expect("the trial");
    let printed = format!("{permit:?}");
    assert_eq!(
        printed,
        "Permit { name: \"subject\", generation: 2, is_trial: true }"
    );
}

#[test]
fn the_call_of_a_permit_taken_by_hand_has_lasted_since_its_admission() {
    let (breaker, clock) = breaker(|b| b.slow_call(secs(1)));
    let permit = breaker.try_acquire().expect("closed");
    clock.advance(secs(1));
    assert_eq!(now(permit.run(async { Ok::<_, ()>(()) })), Ok(()));
    assert_eq!(breaker.snapshot().totals.slow, 1);
}

#[test]
fn the_first_call_of_all_is_cancelled_also_under_a_permit_that_was_waited_for() {
    let (breaker, _clock) = breaker(|b| b);
    let permit = now(breaker.ready());
    let mut call = Box::pin(permit.run(hang::<Result<(), ()>>()));
    assert!(poll(&mut call).is_pending());
    drop(call);
    assert_eq!(breaker.snapshot().totals.cancelled, 1);
}

#[test]
fn a_success_that_frees_no_slot_wakes_nobody() {
    let (breaker, clock) = breaker(|b| b.cooldown(secs(10)).trial_calls(2));
    breaker.trip();
    clock.advance(secs(10));
    let [one, other] = [(); 2].map(|()| breaker.try_acquire().expect("a slot"));
    let bell = Arc::new(Bell::default());
    let mut waiting = pin!(breaker.ready());
    assert!(poll_for(&bell, waiting.as_mut()).is_pending());
    one.success();
    assert_eq!(bell.rung(), 0, "one of two has succeeded");
    drop(other);
    assert_eq!(bell.rung(), 1, "the other gave its slot back");
}

#[test]
fn a_slow_listener_keeps_no_waiter_waiting() {
    let (breaker, _clock) = breaker(|b| b);
    breaker.trip();
    let bell = Arc::new(Bell::default());
    let rung_before = Arc::new(AtomicUsize::new(0));
    let (heard, seen) = (Arc::clone(&bell), Arc::clone(&rung_before));
    let _listening = breaker.on_event(move |_| seen.store(heard.rung(), Ordering::SeqCst));
    let mut waiting = pin!(breaker.closed());
    assert!(poll_for(&bell, waiting.as_mut()).is_pending());
    breaker.reset();
    assert_eq!(rung_before.load(Ordering::SeqCst), 1, "the waiter is woken first");
}

#[test]
fn a_slot_freed_beside_completed_trials_wakes_a_waiter() {
    for each in [1, 3] {
        let (breaker, clock) = breaker(|b| b.cooldown(secs(10)).trial_calls(2 * each));
        breaker.trip();
        clock.advance(secs(10));
        (0..each).for_each(|_| succeed(&breaker));
        let mut trials: Vec<_> = (0..each)
            .map(|_| breaker.try_acquire().expect("a slot"))
            .collect();

        let bell = Arc::new(Bell::default());
        let mut waiting = pin!(breaker.ready());
        assert!(poll_for(&bell, waiting.as_mut()).is_pending());
        drop(trials.pop());
        assert_eq!(bell.rung(), 1, "{each} completed, {each} in flight");
        assert!(poll_for(&bell, waiting.as_mut()).is_ready());
    }
}

#[test]
fn a_success_is_judged_as_long_as_the_failure_is_in_the_window() {
    for (seconds, state) in [(9, State::Open), (10, State::Closed)] {
        let (breaker, clock) = breaker(|b| {
            b.threshold(Threshold::rate(0.5))
                .window(Window::time(secs(10)))
                .minimum_calls(2)
        });
        fail(&breaker);
        clock.advance(secs(seconds));
        succeed(&breaker);
        assert_eq!(breaker.state(), state, "a success {seconds} s after the failure");
    }
}

#[test]
fn more_threads_than_lanes_count_in_one_window() {
    const THREADS: u32 = 40;
    let window = Window::time(secs(10));
    let (breaker, _clock) = breaker(|b| {
        b.threshold(Threshold::rate(1.0))
            .window(window)
            .minimum_calls(THREADS)
    });
    let barrier = Barrier::new(THREADS as usize);
    thread::scope(|scope| {
        for number in 0..THREADS {
            let (breaker, barrier) = (&breaker, &barrier);
            scope.spawn(move || {
                if number % 2 == 0 {
                    succeed(breaker);
                } else {
                    fail(breaker);
                }
                // No thread ends and gives its lane back before all have counted.
                barrier.wait();
            });
        }
    });
    let window = breaker.snapshot().window;
    assert_eq!((window.calls, window.failures), (Some(40), 20));
}

#[test]
fn a_window_of_failure_times_never_holds_more_than_it_was_built_for() {
    let (breaker, _clock) = breaker(|b| b.threshold(Threshold::failures(3)).window(Window::time(secs(10))));
    let settings = breaker.settings();
    let refused = breaker.reconfigure(settings.with_threshold(Threshold::failures(4)));
    assert!(
        matches!(refused, Err(ConfigError::WindowFixed { .. })),
        "{refused:?}"
    );
    assert_eq!(breaker.settings(), settings, "nothing has changed");
    let slow_too = settings
        .with_slow_call(secs(1))
        .with_slow_threshold(Rate::new(0.5));
    assert!(
        breaker.reconfigure(slow_too).is_err(),
        "slices are there from the start or never"
    );
    for threshold in [2, 3] {
        breaker
            .reconfigure(settings.with_threshold(Threshold::failures(threshold)))
            .expect("it holds that many");
    }
}

#[test]
fn a_window_full_of_successes_is_empty_after_a_reset() {
    let (breaker, _clock) = breaker(|b| b.threshold(Threshold::failures(3)).window(Window::calls(3)));
    for generation in 0..3 {
        assert_eq!(breaker.generation(), generation);
        for calls in 1..=5 {
            succeed(&breaker);
            assert_eq!(
                breaker.snapshot().window.calls,
                Some(calls.min(3)),
                "generation {generation}"
            );
        }
        breaker.reset();
    }
}

#[test]
fn the_whole_jitter_is_reached() {
    let ten = Duration::from_nanos(10);
    let (breaker, _clock) = breaker(|b| b.cooldown(ten).jitter(0.1));
    let waits: BTreeSet<_> = (0..64)
        .map(|_| {
            breaker.trip();
            breaker.snapshot().retry_after.expect("open")
        })
        .collect();
    assert_eq!(waits, BTreeSet::from([ten, Duration::from_nanos(11)]));
}

#[test]
fn a_run_of_successes_takes_the_place_of_the_oldest_calls_however_long_it_is() {
    const SIZE: usize = 200;
    let (breaker, _clock) = breaker(|b| b.threshold(Threshold::failures(200)).window(Window::calls(200)));
    let mut last = VecDeque::from([false; SIZE]);
    (0..SIZE).for_each(|_| succeed(&breaker));
    for length in 1..SIZE {
        for _ in 0..length {
            succeed(&breaker);
            last.push_back(false);
        }
        for _ in 0..length % 90 {
            fail(&breaker);
            last.push_back(true);
        }
        // What waits is entered by who reads.
        let successes = length % 70;
        (0..successes).for_each(|_| succeed(&breaker));
        last.extend([false].repeat(successes));
        last.drain(..last.len() - SIZE);
        let failures = last.iter().filter(|failed| **failed).count() as u64;
        assert_eq!(breaker.snapshot().window.failures, failures, "{length}");
    }
}
