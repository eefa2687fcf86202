//! What only a deliberately broken breaker has shown to be untested: each of these fails when one line of the runtime is changed.

use std::future::pending;
use std::time::Duration;

use fusebox::{CallError, State, Threshold};
use fusebox_tests::stage::{breaker, millis, secs};

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
