//! Which waiter is woken by what, with wakers that count.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use fusebox_tests::by_hand::{Bell, poll_for};
use fusebox_tests::stage::{breaker, secs, succeed};

#[test]
fn a_success_that_frees_no_slot_wakes_no_waiter() {
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
fn a_slow_subscriber_does_not_delay_a_waiter() {
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
