//! Models of the whole call.
//!
//! Acquire → suspended → record, polled by hand, while another thread acts.
//!
//! Not covered: executors and their wakers (the call is polled by the model itself), timeouts, and
//! futures moved between threads between two polls by an executor that loom does not see.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::{Context, Poll, Waker},
};

use loom::thread;

use crate::loom_tests::stage::{Stage, search};
use crate::{CallError, Settings, State, Threshold};

const ONE: Settings = Settings::DEFAULT.with_threshold(Threshold::failures(1));

/// A call that is suspended once, and other threads run in between.
async fn suspended_once(result: Result<(), ()>) -> Result<(), ()> {
    let mut polled = false;
    poll_fn(|_| {
        if polled {
            return Poll::Ready(());
        }
        polled = true;
        Poll::Pending
    })
    .await;
    result
}

/// Polls to the end; loom may switch threads between two polls.
fn run<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return output;
        }
        thread::yield_now();
    }
}

#[test]
fn a_suspended_call_against_a_trip() {
    for result in [Ok(()), Err(())] {
        search(move || {
            let stage = Stage::new(ONE);
            let breaker = stage.breaker.clone();
            let tripping = thread::spawn(move || breaker.trip());
            let answer = run(stage.breaker.call(suspended_once(result)));
            tripping.join().expect("no panic");
            assert_eq!(stage.path(), [State::Closed, State::Open]);
            let totals = stage.breaker.snapshot().totals;
            match answer {
                Err(CallError::Rejected(rejected)) => {
                    assert_eq!(rejected.state(), State::Open);
                    assert_eq!((totals.rejected, totals.calls()), (1, 0));
                }
                answer => {
                    assert_eq!(answer.is_ok(), result.is_ok(), "the caller gets its own answer");
                    assert_eq!((totals.rejected, totals.calls()), (0, 1));
                }
            }
        });
    }
}

#[test]
fn a_suspended_trial_against_another_caller() {
    search(|| {
        let stage = Stage::at_the_edge(ONE);
        let breaker = stage.breaker.clone();
        let other = thread::spawn(move || run(breaker.call(suspended_once(Ok(())))));
        let here = run(stage.breaker.call(suspended_once(Ok(()))));
        let there = other.join().expect("no panic");
        assert_eq!(stage.breaker.state(), State::Closed);
        assert!(here.is_ok() || there.is_ok(), "one of them was the trial");
        assert_eq!(
            stage.path(),
            [State::Closed, State::Open, State::HalfOpen, State::Closed]
        );
        let totals = stage.breaker.snapshot().totals;
        assert_eq!(totals.calls() + totals.rejected, 2);
    });
}

#[test]
fn a_dropped_trial_against_another_caller() {
    search(|| {
        let stage = Stage::at_the_edge(ONE);
        let breaker = stage.breaker.clone();
        let dropping = thread::spawn(move || {
            let mut call = Box::pin(breaker.call(suspended_once(Ok(()))));
            let suspended = call
                .as_mut()
                .poll(&mut Context::from_waker(Waker::noop()))
                .is_pending();
            drop(call);
            suspended
        });
        let here = run(stage.breaker.call(suspended_once(Ok(()))));
        let was_trial = dropping.join().expect("no panic");
        assert!(here.is_ok() || was_trial, "one of them was admitted");
        match here {
            Ok(()) => assert_eq!(stage.breaker.state(), State::Closed),
            Err(_) => assert!(stage.breaker.try_acquire().is_ok(), "the slot came back"),
        }
    });
}

/// A call that calls its breaker in itself once, and is suspended before that.
async fn calling_inside(breaker: &crate::CircuitBreaker) -> Result<(), ()> {
    suspended_once(Ok(())).await?;
    breaker
        .call(suspended_once(Ok(())))
        .await
        .map_err(|_: CallError<()>| ())
}

#[test]
fn a_trial_that_calls_its_breaker_against_another_caller() {
    search(|| {
        let stage = Stage::at_the_edge(ONE);
        let breaker = stage.breaker.clone();
        let other = thread::spawn(move || run(breaker.call(calling_inside(&breaker))));
        let here = run(stage.breaker.call(calling_inside(&stage.breaker)));
        let there = other.join().expect("no panic");
        assert_eq!(
            stage.breaker.state(),
            State::Closed,
            "no trial call fails by a rejection of its own inner call"
        );
        assert!(here.is_ok() || there.is_ok(), "one of them was the trial");
        let inner_failed = |answer: &Result<(), CallError<()>>| matches!(answer, Err(CallError::Inner(())));
        assert!(!inner_failed(&here) && !inner_failed(&there));
    });
}
