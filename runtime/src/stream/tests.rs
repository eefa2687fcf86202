//! The call of a stream: how it is admitted, and how it ends.

use std::{
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use futures_core::Stream;

use super::{GuardedStream, Until, guard};
use crate::{CallError, CircuitBreaker, Registry, State, Threshold, clock::ManualClock};

const SECOND: Duration = Duration::from_secs(1);

/// What a stream does at one poll.
#[derive(Clone)]
enum Step {
    Item(Result<u32, &'static str>),
    Pending,
    Panic,
}

use Step::{Item, Panic, Pending};

#[derive(Default)]
struct Steps(VecDeque<Step>);

impl Stream for Steps {
    type Item = Result<u32, &'static str>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match self.0.pop_front() {
            None => Poll::Ready(None),
            Some(Item(item)) => Poll::Ready(Some(item)),
            Some(Pending) => Poll::Pending,
            Some(Panic) => panic!("a bug in the stream"),
        }
    }
}

type Guarded = Pin<Box<GuardedStream<Steps>>>;

fn stream(breaker: &CircuitBreaker, steps: &[Step]) -> Guarded {
    Box::pin(guard(breaker, Steps(steps.iter().cloned().collect())))
}

fn first_item(breaker: &CircuitBreaker, steps: &[Step]) -> Guarded {
    Box::pin(guard(breaker, Steps(steps.iter().cloned().collect())).until(Until::FirstItem))
}

fn poll(stream: &mut Guarded) -> Poll<Option<Result<u32, CallError<&'static str>>>> {
    stream.as_mut().poll_next(&mut Context::from_waker(Waker::noop()))
}

fn breaker() -> (CircuitBreaker, ManualClock) {
    let clock = ManualClock::new();
    let registry = Registry::builder().clock(clock.clone()).build();
    let builder = registry
        .breaker("stream")
        .threshold(Threshold::failures(1))
        .slow_call(SECOND);
    (builder.build().expect("legal settings"), clock)
}

#[test]
fn a_stream_is_admitted_at_its_first_poll() {
    let (breaker, _) = breaker();
    let mut early = stream(&breaker, &[Item(Ok(1))]);
    breaker.trip();
    assert!(matches!(
        poll(&mut early),
        Poll::Ready(Some(Err(CallError::Rejected(_))))
    ));
    assert_eq!(
        poll(&mut early),
        Poll::Ready(None),
        "a rejection is the only item"
    );
}

#[test]
fn the_first_err_is_a_failure_and_later_items_pass() {
    let (breaker, _) = breaker();
    let mut failing = stream(
        &breaker,
        &[Item(Ok(1)), Item(Err("cut")), Item(Ok(2)), Item(Err("again"))],
    );
    assert_eq!(poll(&mut failing), Poll::Ready(Some(Ok(1))));
    assert_eq!(
        poll(&mut failing),
        Poll::Ready(Some(Err(CallError::Inner("cut"))))
    );
    assert_eq!(breaker.state(), State::Open);
    assert_eq!(poll(&mut failing), Poll::Ready(Some(Ok(2))));
    assert_eq!(
        poll(&mut failing),
        Poll::Ready(Some(Err(CallError::Inner("again"))))
    );
    assert_eq!(breaker.snapshot().totals.calls(), 1);
}

#[test]
fn a_stream_succeeds_at_its_end_or_at_its_first_item() {
    let (breaker, _) = breaker();
    let mut whole = stream(&breaker, &[Item(Ok(1))]);
    assert_eq!(poll(&mut whole), Poll::Ready(Some(Ok(1))));
    assert_eq!(breaker.snapshot().totals.successes, 0, "it may still fail");
    assert_eq!(poll(&mut whole), Poll::Ready(None));
    assert_eq!(breaker.snapshot().totals.successes, 1);
    let mut endless = first_item(&breaker, &[Item(Ok(1)), Item(Err("later"))]);
    assert_eq!(poll(&mut endless), Poll::Ready(Some(Ok(1))));
    assert_eq!(breaker.snapshot().totals.successes, 2);
    assert_eq!(
        poll(&mut endless),
        Poll::Ready(Some(Err(CallError::Inner("later"))))
    );
    assert_eq!(breaker.state(), State::Closed, "its call had ended");
}

#[test]
fn a_dropped_stream_is_a_cancelled_call() {
    let (breaker, _) = breaker();
    let mut pending = stream(&breaker, &[Pending]);
    assert_eq!(poll(&mut pending), Poll::Pending);
    drop(pending);
    drop(stream(&breaker, &[Item(Ok(1))]));
    assert_eq!(
        breaker.snapshot().totals.cancelled,
        1,
        "the second one was never polled"
    );
}

#[test]
fn only_the_time_to_the_first_item_makes_a_stream_slow() {
    let (breaker, clock) = breaker();
    let mut long = stream(&breaker, &[Item(Ok(1)), Item(Ok(2))]);
    assert_eq!(poll(&mut long), Poll::Ready(Some(Ok(1))));
    clock.advance(10 * SECOND);
    assert_eq!(poll(&mut long), Poll::Ready(Some(Ok(2))));
    assert_eq!(poll(&mut long), Poll::Ready(None));
    assert_eq!(
        (breaker.state(), breaker.snapshot().totals.slow),
        (State::Closed, 0)
    );
    let mut late = stream(&breaker, &[Pending, Item(Ok(1))]);
    assert_eq!(poll(&mut late), Poll::Pending);
    clock.advance(SECOND);
    assert_eq!(poll(&mut late), Poll::Ready(Some(Ok(1))));
    assert_eq!(poll(&mut late), Poll::Ready(None));
    assert_eq!(
        (breaker.state(), breaker.snapshot().totals.slow),
        (State::Open, 1)
    );
}

#[test]
fn a_panic_of_the_stream_is_a_failure_and_goes_on() {
    let (breaker, _) = breaker();
    let mut panicking = stream(&breaker, &[Panic, Item(Ok(1))]);
    let polled = catch_unwind(AssertUnwindSafe(|| poll(&mut panicking)));
    assert!(polled.is_err());
    assert_eq!(
        (breaker.state(), breaker.snapshot().totals.panicked),
        (State::Open, 1)
    );

    assert_eq!(
        poll(&mut panicking),
        Poll::Ready(Some(Ok(1))),
        "the stream goes on"
    );
    assert_eq!(poll(&mut panicking), Poll::Ready(None));
    assert_eq!(breaker.snapshot().totals.calls(), 1, "and is not counted again");
}

#[test]
fn a_trial_stream_gives_its_slot_back_when_it_is_dropped() {
    let (breaker, clock) = breaker();
    breaker.trip();
    clock.advance(Duration::from_secs(30));
    let mut trial = stream(&breaker, &[Pending]);
    assert_eq!(poll(&mut trial), Poll::Pending);
    assert!(breaker.try_acquire().is_err(), "the slot is taken");
    drop(trial);
    assert!(breaker.try_acquire().is_ok());
}
