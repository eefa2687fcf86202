//! What a scrape shows of annotated functions.

use fusebox::{Registry, circuit_breaker, prometheus, testing::isolated};

const LINE: u32 = line!() + 1;
#[circuit_breaker(name = "metrics: not called yet", threshold = 3)]
async fn not_called_yet() -> Result<u32, std::io::Error> {
    Ok(7)
}

const SUCCESSES: &str = r#"fusebox_calls_total{breaker="metrics: not called yet",outcome="success"}"#;

#[cfg_attr(not(feature = "catalog"), ignore = "the function is not called")]
#[tokio::test]
async fn a_function_is_exported_at_zero_before_its_first_call() {
    isolated(async {
        let text = prometheus::render(&Registry::current());
        assert!(text.contains(&format!("{SUCCESSES} 0\n")), "{text}");
        let place = format!(r#"declared_at="tests/tests/it/metrics.rs:{LINE}""#);
        let info = r#"fusebox_info{breaker="metrics: not called yet",threshold="3""#;
        let info = text.lines().find(|line| line.starts_with(info)).expect("a line");
        assert!(info.contains(&place), "{info} at {place}");

        not_called_yet().await.expect("it succeeds");
        let text = prometheus::render(&Registry::current());
        assert!(text.contains(&format!("{SUCCESSES} 1\n")), "{text}");
    })
    .await;
}

#[circuit_breaker(name = "metrics: timed", latency = true)]
async fn timed(succeeds: bool) -> Result<u32, std::io::Error> {
    if succeeds {
        Ok(7)
    } else {
        Err(std::io::ErrorKind::ConnectionRefused.into())
    }
}

#[tokio::test]
async fn the_argument_latency_records_how_long_calls_take() {
    isolated(async {
        timed(true).await.expect("it succeeds");
        assert!(timed(false).await.is_err());
        let timed = Registry::current().get("metrics: timed").expect("it was called");
        let latency = timed.snapshot().latency.expect("it is recorded");
        assert_eq!((latency.successes.calls(), latency.failures.calls()), (1, 1));
        assert!(latency.p50 <= latency.p99 && latency.p99 <= latency.max);
    })
    .await;
}

#[test]
fn a_registry_without_annotated_functions_exports_none() {
    let text = prometheus::render(&Registry::new());
    assert!(!text.contains("breaker="), "{text}");
}
