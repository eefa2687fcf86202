//! `closed()`: which waiters are woken, and by what.

use fusebox::CircuitBreaker;
use tokio::time::{advance, timeout};

use fusebox_tests::stage::COOLDOWN;

use super::{breaker, settle};

fn wait_for_closed(breaker: &CircuitBreaker) -> tokio::task::JoinHandle<()> {
    let breaker = breaker.clone();
    tokio::spawn(async move { breaker.closed().await })
}

#[tokio::test(start_paused = true)]
async fn closed_waits_for_closed_and_for_nothing_less() {
    let breaker = breaker(|b| b);
    breaker.closed().await;
    breaker.trip();
    let mut waiter = wait_for_closed(&breaker);
    settle().await;
    advance(COOLDOWN).await;
    let trial = breaker.ready().await;
    settle().await;
    assert!(!waiter.is_finished(), "half-open is not closed");
    trial.success();
    (&mut waiter).await.expect("it ends");
}

#[tokio::test(start_paused = true)]
async fn an_operator_wakes_those_that_wait_for_closed() {
    for wake in [CircuitBreaker::force_closed, CircuitBreaker::reset] {
        let breaker = breaker(|b| b);
        breaker.trip();
        let waiters: Vec<_> = (0..20).map(|_| wait_for_closed(&breaker)).collect();
        settle().await;
        wake(&breaker);
        for waiter in waiters {
            waiter.await.expect("it ends");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_waiter_for_closed_that_gives_up_changes_nothing() {
    let breaker = breaker(|b| b);
    breaker.trip();
    let before = breaker.snapshot();
    assert!(timeout(COOLDOWN / 2, breaker.closed()).await.is_err());
    let after = breaker.snapshot();
    assert_eq!(
        (before.generation, before.totals),
        (after.generation, after.totals)
    );
}
