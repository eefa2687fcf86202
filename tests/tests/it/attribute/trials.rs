//! Trial calls through the attribute, and recursive functions.

use std::{future::Future, io};

use fusebox::{CircuitBreaker, Registry, State, circuit_breaker, testing::Isolated, testing::ManualClock};
use fusebox_tests::by_hand::assert_send;
use fusebox_tests::stage::COOLDOWN;

#[derive(Clone, Copy)]
enum Behave {
    Well,
    Hang,
    Panic,
}

#[circuit_breaker(name = "trials", cooldown = "10s")]
async fn call(behave: Behave) -> io::Result<()> {
    match behave {
        Behave::Well => Ok(()),
        Behave::Hang => std::future::pending().await,
        Behave::Panic => panic!("the call panics"),
    }
}

/// An isolation whose breaker waits for its trial call.
fn half_open(name: &str) -> (Isolated, ManualClock, CircuitBreaker) {
    let clock = ManualClock::new();
    let isolated = Isolated::with_clock(clock.clone());
    let breaker = isolated.registry().breaker(name).cooldown(COOLDOWN).build();
    let breaker = breaker.expect("as declared");
    breaker.trip();
    clock.advance(COOLDOWN);
    (isolated, clock, breaker)
}

/// Polls once and drops.
async fn cancelled<F: Future>(future: F) {
    let mut future = Box::pin(future);
    std::future::poll_fn(|context| {
        assert!(future.as_mut().poll(context).is_pending());
        std::task::Poll::Ready(())
    })
    .await;
}

#[tokio::test]
async fn a_cancelled_trial_gives_its_slot_back() {
    let (isolated, _, breaker) = half_open("trials");
    isolated.run(cancelled(call(Behave::Hang))).await;
    assert_eq!(breaker.snapshot().trials.in_flight, 0);
    isolated.run(call(Behave::Well)).await.expect("the slot is free");
    assert_eq!(breaker.state(), State::Closed);
}

#[tokio::test]
async fn a_trial_that_panics_reopens() {
    let (isolated, _, breaker) = half_open("trials");
    let inside = isolated.clone();
    let task = tokio::spawn(async move { inside.run(call(Behave::Panic)).await });
    assert!(task.await.expect_err("it goes on").is_panic());
    assert_eq!(breaker.state(), State::Open);
    assert_eq!(breaker.snapshot().reopenings, 1);
}

#[tokio::test]
async fn a_hung_trial_delays_the_next_by_one_cooldown() {
    let (isolated, clock, breaker) = half_open("trials");
    let inside = isolated.clone();
    let hung = tokio::spawn(async move { inside.run(call(Behave::Hang)).await });
    while breaker.snapshot().trials.in_flight == 0 {
        tokio::task::yield_now().await;
    }
    isolated
        .run(call(Behave::Well))
        .await
        .expect_err("the only slot hangs");
    clock.advance(COOLDOWN);
    isolated.run(call(Behave::Well)).await.expect("the extra trial");
    assert_eq!(breaker.state(), State::Closed);
    hung.abort();
}

#[tokio::test]
async fn a_trial_dropped_before_its_first_poll_does_nothing() {
    let (isolated, _, breaker) = half_open("trials");
    isolated
        .run(async {
            drop(call(Behave::Hang));
        })
        .await;
    assert_eq!(
        (breaker.state(), breaker.snapshot().totals.calls()),
        (State::HalfOpen, 0)
    );
    isolated
        .run(call(Behave::Well))
        .await
        .expect("the slot was never taken");
}

#[circuit_breaker(name = "recursion", threshold = 1)]
async fn recursion(depth: u32) -> io::Result<u32> {
    if depth == 0 {
        return Ok(0);
    }
    Ok(Box::pin(recursion(depth - 1)).await? + 1)
}

#[tokio::test]
async fn a_recursive_function_makes_one_call_per_level() {
    fusebox::testing::isolated(async {
        assert_eq!(recursion(10).await.expect("closed"), 10);
        assert_eq!(
            Registry::current()
                .get("recursion")
                .expect("made")
                .snapshot()
                .totals
                .successes,
            11
        );
    })
    .await;
}

#[test]
fn a_send_future_stays_send() {
    drop(assert_send(call(Behave::Well)));
    drop(assert_send(recursion(1)));
}
