//! `classify` in the attribute.

use std::{io, time::Duration};

use fusebox::{
    Outcome, Snapshot, State, Verdict, circuit_breaker, classify, testing::Isolated, testing::ManualClock,
};

/// A response as HTTP clients have it: an error status is no `Err`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Response {
    status: u16,
    retry_after: Option<&'static str>,
}

fn by_status(response: &io::Result<Response>) -> Verdict {
    match response {
        Ok(response) => classify::http(response.status, response.retry_after),
        Err(_) => classify::io(response).into(),
    }
}

#[circuit_breaker(name = "http", threshold = 2, max_cooldown = "5m", classify = by_status)]
async fn get(status: u16, retry_after: Option<&'static str>) -> io::Result<Response> {
    Ok(Response { status, retry_after })
}

#[circuit_breaker(name = "files", threshold = 1, classify = classify::io)]
async fn read(kind: io::ErrorKind) -> io::Result<()> {
    Err(kind.into())
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "a classifier gets a reference")]
fn is_weather_bad(celsius: &f32) -> Outcome {
    if celsius.is_nan() {
        Outcome::Failure
    } else {
        Outcome::Success
    }
}

/// Not a `Result`: only the classifier decides what a failure is.
#[circuit_breaker(name = "weather", classify = is_weather_bad, fallback = |_| 20.0, fallback_on = "failure")]
async fn weather(celsius: f32) -> f32 {
    celsius
}

fn snapshot(isolated: &Isolated, name: &str) -> Snapshot {
    isolated.registry().get(name).expect("it was called").snapshot()
}

#[tokio::test]
async fn a_classifier_judges_every_value_and_can_request_a_cooldown() {
    let isolated = Isolated::with_clock(ManualClock::new());
    isolated
        .run(async {
            for status in [200, 404, 500] {
                assert_eq!(get(status, None).await.expect("as it is").status, status);
            }
            assert_eq!(get(503, Some("120")).await.expect("as it is").status, 503);
            assert!(get(200, None).await.is_err(), "rejected");
        })
        .await;
    let http = snapshot(&isolated, "http");
    assert_eq!(
        (http.state, http.retry_after),
        (State::Open, Some(Duration::from_secs(120)))
    );
    assert_eq!((http.totals.successes, http.totals.failures), (2, 2));
}

#[tokio::test]
async fn a_ready_classifier_is_given_by_its_path() {
    let isolated = Isolated::with_clock(ManualClock::new());
    isolated
        .run(async {
            assert!(read(io::ErrorKind::NotFound).await.is_err());
            assert_eq!(snapshot(&isolated, "files").state, State::Closed);
            assert!(read(io::ErrorKind::ConnectionReset).await.is_err());
            assert_eq!(snapshot(&isolated, "files").state, State::Open);
        })
        .await;
}

#[tokio::test]
async fn a_value_that_is_not_a_result_is_classified_and_answered_too() {
    let isolated = Isolated::with_clock(ManualClock::new());
    isolated
        .run(async {
            assert!((weather(7.5).await - 7.5).abs() < f32::EPSILON);
            assert!((weather(f32::NAN).await - 20.0).abs() < f32::EPSILON);
        })
        .await;
    let totals = snapshot(&isolated, "weather").totals;
    assert_eq!((totals.successes, totals.failures, totals.fallback_ok), (1, 1, 1));
}
