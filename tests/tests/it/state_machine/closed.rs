//! Closed: what counts, and what trips.

use std::{
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    task::{Context, Waker},
    time::Duration,
};

use fusebox::{CallError, Outcome, State, Threshold, Window};

use fusebox_tests::stage::{SECOND, bench};

#[test]
fn r2_the_threshold_is_reached_not_exceeded() {
    let bench = bench(|b| b);
    bench.fail(2);
    assert_eq!(bench.breaker.state(), State::Closed);
    bench.fail(1);
    assert_eq!(bench.breaker.state(), State::Open);
}

#[test]
fn r2_a_window_of_t_is_open_at_its_old_end() {
    for (gap_millis, state) in [(999, State::Open), (1000, State::Closed)] {
        let bench = bench(|b| b.threshold(Threshold::failures(2)).window(Window::time(SECOND)));
        bench.fail(1);
        bench.clock.advance(SECOND / 1000 * gap_millis);
        bench.fail(1);
        assert_eq!(bench.breaker.state(), state, "{gap_millis} ms apart");
    }
}

#[test]
fn r2_a_call_is_slow_at_slow_call_not_after_it() {
    let bench = bench(|b| b.threshold(Threshold::failures(1)).slow_call(SECOND));
    let (fast, slow) = (bench.permit(), bench.permit());
    bench.clock.advance(Duration::from_nanos(999_999_999));
    assert_eq!(fast.record(Outcome::Success), Outcome::Success);
    bench.clock.advance(Duration::from_nanos(1));
    assert_eq!(slow.record(Outcome::Success), Outcome::Failure);
    assert_eq!(bench.breaker.state(), State::Open);
}

#[test]
fn r3_ignored_changes_no_window_and_no_count() {
    let bench = bench(|b| b);
    bench.fail(2);
    bench.permit().ignore();
    let snapshot = bench.breaker.snapshot();
    assert_eq!(
        snapshot.window.failures, 2,
        "an ignored call does not end the row"
    );
    assert_eq!((snapshot.totals.ignored, snapshot.totals.calls()), (1, 3));
    bench.fail(1);
    assert_eq!(bench.breaker.state(), State::Open);
}

#[test]
fn r3_window_counts_are_none_where_successes_leave_no_trace() {
    let consecutive = bench(|b| b).breaker.snapshot().window;
    assert_eq!(
        (consecutive.calls, consecutive.slow, consecutive.failure_rate),
        (None, None, None)
    );
    let counted = bench(|b| b.window(Window::calls(5)));
    counted.succeed(1);
    assert_eq!(counted.breaker.snapshot().window.calls, Some(1));
}

#[test]
fn r4_a_success_is_judged_too_when_it_completes_the_minimum() {
    let bench = bench(|b| {
        b.threshold(Threshold::rate(0.5))
            .window(Window::calls(20))
            .minimum_calls(4)
    });
    bench.fail(3);
    assert_eq!(
        bench.breaker.snapshot().window.failure_rate,
        None,
        "not enough calls for a rate"
    );
    bench.succeed(1);
    assert_eq!(bench.breaker.state(), State::Open, "3 of 4");
}

#[test]
fn r4_every_state_change_starts_a_fresh_window() {
    let bench = bench(|b| b.window(Window::calls(10)));
    bench.fail(2);
    bench.breaker.reset();
    bench.fail(2);
    assert_eq!(bench.breaker.state(), State::Closed);
    bench.fail(1);
    assert_eq!(bench.breaker.state(), State::Open);
}

#[test]
fn r4_a_rate_trips_at_the_threshold_and_not_just_below() {
    for (failures, state) in [(49, State::Closed), (50, State::Open), (51, State::Open)] {
        let bench = bench(|b| {
            b.threshold(Threshold::rate(0.5))
                .window(Window::calls(100))
                .minimum_calls(100)
        });
        bench.succeed(100 - failures);
        for _ in 0..failures {
            if let Ok(permit) = bench.breaker.try_acquire() {
                permit.failure();
            }
        }
        assert_eq!(bench.breaker.state(), state, "{failures} of 100");
    }
}

