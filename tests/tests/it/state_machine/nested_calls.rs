//! R20: a call inside of a trial call is a part of it.

use std::{
    future::poll_fn,
    pin::pin,
    sync::atomic::{AtomicBool, Ordering},
    task::{Context, Poll, Waker},
    thread,
};

use fusebox::{
    CallError, CircuitBreaker, Registry, State, circuit_breaker, testing::Isolated, testing::ManualClock,
};
use fusebox_tests::{
    error::Error,
    stage::{COOLDOWN, bench},
};
use proptest::prelude::*;

/// Calls the breaker inside of itself, `depth` times, two inner calls each.
fn recurse(breaker: &CircuitBreaker, depth: u32) -> std::pin::Pin<Box<dyn Future<Output = bool> + '_>> {
    Box::pin(async move {
        let call = breaker.call(async {
            if depth > 0 {
                let (left, right) = tokio::join!(recurse(breaker, depth - 1), recurse(breaker, depth - 1));
                return if left && right {
                    Ok(())
                } else {
                    Err("an inner call was rejected")
                };
            }
            Ok(())
        });
        call.await.is_ok()
    })
}

#[tokio::test]
async fn r20_a_recursive_function_recovers_in_one_call() {
    static DOWN: AtomicBool = AtomicBool::new(true);

    #[circuit_breaker(name = "pages", threshold = 3, cooldown = "10s")]
    async fn page(number: u32) -> Result<u32, Error> {
        match number {
            _ if DOWN.load(Ordering::SeqCst) => Err(Error::Down),
            0 => Ok(0),
            number => Box::pin(page(number - 1)).await,
        }
    }

    let clock = ManualClock::new();
    let isolated = Isolated::with_clock(clock.clone());
    isolated
        .run(async {
            for _ in 0..3 {
                page(2).await.expect_err("the service is down");
            }
            DOWN.store(false, Ordering::SeqCst);
            clock.advance(COOLDOWN);
            assert_eq!(page(2).await, Ok(0));
            let pages = Registry::current().get("pages").expect("it was called");
            assert_eq!(pages.state(), State::Closed);
            assert_eq!(
                pages.snapshot().totals.successes,
                3,
                "every call is in the totals"
            );
        })
        .await;
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn r20_whatever_the_depth_trial_calls_outer_calls_close(depth in 0_u32..5, trial_calls in 1_u32..6) {
        let bench = bench(|b| b.trial_calls(trial_calls));
        bench.trip_and_cool_down();
        for done in 0..trial_calls {
            prop_assert_eq!(bench.breaker.state(), State::HalfOpen);
            prop_assert_eq!(bench.breaker.snapshot().trials.completed, done);
            let mut call = pin!(recurse(&bench.breaker, depth));
            let answer = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            prop_assert_eq!(answer, Poll::Ready(true));
        }
        prop_assert_eq!(bench.breaker.state(), State::Closed);
    }
}

#[tokio::test]
async fn r20_the_outer_call_decides_also_if_an_inner_one_fails() {
    let bench = bench(|b| b);
    bench.trip_and_cool_down();
    let outer = bench.breaker.call(async {
        let inner = bench.breaker.call(async { Err::<(), _>("down") }).await;
        assert_eq!(inner, Err(CallError::Inner("down")));
        assert_eq!(bench.breaker.state(), State::HalfOpen, "it reopens nothing");
        Ok::<_, &str>("from a second source")
    });
    assert_eq!(outer.await, Ok("from a second source"));
    assert_eq!(bench.breaker.state(), State::Closed);
    let totals = bench.breaker.snapshot().totals;
    assert_eq!((totals.successes, totals.failures, totals.late), (1, 1, 0));
}

#[tokio::test]
async fn r20_a_permit_inside_of_a_trial_call_is_no_trial_and_is_harmless_elsewhere() {
    let bench = bench(|b| b);
    bench.trip_and_cool_down();
    let mut taken = None;
    let outer = bench.breaker.call(async {
        let permit = bench.breaker.try_acquire_owned().map_err(|_| "rejected")?;
        assert!(!permit.is_trial());
        taken = Some(permit);
        Ok::<_, &str>(())
    });
    outer.await.expect("the trial call");
    assert_eq!(bench.breaker.state(), State::Closed);
    let permit = taken.expect("it was admitted");
    thread::spawn(move || permit.failure()).join().expect("no panic");
    assert_eq!(bench.breaker.state(), State::Closed);
    assert_eq!(bench.breaker.snapshot().totals.late, 1);
    assert_eq!(bench.breaker.snapshot().window.failures, 0);
}

#[test]
fn r20_only_what_starts_during_a_poll_of_the_trial_call_is_inside() {
    let bench = bench(|b| b);
    bench.trip_and_cool_down();
    let mut trial = Box::pin(bench.breaker.call(poll_fn(|_| Poll::<Result<(), ()>>::Pending)));
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..2 {
        assert!(trial.as_mut().poll(&mut context).is_pending());
        assert!(bench.is_rejected(), "between two polls");
    }
    drop(trial);
    assert!(!bench.is_rejected(), "the slot is free again");
}

#[test]
fn r20_another_thread_and_another_breaker_are_outside() {
    let (bench, other) = (bench(|b| b), self::bench(|b| b));
    bench.trip_and_cool_down();
    other.trip_and_cool_down();
    let answer = bench.breaker.call_blocking(|| {
        let there = thread::scope(|scope| scope.spawn(|| bench.is_rejected()).join());
        assert!(there.expect("no panic"), "another thread");
        let trial = other.breaker.try_acquire().expect("its own trial call");
        assert!(trial.is_trial());
        assert!(bench.breaker.try_acquire().is_ok(), "this thread");
        trial.success();
        Ok::<_, ()>(())
    });
    assert_eq!(answer, Ok(()));
    assert_eq!(
        (bench.breaker.state(), other.breaker.state()),
        (State::Closed, State::Closed)
    );
}

#[tokio::test]
async fn r20_while_closed_nested_calls_count_separately() {
    let bench = bench(|b| b);
    let failing = || bench.breaker.call(async { Err::<(), _>("down") });
    let outer = bench.breaker.call(async {
        let _ = (failing().await, failing().await);
        Err::<(), _>("down")
    });
    outer.await.expect_err("the third failure");
    assert_eq!(bench.breaker.state(), State::Open);
}
