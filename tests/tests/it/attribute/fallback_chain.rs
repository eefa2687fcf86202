//! Last good value, then fallback, then error: for each cause, each counted.

use std::time::Duration;

use fusebox::{Cause, Totals, circuit_breaker, testing::Isolated};
use fusebox_tests::called::breaker;
use fusebox_tests::error::Error;

type Answer = Result<&'static str, Error>;

/// What the service does with a call.
#[derive(Debug, Clone, Copy)]
enum Service {
    Works,
    Fails,
    Hangs,
    FailsSlowly,
    WorksSlowly,
}

const SLOW: Duration = Duration::from_secs(1);

async fn ask(service: Service) -> Answer {
    match service {
        Service::Works => Ok("fresh"),
        Service::Fails => Err(Error::Down),
        Service::Hangs => std::future::pending().await,
        Service::FailsSlowly => {
            tokio::time::advance(SLOW).await;
            Err(Error::Down)
        }
        Service::WorksSlowly => {
            tokio::time::advance(SLOW).await;
            Ok("late")
        }
    }
}

/// Answers for the keys below 10.
async fn instead(key: u8, _: Service) -> Answer {
    if key < 10 {
        Ok("instead")
    } else {
        Err(Error::NotFound)
    }
}

#[circuit_breaker(
    name = "chain",
    threshold = 100,
    slow_call = "1s",
    timeout = "5s",
    last_good = "5m",
    last_good_key = key,
    fallback = instead,
    fallback_on = "failure",
)]
async fn chain(key: u8, service: Service) -> Answer {
    ask(service).await
}

#[circuit_breaker(name = "rejections", threshold = 100, last_good = "5m", last_good_key = key, fallback = instead)]
async fn on_rejection(key: u8, service: Service) -> Answer {
    ask(service).await
}

#[circuit_breaker(
    name = "alone",
    threshold = 100,
    timeout = "5s",
    last_good = "5m",
    last_good_key = key,
    fallback_on = "failure",
)]
async fn alone(key: u8, service: Service) -> Answer {
    ask(service).await
}

#[circuit_breaker(
    name = "closure-after-last-good",
    threshold = 100,
    timeout = "5s",
    last_good = "5m",
    last_good_key = key,
    fallback = |cause| match cause {
        Cause::Rejected(_) => Ok("rejected"),
        Cause::TimedOut(_) => Ok("timed out"),
        Cause::Failed(answer) => answer.or(Ok("failed")),
    },
    fallback_on = "failure",
)]
async fn closure(key: u8, service: Service) -> Answer {
    ask(service).await
}

/// Last good values, fallbacks that answered, fallbacks that failed.
fn links(isolated: &Isolated, name: &str) -> (u64, u64, u64) {
    let Totals {
        last_good,
        fallback_ok,
        fallback_failed,
        ..
    } = breaker(isolated.registry(), name).snapshot().totals;
    (last_good, fallback_ok, fallback_failed)
}

#[tokio::test(start_paused = true)]
async fn each_cause_goes_through_the_whole_chain_and_each_link_is_counted_apart() {
    let isolated = Isolated::new();
    isolated
        .run(async {
            assert_eq!(chain(1, Service::Works).await, Ok("fresh"));
            for service in [Service::Fails, Service::Hangs, Service::FailsSlowly] {
                assert_eq!(chain(1, service).await, Ok("fresh"), "kept, {service:?}");
                assert_eq!(chain(2, service).await, Ok("instead"), "{service:?}");
                assert_eq!(chain(20, service).await, Err(Error::NotFound), "{service:?}");
            }
            breaker(isolated.registry(), "chain").force_open();
            assert_eq!(chain(1, Service::Works).await, Ok("fresh"));
            assert_eq!(chain(2, Service::Works).await, Ok("instead"));
            assert_eq!(chain(20, Service::Works).await, Err(Error::NotFound));
        })
        .await;
    assert_eq!(links(&isolated, "chain"), (4, 4, 4));
}

#[tokio::test(start_paused = true)]
async fn a_slow_success_stays_the_answer_and_is_kept() {
    let isolated = Isolated::new();
    isolated
        .run(async {
            assert_eq!(chain(1, Service::WorksSlowly).await, Ok("late"));
            assert_eq!(chain(1, Service::Fails).await, Ok("late"));
        })
        .await;
    assert_eq!(
        breaker(isolated.registry(), "chain").snapshot().totals.failures,
        2
    );
}

#[tokio::test(start_paused = true)]
async fn on_rejection_only_a_failure_stays_the_answer() {
    let isolated = Isolated::new();
    isolated
        .run(async {
            assert_eq!(on_rejection(1, Service::Works).await, Ok("fresh"));
            assert_eq!(on_rejection(1, Service::Fails).await, Err(Error::Down));
            breaker(isolated.registry(), "rejections").trip();
            assert_eq!(on_rejection(1, Service::Fails).await, Ok("fresh"));
            assert_eq!(on_rejection(2, Service::Fails).await, Ok("instead"));
        })
        .await;
    assert_eq!(links(&isolated, "rejections"), (1, 1, 0));
}

#[tokio::test(start_paused = true)]
async fn without_a_fallback_the_error_follows_the_last_good_value() {
    let isolated = Isolated::new();
    isolated
        .run(async {
            assert_eq!(alone(1, Service::Works).await, Ok("fresh"));
            assert_eq!(alone(1, Service::Hangs).await, Ok("fresh"));
            assert_eq!(alone(2, Service::Hangs).await, Err(Error::TimedOut));
            assert_eq!(alone(2, Service::Fails).await, Err(Error::Down));
            breaker(isolated.registry(), "alone").trip();
            assert_eq!(alone(1, Service::Fails).await, Ok("fresh"));
            assert_eq!(alone(2, Service::Fails).await, Err(Error::Rejected));
        })
        .await;
    assert_eq!(links(&isolated, "alone"), (2, 0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_closure_with_a_cause_comes_after_the_last_good_value_too() {
    let isolated = Isolated::new();
    isolated
        .run(async {
            assert_eq!(closure(1, Service::Works).await, Ok("fresh"));
            assert_eq!(closure(1, Service::Hangs).await, Ok("fresh"));
            assert_eq!(closure(2, Service::Hangs).await, Ok("timed out"));
            assert_eq!(closure(2, Service::Fails).await, Ok("failed"));
            breaker(isolated.registry(), "closure-after-last-good").trip();
            assert_eq!(closure(2, Service::Fails).await, Ok("rejected"));
        })
        .await;
}

#[circuit_breaker(name = "first", last_good = "5m", last_good_key = (), fallback = second)]
async fn first(service: Service) -> Answer {
    ask(service).await
}

#[circuit_breaker(name = "second", fallback = third)]
async fn second(_service: Service) -> Answer {
    Ok("second")
}

async fn third(_service: Service) -> Answer {
    Ok("third")
}

#[tokio::test(start_paused = true)]
async fn a_fallback_has_a_breaker_and_a_fallback_of_its_own() {
    let isolated = Isolated::new();
    isolated
        .run(async {
            let _ = first(Service::Fails).await;
            breaker(isolated.registry(), "first").force_open();
            assert_eq!(first(Service::Works).await, Ok("second"));
            breaker(isolated.registry(), "second").force_open();
            assert_eq!(first(Service::Works).await, Ok("third"));
        })
        .await;
    assert_eq!(
        (links(&isolated, "first"), links(&isolated, "second")),
        ((0, 2, 0), (0, 1, 0))
    );
}