#[test]
fn r4_a_rate_over_time_forgets_calls_older_than_its_window() {
    let bench = bench(|b| {
        b.threshold(Threshold::rate(0.5))
            .window(Window::time(SECOND * 10))
            .minimum_calls(2)
    });
    bench.fail(1);
    bench.clock.advance(SECOND * 10);
    bench.succeed(3);
    bench.fail(1);
    assert_eq!(bench.breaker.snapshot().window.calls, Some(4));
    assert_eq!(bench.breaker.state(), State::Closed);
    bench.fail(2);
    assert_eq!(bench.breaker.state(), State::Open, "3 of 6");
}

#[tokio::test]
async fn r5_the_call_that_trips_gets_its_own_error() {
    let bench = bench(|b| b.threshold(Threshold::failures(1)));
    let call = || bench.breaker.call(async { Err::<(), _>("down") });
    assert_eq!(call().await, Err(CallError::Inner("down")));
    assert!(matches!(call().await, Err(CallError::Rejected(_))));
}

#[test]
fn r11_a_dropped_call_is_neutral() {
    let bench = bench(|b| b);
    bench.fail(2);
    drop(bench.permit());
    let snapshot = bench.breaker.snapshot();
    assert_eq!((snapshot.totals.cancelled, snapshot.window.failures), (1, 2));
    assert_eq!(snapshot.state, State::Closed);
}

#[test]
fn r11_a_call_dropped_after_slow_call_counts_as_slow() {
    let bench = bench(|b| b.slow_call(SECOND));
    for _ in 0..3 {
        let hung = bench.permit();
        bench.clock.advance(SECOND);
        drop(hung);
    }
    assert_eq!(
        bench.breaker.state(),
        State::Open,
        "a hang behind the caller's own timeout trips"
    );
    let totals = bench.breaker.snapshot().totals;
    assert_eq!((totals.failures, totals.slow, totals.cancelled), (3, 3, 0));
}

#[test]
fn r11_with_a_slow_threshold_a_late_drop_is_slow_and_no_failure() {
    let bench = bench(|b| {
        b.window(Window::calls(10))
            .slow_call(SECOND)
            .slow_threshold(0.5)
            .minimum_calls(2)
    });
    for _ in 0..2 {
        let hung = bench.permit();
        bench.clock.advance(SECOND);
        drop(hung);
    }
    assert_eq!(bench.breaker.state(), State::Open, "2 of 2 slow");
    let totals = bench.breaker.snapshot().totals;
    assert_eq!((totals.failures, totals.slow), (0, 2));
}

#[tokio::test]
async fn r12_a_panic_is_a_failure_and_goes_on() {
    let bench = bench(|b| b.threshold(Threshold::failures(1)));
    let breaker = bench.breaker.clone();
    let task = tokio::spawn(async move { breaker.call(async { panic!("boom") as Result<(), ()> }).await });
    assert!(task.await.expect_err("the panic goes on").is_panic());
    assert_eq!(bench.breaker.state(), State::Open);
    assert_eq!(bench.breaker.snapshot().totals.panicked, 1);
}

#[test]
fn r12_a_panic_counts_at_once_even_if_the_caller_keeps_the_future() {
    let bench = bench(|b| b.threshold(Threshold::failures(1)));
    let mut kept = Box::pin(bench.breaker.call(async { panic!("boom") as Result<(), ()> }));
    let mut poll = || {
        let context = &mut Context::from_waker(Waker::noop());
        catch_unwind(AssertUnwindSafe(|| kept.as_mut().poll(context).is_ready()))
    };
    assert!(poll().is_err(), "the panic goes on");
    assert_eq!(bench.breaker.state(), State::Open);
    assert!(poll().is_err(), "the call has ended");
    drop(kept);
    let totals = bench.breaker.snapshot().totals;
    assert_eq!((totals.panicked, totals.calls(), totals.rejected), (1, 1, 0));
}

