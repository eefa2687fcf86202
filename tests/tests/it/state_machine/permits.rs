//! Calls under a permit that was acquired by hand, and how calls are counted.

use std::future::pending;

use fusebox::CallError;
use fusebox_tests::by_hand::{hang, now, poll};
use fusebox_tests::stage::{breaker, millis, secs};

#[tokio::test(start_paused = true)]
async fn a_timeout_is_slow_whatever_the_clock_reads() {
    let (breaker, _clock_that_stands_still) = breaker(|b| b.slow_call(millis(500)));
    let breaker = breaker.with_timeout(secs(1));
    let result = breaker.call(pending::<Result<(), ()>>()).await;
    assert!(matches!(result, Err(CallError::TimedOut(_))));
    let totals = breaker.snapshot().totals;
    assert_eq!((totals.timed_out, totals.slow, totals.failures), (1, 1, 1));
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
