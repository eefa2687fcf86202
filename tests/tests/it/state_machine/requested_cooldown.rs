//! A failure that requests its own cooldown.

use std::time::Duration;

use fusebox::{
    CircuitBreaker, CircuitBreakerBuilder, Outcome, Refusal, Registry, State, Threshold, Verdict, Window,
    classify, testing::ManualClock,
};
use fusebox_tests::stage::{self, COOLDOWN, SECOND};

const MAX_COOLDOWN: Duration = Duration::from_secs(60);

fn breaker(
    change: impl FnOnce(CircuitBreakerBuilder) -> CircuitBreakerBuilder,
) -> (CircuitBreaker, ManualClock) {
    stage::breaker(|builder| {
        change(
            builder
                .threshold(Threshold::failures(1))
                .cooldown(COOLDOWN)
                .max_cooldown(MAX_COOLDOWN),
        )
    })
}

/// Records a failure that requests this cooldown.
fn fail(breaker: &CircuitBreaker, requested: Duration) {
    let verdict = Verdict::from(Outcome::Failure).open_for(requested);
    breaker.try_acquire().expect("admitted").record(verdict);
}

fn left(breaker: &CircuitBreaker) -> Option<Duration> {
    breaker.snapshot().retry_after
}

#[test]
fn the_call_that_trips_names_the_cooldown() {
    let (breaker, clock) = breaker(|b| b);
    fail(&breaker, SECOND * 30);
    assert_eq!(
        (breaker.state(), left(&breaker)),
        (State::Open, Some(SECOND * 30))
    );
    clock.advance(SECOND * 30);
    assert_eq!(breaker.state(), State::HalfOpen);
}

#[test]
fn the_requested_cooldown_may_be_shorter_than_the_configured_one() {
    let (breaker, _) = breaker(|b| b);
    fail(&breaker, SECOND * 2);
    assert_eq!(left(&breaker), Some(SECOND * 2));
}

#[test]
fn the_requested_cooldown_is_at_most_max_cooldown_or_cooldown() {
    let (growing, _) = breaker(|b| b);
    fail(&growing, SECOND * 86_400);
    assert_eq!(left(&growing), Some(MAX_COOLDOWN));
    let fixed = Registry::builder()
        .clock(ManualClock::new())
        .build()
        .breaker("fixed")
        .threshold(Threshold::failures(1))
        .cooldown(COOLDOWN)
        .build()
        .expect("legal");
    fail(&fixed, SECOND * 86_400);
    assert_eq!(left(&fixed), Some(COOLDOWN));
}

#[test]
fn a_request_for_zero_is_ignored() {
    let (breaker, _) = breaker(|b| b);
    fail(&breaker, Duration::ZERO);
    assert_eq!(left(&breaker), Some(COOLDOWN));
}

#[test]
fn a_call_that_does_not_trip_changes_no_cooldown() {
    let (breaker, _) = breaker(|b| b.threshold(Threshold::failures(2)));
    fail(&breaker, SECOND * 30);
    assert_eq!(breaker.state(), State::Closed);
    breaker.try_acquire().expect("admitted").failure();
    assert_eq!(left(&breaker), Some(COOLDOWN), "the wish was of another call");
}

#[test]
fn every_kind_of_window_honours_the_request() {
    let windows = [
        (Threshold::failures(1), Window::calls(10)),
        (Threshold::failures(1), Window::time(COOLDOWN)),
        (Threshold::rate(0.1), Window::calls(1)),
        (Threshold::rate(0.1), Window::time(COOLDOWN)),
    ];
    for (threshold, window) in windows {
        let minimum = |builder: CircuitBreakerBuilder| match threshold.as_rate() {
            Some(_) => builder.minimum_calls(1),
            None => builder,
        };
        let (breaker, _) = breaker(|b| minimum(b.threshold(threshold).window(window)));
        fail(&breaker, SECOND * 30);
        assert_eq!(left(&breaker), Some(SECOND * 30), "{threshold} over {window}");
    }
}

#[test]
fn a_trial_call_that_opens_again_names_the_cooldown_and_the_back_off_goes_on() {
    let (breaker, clock) = breaker(|b| b);
    fail(&breaker, SECOND * 2);
    clock.advance(SECOND * 2);
    fail(&breaker, SECOND * 3);
    assert_eq!(left(&breaker), Some(SECOND * 3));
    clock.advance(SECOND * 3);
    breaker.try_acquire().expect("a trial").failure();
    assert_eq!(
        left(&breaker),
        Some(COOLDOWN * 4),
        "the second reopening doubles twice"
    );
}

#[test]
fn a_late_failure_moves_no_cooldown() {
    let (breaker, clock) = breaker(|b| b);
    let late = breaker.try_acquire().expect("admitted");
    breaker.trip();
    clock.advance(SECOND);
    late.record(Verdict::from(Outcome::Failure).open_for(MAX_COOLDOWN));
    assert_eq!(left(&breaker), Some(SECOND * 9));
}

#[test]
fn a_success_and_an_ignored_call_cannot_request_a_cooldown() {
    let (breaker, _) = breaker(|b| b);
    for outcome in [Outcome::Success, Outcome::Ignored] {
        let verdict = Verdict::from(outcome).open_for(SECOND);
        assert_eq!(breaker.try_acquire().expect("admitted").record(verdict), outcome);
    }
    assert_eq!(breaker.state(), State::Closed);
}

#[test]
fn jitter_lengthens_the_requested_cooldown() {
    let (breaker, _) = breaker(|b| b.jitter(1.0));
    fail(&breaker, SECOND * 30);
    let left = left(&breaker).expect("open");
    assert!((SECOND * 30..=SECOND * 60).contains(&left), "{left:?}");
}

#[tokio::test]
async fn a_503_with_retry_after_opens_for_that_long() {
    let (breaker, _) = breaker(|b| b);
    let call = async { (503_u16, Some("20")) };
    let by_status = |(status, wait): &(u16, Option<&str>)| classify::http(*status, *wait);
    let answer = breaker.call_classified(call, by_status).await;
    assert_eq!(
        answer,
        Ok((503, Some("20"))),
        "the caller gets the answer as it is"
    );
    assert_eq!(left(&breaker), Some(SECOND * 20));
}

#[tokio::test]
async fn a_404_closes_a_half_open_breaker() {
    let (breaker, clock) = breaker(|b| b);
    let classify = |status: &u16| classify::http_status(*status);
    breaker.trip();
    clock.advance(COOLDOWN);
    let answer: Result<u16, Refusal> = breaker.call_classified(async { 404 }, classify).await;
    assert_eq!(answer, Ok(404));
    assert_eq!(
        breaker.state(),
        State::Closed,
        "a service that answers 404 is well"
    );
    let permit = breaker.ready().await;
    assert_eq!(permit.run_classified(async { 500 }, classify).await, 500);
    assert_eq!(breaker.state(), State::Open);
}