#[test]
fn a_rejected_call_that_is_polled_again_is_not_admitted() {
    let bench = bench(|b| b);
    bench.breaker.trip();
    let mut rejected = pin!(bench.breaker.call(async { Ok::<_, ()>(()) }));
    let context = &mut Context::from_waker(Waker::noop());
    assert!(rejected.as_mut().poll(context).is_ready());
    bench.breaker.reset();
    let again = catch_unwind(AssertUnwindSafe(|| rejected.as_mut().poll(context).is_ready()));
    assert!(again.is_err(), "a future is not polled after it has ended");
    let totals = bench.breaker.snapshot().totals;
    assert_eq!((totals.calls(), totals.rejected), (0, 1));
}

#[tokio::test]
async fn r12_a_call_dropped_while_another_panic_unwinds_is_cancelled() {
    let bench = bench(|b| b.threshold(Threshold::failures(1)));
    let breaker = bench.breaker.clone();
    let task = tokio::spawn(async move {
        let mut innocent = Box::pin(breaker.call(std::future::pending::<Result<(), ()>>()));
        std::future::poll_fn(|context| {
            assert!(innocent.as_mut().poll(context).is_pending());
            std::task::Poll::Ready(())
        })
        .await;
        panic!("somebody else's");
    });
    assert!(task.await.is_err());
    let totals = bench.breaker.snapshot().totals;
    assert_eq!((totals.cancelled, totals.failures), (1, 0));
    assert_eq!(bench.breaker.state(), State::Closed);
}

#[tokio::test]
async fn r12_a_classifier_that_panics_makes_its_call_a_failure() {
    let bench = bench(|b| b.threshold(Threshold::failures(1)));
    let breaker = bench.breaker.clone();
    let task = tokio::spawn(async move {
        breaker
            .call_classified(async { 1 }, |_| -> fusebox::Outcome { panic!("the predicate") })
            .await
    });
    assert!(task.await.is_err());
    assert_eq!(bench.breaker.state(), State::Open);
}

#[test]
fn r13_admission_happens_at_the_first_poll() {
    let bench = bench(|b| b.threshold(Threshold::failures(1)));
    let unpolled = bench.breaker.call(async { Ok::<_, ()>(()) });
    drop(unpolled);
    assert_eq!(bench.breaker.snapshot().totals, fusebox::Totals::default());

    let mut made_before = pin!(bench.breaker.call(async { Ok::<_, ()>(()) }));
    bench.fail(1);
    let mut context = Context::from_waker(Waker::noop());
    let polled = made_before.as_mut().poll(&mut context);
    assert!(
        matches!(polled, std::task::Poll::Ready(Err(CallError::Rejected(_)))),
        "closed when made, open when polled"
    );
}

#[tokio::test]
async fn a_call_inside_a_call_on_the_same_breaker_is_two_calls() {
    let bench = bench(|b| b);
    let inner = || bench.breaker.call(async { Ok::<_, ()>(1) });
    let outer = bench.breaker.call(async { inner().await.map_err(|_| ()) }).await;
    assert_eq!(outer, Ok(1));
    assert_eq!(bench.breaker.snapshot().totals.successes, 2);
}

#[tokio::test(start_paused = true)]
async fn a_timeout_drops_the_call_and_counts_as_a_failure() {
    let breaker = fusebox::Registry::new()
        .breaker("timeout")
        .threshold(Threshold::failures(1))
        .build()
        .expect("legal")
        .with_timeout(SECOND);
    let answer = breaker.call(std::future::pending::<Result<(), ()>>()).await;
    let Err(CallError::TimedOut(timed_out)) = answer else {
        panic!("{answer:?}")
    };
    assert_eq!((timed_out.name(), timed_out.after()), ("timeout".into(), SECOND));
    assert_eq!(breaker.state(), State::Open);
    assert_eq!(breaker.snapshot().totals.timed_out, 1);
}
