//! `failure`, `ignore`, `slow_call` and `timeout`: what counts as what.

use std::time::Duration;

use fusebox::{Registry, Rejected, State, TimedOut, Totals, circuit_breaker};
use fusebox_tests::called;

#[derive(Debug, Clone, PartialEq)]
enum Error {
    NotFound,
    Status(u16),
    Refused,
    TimedOut,
}

impl From<Rejected> for Error {
    fn from(_: Rejected) -> Self {
        Self::Refused
    }
}

impl From<TimedOut> for Error {
    fn from(_: TimedOut) -> Self {
        Self::TimedOut
    }
}

fn totals(function: &str) -> Totals {
    called::totals(&Registry::current(), &format!("{}::{function}", module_path!()))
}

#[circuit_breaker(
    threshold = 3,
    failure = Err(Error::Status(code)) if *code >= 500,
    failure = Err(Error::TimedOut),
    ignore = Err(Error::NotFound | Error::Status(404)),
)]
async fn status(answer: Result<(), Error>) -> Result<(), Error> {
    answer
}

#[tokio::test]
async fn patterns_with_guards_decide_the_outcome() {
    fusebox::testing::isolated(async {
        for answer in [
            Ok(()),
            Err(Error::Status(499)),
            Err(Error::Status(500)),
            Err(Error::TimedOut),
            Err(Error::NotFound),
            Err(Error::Status(404)),
        ] {
            assert_eq!(status(answer.clone()).await, answer);
        }
        let totals = totals("status");
        assert_eq!(
            (totals.successes, totals.failures, totals.ignored),
            (2, 2, 2),
            "an unmatched Err is a success"
        );
    })
    .await;
}

#[circuit_breaker(threshold = 1, failure = 500.., fallback = teapot)]
async fn not_a_result(code: u16) -> u16 {
    code
}

async fn teapot(_: u16) -> u16 {
    418
}

#[tokio::test]
async fn any_return_type_with_a_pattern_and_a_fallback() {
    fusebox::testing::isolated(async {
        assert_eq!(not_a_result(200).await, 200);
        assert_eq!(not_a_result(503).await, 503);
        assert_eq!(not_a_result(200).await, 418);
    })
    .await;
}

#[circuit_breaker(threshold = 1, timeout = "50ms")]
async fn hangs() -> Result<(), Error> {
    std::future::pending().await
}

#[tokio::test(start_paused = true)]
async fn a_timeout_drops_the_call_and_is_an_error_of_the_function() {
    fusebox::testing::isolated(async {
        let started = tokio::time::Instant::now();
        assert_eq!(hangs().await, Err(Error::TimedOut));
        assert_eq!(started.elapsed(), Duration::from_millis(50));
        assert_eq!(hangs().await, Err(Error::Refused));
        assert_eq!(totals("hangs").timed_out, 1);
    })
    .await;
}

#[circuit_breaker(threshold = 2, slow_call = "1s", ignore = Err(Error::NotFound))]
async fn slow(seconds: u64, answer: Result<(), Error>) -> Result<(), Error> {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    answer
}

#[tokio::test(start_paused = true)]
async fn a_slow_success_counts_as_a_failure_and_stays_the_answer() {
    fusebox::testing::isolated(async {
        slow(5, Err(Error::NotFound))
            .await
            .expect_err("ignored wins over slow");
        assert_eq!(totals("slow").ignored, 1);
        assert_eq!(slow(1, Ok(())).await, Ok(()));
        assert_eq!(slow(1, Ok(())).await, Ok(()));
        assert_eq!(slow(0, Ok(())).await, Err(Error::Refused));
        assert_eq!((totals("slow").failures, totals("slow").slow), (2, 2));
    })
    .await;
}

#[circuit_breaker(threshold = 1, failure = Ok(n) if panics(*n))]
async fn predicate(n: u8) -> Result<u8, Error> {
    Ok(n)
}

fn panics(n: u8) -> bool {
    assert_ne!(n, 0, "the predicate panics");
    false
}

#[tokio::test]
async fn r12_a_classifier_that_panics_makes_its_call_a_failure() {
    let isolated = fusebox::testing::Isolated::new();
    let registry = isolated.registry().clone();
    let task = tokio::spawn(async move { isolated.run(predicate(0)).await });
    assert!(task.await.expect_err("it goes on").is_panic());
    let breaker = registry
        .get(concat!(module_path!(), "::predicate"))
        .expect("made");
    assert_eq!(
        (breaker.state(), breaker.snapshot().totals.panicked),
        (State::Open, 1)
    );
}

const LIMIT: u32 = 2;

#[circuit_breaker(threshold = LIMIT, window = 4, trial_calls = LIMIT)]
async fn constants(fail: bool) -> Result<(), Error> {
    if fail { Err(Error::NotFound) } else { Ok(()) }
}

#[tokio::test]
async fn numbers_are_constants_too() {
    fusebox::testing::isolated(async {
        for fail in [true, false, true] {
            assert_eq!(constants(fail).await.is_err(), fail);
        }
        assert_eq!(constants(false).await, Err(Error::Refused));
    })
    .await;
}
