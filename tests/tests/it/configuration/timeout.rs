//! A timeout from a file, for functions and handles that have one.

use std::{io, time::Duration};

use fusebox::{CallError, Registry, circuit_breaker, config::Overrides, testing::Isolated};
use tokio::time::{Instant, sleep};

use super::{apply, breaker};

#[circuit_breaker(name = "configuration-timeout", timeout = "2s")]
async fn with_a_timeout() -> io::Result<()> {
    sleep(Duration::from_secs(60)).await;
    Ok(())
}

#[circuit_breaker(name = "configuration-timeout-fallback", timeout = "2s", fallback = cached, fallback_on = "failure")]
async fn with_a_fallback() -> io::Result<u32> {
    sleep(Duration::from_secs(60)).await;
    Ok(1)
}

async fn cached() -> io::Result<u32> {
    Ok(7)
}

#[circuit_breaker(name = "configuration-no-timeout")]
async fn without_a_timeout() -> io::Result<()> {
    sleep(Duration::from_secs(60)).await;
    Ok(())
}

async fn lasts<T>(call: impl Future<Output = T>) -> (Duration, T) {
    let started = Instant::now();
    let answer = call.await;
    (started.elapsed(), answer)
}

#[tokio::test(start_paused = true)]
async fn a_timeout_in_a_file_replaces_the_one_of_a_function() {
    let isolated = Isolated::new();
    let registry = isolated.registry();
    let run = || isolated.run(lasts(with_a_timeout()));
    assert_eq!(run().await.0, Duration::from_secs(2), "as declared");
    let applied = apply(registry, "[breaker.'configuration-timeout*']\ntimeout = '500ms'");
    assert_eq!(
        applied.to_string(),
        "configuration-timeout: timeout 500ms instead of as declared\n"
    );
    let (lasted, answer) = run().await;
    assert_eq!(lasted, Duration::from_millis(500));
    let error = answer.expect_err("timed out").to_string();
    assert!(error.contains("500ms"), "{error}");
    assert_eq!(
        isolated.run(lasts(with_a_fallback())).await.0,
        Duration::from_millis(500),
        "of a breaker that was made later"
    );
    let _ = apply(registry, "");
    assert_eq!(run().await.0, Duration::from_secs(2), "as declared again");
}

#[cfg_attr(
    not(feature = "catalog"),
    ignore = "the function is not called when the file is checked"
)]
#[tokio::test(start_paused = true)]
async fn a_function_without_a_timeout_takes_none_and_a_warning_names_it() {
    let isolated = Isolated::new();
    let applied = apply(
        isolated.registry(),
        "[breaker.configuration-no-timeout]\ntimeout = '500ms'",
    );
    assert_eq!(
        applied.to_string(),
        "fusebox.toml:2:1: `timeout` has no effect, because no function of `configuration-no-timeout` has a `timeout`\n"
    );
    let variable = ("FUSEBOX__CONFIGURATION_NO_TIMEOUT__TIMEOUT", "500ms");
    let of_variable = Overrides::from_vars([variable]).expect("correct");
    let applied = of_variable.apply(&fusebox::Registry::new()).expect("fits");
    assert_eq!(applied.warnings().len(), 1, "{applied}");
    let (lasted, answer) = isolated.run(lasts(without_a_timeout())).await;
    answer.expect("a success");
    assert_eq!(lasted, Duration::from_secs(60));
}

#[tokio::test(start_paused = true)]
async fn a_timeout_in_a_file_replaces_the_one_of_a_handle() {
    let registry = Registry::new();
    let plain = breaker(&registry, "payments");
    let timed = plain.with_timeout(Duration::from_secs(2));
    let _ = apply(&registry, "[breaker.payments]\ntimeout = '500ms'");
    let slow = || async {
        sleep(Duration::from_secs(60)).await;
        Ok::<_, io::Error>(())
    };
    let (lasted, answer) = lasts(timed.call(slow())).await;
    assert!(matches!(answer, Err(CallError::TimedOut(_))));
    assert_eq!(lasted, Duration::from_millis(500));
    assert_eq!(lasts(plain.call(slow())).await.0, Duration::from_secs(60));
}

#[test]
fn a_call_must_be_able_to_become_slow_before_the_timeout() {
    let registry = Registry::new();
    registry
        .breaker("payments")
        .slow_call(Duration::from_secs(1))
        .build()
        .expect("new");
    let overrides =
        fusebox::config::Overrides::from_toml("[breaker.payments]\ntimeout = '500ms'").expect("correct");
    assert_eq!(
        overrides.apply(&registry).expect_err("too short").to_string(),
        "fusebox.toml:2:1: circuit breaker `payments`: `slow_call` is never reached, because `timeout` ends the call first; \
         make `slow_call` shorter than `timeout`"
    );
}
