//! R20: a call inside a trial call is a part of it.

use std::{
    future::poll_fn,
    pin::{Pin, pin},
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

/// How a call is made.
#[derive(Clone, Copy, Debug)]
enum Way {
    Future,
    Blocking,
    Permit,
}

type Answer = Result<(), CallError<&'static str>>;

/// Calls the breaker inside itself, once for each way.
///
/// Each call makes two inner calls. The innermost calls fail if `leaves` is an error; the calls
/// around them forgive that.
fn recurse<'a>(
    breaker: &'a CircuitBreaker,
    ways: &'a [Way],
    leaves: Result<(), &'static str>,
) -> Pin<Box<dyn Future<Output = Answer> + 'a>> {
    Box::pin(async move {
        let Some((way, inner)) = ways.split_first() else {
            return breaker.call(async { leaves }).await;
        };
        match way {
            Way::Future => {
                let both = async {
                    let (left, right) =
                        tokio::join!(recurse(breaker, inner, leaves), recurse(breaker, inner, leaves));
                    admitted(left).and(admitted(right))
                };
                breaker.call(both).await
            }
            Way::Blocking => breaker.call_blocking(|| {
                let left = now(recurse(breaker, inner, leaves));
                admitted(left).and(admitted(now(recurse(breaker, inner, leaves))))
            }),
            // A permit has no body, so nothing is inside it.
            Way::Permit => {
                breaker.try_acquire()?.success();
                recurse(breaker, inner, leaves).await
            }
        }
    })
}

fn admitted(answer: Answer) -> Result<(), &'static str> {
    match answer {
        Err(CallError::Rejected(_)) => Err("an inner call was rejected"),
        _ => Ok(()),
    }
}

/// Returns the answer of a call that does not wait.
fn now<T>(call: impl Future<Output = T>) -> T {
    match pin!(call).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => unreachable!("it does not wait"),
    }
}

/// How many calls [`recurse`] makes: those around, and the innermost.
fn calls(ways: &[Way]) -> (u64, u64) {
    match ways.split_first() {
        None => (0, 1),
        Some((Way::Permit, inner)) => (calls(inner).0 + 1, calls(inner).1),
        Some((_, inner)) => (calls(inner).0 * 2 + 1, calls(inner).1 * 2),
    }
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
    fn r20_whatever_the_depth_trial_calls_outer_calls_close(
        ways in prop::collection::vec(prop_oneof![Just(Way::Future), Just(Way::Blocking), Just(Way::Permit)], 0..5),
        trial_calls in 1_u32..6,
        innermost_fail in any::<bool>(),
    ) {
        // The first level is the trial call. Without a body it would have nothing inside.
        let ways = [&[Way::Future], &ways[..]].concat();
        let leaves = if innermost_fail { Err("down") } else { Ok(()) };
        let bench = bench(|b| b.trial_calls(trial_calls));
        bench.trip_and_cool_down();
        let before = bench.breaker.snapshot().totals;
        for done in 0..trial_calls {
            prop_assert_eq!(bench.breaker.state(), State::HalfOpen);
            prop_assert_eq!(bench.breaker.snapshot().trials.completed, done);
            prop_assert_eq!(now(recurse(&bench.breaker, &ways, leaves)), Ok(()));
        }
        prop_assert_eq!(bench.breaker.state(), State::Closed);
        // Every call is in the totals once, wherever it stands (R3).
        let (around, innermost) = calls(&ways);
        let failures = if innermost_fail { innermost } else { 0 };
        let totals = bench.breaker.snapshot().totals;
        let more = |now: u64, then: u64| (now - then) / u64::from(trial_calls);
        prop_assert_eq!(more(totals.successes, before.successes), around + innermost - failures);
        prop_assert_eq!(more(totals.failures, before.failures), failures);
        prop_assert_eq!((totals.rejected, totals.cancelled, totals.late), (before.rejected, 0, 0));
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
async fn r20_a_permit_inside_of_a_trial_call_is_not_a_trial_and_is_harmless_elsewhere() {
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
fn r20_a_trial_call_that_moves_to_another_thread_takes_its_inside_along() {
    let bench = bench(|b| b);
    bench.trip_and_cool_down();
    let mut polls = 0;
    let mut trial = Box::pin(bench.breaker.call(poll_fn(|_| {
        polls += 1;
        assert!(!bench.is_rejected(), "inside, in poll {polls}");
        if polls < 2 {
            Poll::Pending
        } else {
            Poll::Ready(Ok::<_, ()>(()))
        }
    })));
    let mut poll = || trial.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    assert!(poll().is_pending());
    let answer = thread::scope(|scope| {
        let there = scope.spawn(|| {
            let answer = poll();
            (answer, bench.breaker.state())
        });
        there.join().expect("no panic")
    });
    assert_eq!(answer, (Poll::Ready(Ok(())), State::Closed));
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
