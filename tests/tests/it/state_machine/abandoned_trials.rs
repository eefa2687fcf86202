//! R9 and R21: trial calls that their callers drop.

use std::{future::pending, time::Duration};

use fusebox::{CircuitBreaker, EventKind, Reason, Registry, State, Threshold};
use fusebox_tests::stage::{Bench, COOLDOWN, SECOND, bench};
use tokio::time::{advance, timeout};

fn abandon(bench: &Bench, times: usize) {
    (0..times).for_each(|_| drop(bench.permit()));
}

#[test]
fn r21_five_consecutive_abandoned_trials_reopen_and_then_each_one() {
    let bench = bench(|b| b);
    bench.trip_and_cool_down();
    abandon(&bench, 4);
    assert_eq!(bench.breaker.state(), State::HalfOpen);
    abandon(&bench, 1);
    for reopenings in 1..4 {
        assert_eq!(bench.breaker.state(), State::Open);
        assert_eq!(bench.breaker.snapshot().reopenings, reopenings);
        bench.clock.advance(COOLDOWN);
        abandon(&bench, 1);
    }
}

#[test]
fn r21_more_trial_calls_allow_more_abandoned_ones() {
    let bench = bench(|b| b.trial_calls(7));
    bench.trip_and_cool_down();
    abandon(&bench, 6);
    assert_eq!(bench.breaker.state(), State::HalfOpen);
    abandon(&bench, 1);
    assert_eq!(bench.breaker.state(), State::Open);
}

#[test]
fn r21_only_a_trial_call_that_ends_resets_the_count() {
    let bench = bench(|b| b.trial_calls(2));
    bench.trip_and_cool_down();
    abandon(&bench, 4);
    bench.permit().ignore();
    assert_eq!(bench.breaker.state(), State::HalfOpen);
    bench.succeed(1);
    abandon(&bench, 4);
    assert_eq!(
        bench.breaker.state(),
        State::HalfOpen,
        "a success began a new count"
    );
    bench.permit().ignore();
    abandon(&bench, 1);
    assert_eq!(
        bench.breaker.state(),
        State::Open,
        "an ignored trial call did not"
    );
}

#[test]
fn r21_the_reason_names_the_cure() {
    let bench = bench(|b| b);
    let mut events = bench.breaker.events();
    bench.trip_and_cool_down();
    abandon(&bench, 5);
    let mut opened = None;
    while let Ok(Some(event)) = events.try_recv() {
        if let Some(EventKind::Transition {
            to: State::Open,
            reason,
            ..
        }) = event.kind()
        {
            opened = Some(*reason);
        }
    }
    let reason = opened.expect("it opened twice");
    assert!(
        matches!(reason, Reason::TrialsAbandoned { calls: 5, .. }),
        "{reason:?}"
    );
    assert_eq!(
        reason.to_string(),
        "5 consecutive trial calls were abandoned; set `timeout` or `slow_call` to at most your callers' deadline"
    );
}

#[tokio::test(start_paused = true)]
async fn r21_a_hung_service_gets_about_one_trial_call_per_cooldown() {
    let breaker = Registry::new()
        .breaker("hung")
        .cooldown(COOLDOWN)
        .build()
        .expect("legal");
    breaker.trip();
    advance(COOLDOWN).await;
    let mut admitted = 0;
    for _ in 0..60 {
        let call = breaker.call(async {
            admitted += 1;
            pending::<Result<(), ()>>().await
        });
        if timeout(SECOND, call).await.is_ok() {
            advance(SECOND).await;
        }
    }
    assert!((8..=12).contains(&admitted), "{admitted} trial calls in 60 s");
}

#[tokio::test(start_paused = true)]
async fn r21_a_permit_of_ready_that_is_not_used_is_not_abandoned() {
    let breaker = Registry::new()
        .breaker("ready")
        .cooldown(COOLDOWN)
        .build()
        .expect("legal");
    breaker.trip();
    advance(COOLDOWN).await;
    for _ in 0..20 {
        drop(breaker.ready().await);
    }
    assert_eq!(breaker.state(), State::HalfOpen);
    breaker.ready().await.success();
    assert_eq!(breaker.state(), State::Closed);
}

/// A half-open breaker with a hung slot, at the time of an extra trial call.
fn hung() -> (Bench, fusebox::OwnedPermit) {
    let bench = bench(|b| b.threshold(Threshold::failures(1)));
    bench.trip_and_cool_down();
    let hung = bench.permit();
    bench.clock.advance(COOLDOWN);
    (bench, hung)
}

#[test]
fn r9_an_extra_trial_that_decides_nothing_costs_no_cooldown() {
    let (bench, _hung) = hung();
    drop(bench.permit());
    bench.permit().ignore();
    let third = bench.permit();
    assert!(bench.is_rejected(), "one at a time");
    third.success();
    assert_eq!(bench.breaker.state(), State::Closed);
}

#[test]
fn r9_only_the_last_extra_trial_gives_its_admission_back() {
    let (bench, _hung) = hung();
    let first = bench.permit();
    bench.clock.advance(COOLDOWN);
    let second = bench.permit();
    drop(first);
    assert!(
        bench.is_rejected(),
        "the second one was admitted in this cooldown"
    );
    drop(second);
    assert!(!bench.is_rejected());
}

#[tokio::test(start_paused = true)]
async fn r9_a_waiter_gets_the_admission_that_comes_back() {
    let breaker: CircuitBreaker = Registry::new()
        .breaker("waiter")
        .cooldown(Duration::from_secs(3_600))
        .build()
        .expect("legal");
    breaker.trip();
    advance(Duration::from_secs(3_600)).await;
    let _hung = breaker.try_acquire().expect("the slot");
    advance(Duration::from_secs(3_600)).await;
    let extra = breaker.try_acquire().expect("the extra trial call");
    let waiting = tokio::spawn({
        let breaker = breaker.clone();
        async move { breaker.ready().await.success() }
    });
    tokio::task::yield_now().await;
    drop(extra);
    timeout(SECOND, waiting)
        .await
        .expect("in no time")
        .expect("no panic");
    assert_eq!(breaker.state(), State::Closed);
}
