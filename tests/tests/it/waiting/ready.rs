//! `ready()`: which waiter gets a permit, and when.

use std::{
    future::Future,
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

use fusebox::{CircuitBreaker, Outcome, Registry, State, testing::ManualClock};
use tokio::time::{Instant, advance, timeout};

use fusebox_tests::stage::COOLDOWN;

use super::{breaker, crowd::Crowd, settle};

fn poll<F: Future>(future: &mut Pin<&mut F>) -> Poll<F::Output> {
    future.as_mut().poll(&mut Context::from_waker(Waker::noop()))
}

/// Tasks that began to wait while the breaker was open, after its cooldown.
async fn crowd_after_a_cooldown(waiters: usize, breaker: &CircuitBreaker) -> Crowd {
    breaker.trip();
    let crowd = Crowd::of(waiters, breaker);
    settle().await;
    assert_eq!(crowd.admitted(), 0, "it is open");
    advance(COOLDOWN).await;
    settle().await;
    crowd
}

#[tokio::test(start_paused = true)]
async fn a_closed_breaker_is_ready_at_once() {
    let breaker = breaker(|b| b);
    let permit = poll(&mut pin!(breaker.ready()));
    assert!(matches!(permit, Poll::Ready(ref permit) if !permit.is_trial()));
}

#[tokio::test(start_paused = true)]
async fn an_open_breaker_is_ready_when_its_cooldown_is_over() {
    let breaker = breaker(|b| b);
    let started = Instant::now();
    breaker.trip();
    let permit = breaker.ready().await;
    assert_eq!(started.elapsed(), COOLDOWN);
    assert!(permit.is_trial());
    permit.success();
    assert_eq!(breaker.state(), State::Closed);
}

#[tokio::test(start_paused = true)]
async fn of_a_thousand_waiters_as_many_as_there_are_trial_calls_are_admitted() {
    let breaker = breaker(|b| b.trial_calls(3));
    let crowd = crowd_after_a_cooldown(1_000, &breaker).await;
    assert_eq!(crowd.admitted(), 3);
    let totals = breaker.snapshot().totals;
    assert_eq!(totals.rejected, 0, "waiting is no rejection");
}

#[tokio::test(start_paused = true)]
async fn a_freed_slot_admits_one_more_waiter_each_time() {
    let breaker = breaker(|b| b.trial_calls(2));
    let mut crowd = crowd_after_a_cooldown(50, &breaker).await;
    for freed in 0..10 {
        assert_eq!(crowd.admitted(), 2 + freed);
        let neutral = (freed % 2 == 0).then_some(Outcome::Ignored);
        crowd.end_one(neutral).await;
    }
}

#[tokio::test(start_paused = true)]
async fn when_it_closes_all_waiters_go_through() {
    let breaker = breaker(|b| b.trial_calls(2));
    let mut crowd = crowd_after_a_cooldown(50, &breaker).await;
    crowd.end_one(Some(Outcome::Success)).await;
    assert_eq!(crowd.admitted(), 2, "a success gives no slot back");
    crowd.end_one(Some(Outcome::Success)).await;
    assert_eq!(breaker.state(), State::Closed);
    assert_eq!(crowd.admitted(), 50);
}

#[tokio::test(start_paused = true)]
async fn when_a_trial_fails_the_others_wait_for_the_next_cooldown() {
    let breaker = breaker(|b| b);
    let mut crowd = crowd_after_a_cooldown(50, &breaker).await;
    crowd.end_one(Some(Outcome::Failure)).await;
    assert_eq!(crowd.admitted(), 1);
    advance(COOLDOWN).await;
    settle().await;
    assert_eq!(crowd.admitted(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_hung_trial_admits_one_more_waiter_after_a_cooldown() {
    let breaker = breaker(|b| b);
    breaker.trip();
    let crowd = Crowd::of(50, &breaker);
    settle().await;
    for admitted in 1..=3 {
        advance(COOLDOWN).await;
        settle().await;
        assert_eq!(crowd.admitted(), admitted);
    }
}

#[tokio::test(start_paused = true)]
async fn a_waiter_that_gives_up_takes_nothing_and_passes_its_turn_on() {
    let breaker = breaker(|b| b);
    breaker.trip();
    let gave_up = timeout(COOLDOWN / 2, breaker.ready()).await;
    assert!(gave_up.is_err());
    advance(COOLDOWN).await;
    let first = breaker.ready().await;
    let mut crowd = Crowd::of(1, &breaker);
    settle().await;
    {
        // It is first in the queue, is woken, and is dropped before it looks.
        let mut second = pin!(breaker.ready());
        let mut third = pin!(breaker.ready());
        assert!(poll(&mut second).is_pending() && poll(&mut third).is_pending());
        first.ignore();
    }
    settle().await;
    assert_eq!(crowd.admitted(), 1);
    crowd.end_one(Some(Outcome::Success)).await;
    assert_eq!(breaker.state(), State::Closed);
}

#[tokio::test(start_paused = true)]
async fn a_woken_waiter_that_is_dropped_wakes_the_next() {
    let breaker = breaker(|b| b);
    breaker.trip();
    advance(COOLDOWN).await;
    let trial = breaker.ready().await;
    let mut woken = Box::pin(breaker.ready());
    assert!(poll(&mut woken.as_mut()).is_pending());
    let crowd = Crowd::of(1, &breaker);
    settle().await;
    drop(trial);
    drop(woken);
    settle().await;
    assert_eq!(crowd.admitted(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_permit_that_is_dropped_unused_is_neutral_however_long_it_was_held() {
    let breaker = breaker(|b| b.slow_call(Duration::from_secs(1)));
    breaker.trip();
    let permit = breaker.ready().await;
    advance(Duration::from_secs(5)).await;
    drop(permit);
    assert_eq!(breaker.state(), State::HalfOpen);
    let totals = breaker.snapshot().totals;
    assert_eq!((totals.cancelled, totals.slow), (1, 0));
    assert!(breaker.try_acquire().is_ok(), "its slot is free");
}

#[tokio::test(start_paused = true)]
async fn the_clock_of_the_call_starts_when_the_permit_is_run() {
    let breaker = breaker(|b| b.slow_call(Duration::from_secs(1)));
    breaker.trip();
    let permit = breaker.ready().await;
    advance(Duration::from_secs(5)).await;
    let answer = permit.run(async { Ok::<_, ()>("quick") }).await;
    assert_eq!(answer, Ok("quick"));
    assert_eq!(breaker.state(), State::Closed, "holding the permit was not slow");

    let permit = breaker.ready().await;
    let slow = permit.run(async {
        advance(Duration::from_secs(1)).await;
        Ok::<_, ()>("slow")
    });
    assert_eq!(slow.await, Ok("slow"));
    assert_eq!(breaker.state(), State::Open, "running under it was");
}

#[tokio::test(start_paused = true)]
async fn overrides_wake_a_waiter_for_a_permit() {
    let breaker = breaker(|b| b);
    breaker.force_open();
    let crowd = Crowd::of(20, &breaker);
    settle().await;
    advance(COOLDOWN * 100).await;
    settle().await;
    assert_eq!(crowd.admitted(), 0, "no time ends a forced open");
    breaker.release_override();
    settle().await;
    assert_eq!(crowd.admitted(), 20);
    for wake in [CircuitBreaker::force_closed, CircuitBreaker::reset] {
        breaker.trip();
        let crowd = Crowd::of(20, &breaker);
        settle().await;
        assert_eq!(crowd.admitted(), 0);
        wake(&breaker);
        settle().await;
        assert_eq!(crowd.admitted(), 20);
        breaker.release_override();
    }
}

#[tokio::test(start_paused = true)]
async fn more_trial_calls_wake_a_waiter_for_a_slot() {
    let breaker = breaker(|b| b);
    let crowd = crowd_after_a_cooldown(20, &breaker).await;
    assert_eq!(crowd.admitted(), 1);
    breaker
        .reconfigure(breaker.settings().with_trial_calls(3))
        .expect("legal");
    settle().await;
    assert_eq!(
        crowd.admitted(),
        4,
        "the first one belongs to the generation before"
    );
}

#[tokio::test]
async fn a_clock_of_ones_own_is_waited_on() {
    let clock = ManualClock::new();
    let registry = Registry::builder().clock(clock.clone()).build();
    let breaker = registry
        .breaker("waiting")
        .cooldown(COOLDOWN)
        .build()
        .expect("legal");
    breaker.trip();
    let mut ready = pin!(breaker.ready());
    assert!(poll(&mut ready).is_pending());
    clock.advance(COOLDOWN.saturating_sub(Duration::from_nanos(1)));
    assert!(poll(&mut ready).is_pending());
    clock.advance(Duration::from_nanos(1));
    assert!(poll(&mut ready).is_ready());
}

#[test]
fn a_waiter_that_is_not_polled_does_not_keep_a_permit_from_the_next_one() {
    struct Flag(AtomicBool);
    impl Wake for Flag {
        fn wake(self: Arc<Self>) {
            self.0.store(true, Ordering::SeqCst);
        }
    }
    let (breaker, clock) = fusebox_tests::stage::breaker(|b| b);
    breaker.trip();
    clock.advance(breaker.settings().cooldown());
    let trial = breaker.try_acquire().expect("the slot");
    let (mut leaked, mut next) = (pin!(breaker.ready()), pin!(breaker.ready()));
    assert!(poll(&mut leaked).is_pending());
    let flag = Arc::new(Flag(AtomicBool::new(false)));
    let waker = Waker::from(Arc::clone(&flag));
    assert!(next.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    drop(trial);
    assert!(flag.0.load(Ordering::SeqCst), "it is notified too");
    assert!(poll(&mut next).is_ready());
}
