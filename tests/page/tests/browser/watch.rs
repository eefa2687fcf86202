//! What the page shows while breakers change.

use std::time::Duration;

use fusebox_page_tests::browser::Browser;
use serde_json::Value;
use tokio::time::sleep;

use crate::stage::{SOON, Stage, breaker, page};

const STATE: &str = "#spacer .row .state";

#[tokio::test]
async fn a_trip_appears_within_two_seconds_and_counts_down() {
    let stage = Stage::new().await;
    stage.sees(STATE, "Closed").await;
    stage
        .payments
        .try_acquire()
        .unwrap()
        .failure_with("connection refused");
    let seen = stage.sees(STATE, "Open").await;
    assert!(seen < Duration::from_secs(2), "{seen:?}");
    stage.sees("#spacer .error", "connection refused").await;

    let seconds = async || -> u32 {
        let text = stage.browser.text("#spacer .c-next").await;
        text.trim_end_matches(" s")
            .parse()
            .unwrap_or_else(|_| panic!("{text}"))
    };
    let first = seconds().await;
    assert!((40..=45).contains(&first), "{first}");
    sleep(Duration::from_secs(3)).await;
    let passed = first - seconds().await;
    assert!((2..=4).contains(&passed), "{passed} s in 3 s");
    stage.browser.close().await;
}

#[tokio::test]
async fn a_breaker_that_is_made_later_appears() {
    let stage = Stage::new().await;
    breaker(&stage.registry, "another").trip();
    // Worst first: the open one stands above the closed one.
    stage
        .browser
        .wait("document.querySelectorAll('#spacer .row').length === 2", SOON)
        .await;
    stage.sees("#sum-calls", "0.0").await;
    let order = "return [...document.querySelectorAll('#spacer .row')]
        .sort((one, other) => one.getBoundingClientRect().top - other.getBoundingClientRect().top)
        .map((row) => row.querySelector('.name').innerText)";
    assert_eq!(
        stage.browser.run(order).await,
        Value::from(vec!["another", "payments"])
    );
    stage.browser.close().await;
}

#[tokio::test]
async fn html_in_an_error_is_text() {
    let stage = Stage::new().await;
    let error = "<script>window.owned = 1</script><img src=x onerror='window.owned = 2'>";
    stage.payments.try_acquire().unwrap().failure_with(error);
    stage
        .sees("#spacer .error", "<script>window.owned = 1</script>")
        .await;
    stage.browser.run("location.hash = '#/payments'").await;
    stage.sees("#detail .history .error", "<img src=x onerror=").await;
    stage.sees("#detail .explain", "<script>").await;
    sleep(Duration::from_millis(500)).await;
    let owned = "return [window.owned ?? null, document.querySelectorAll('main script, main img, dialog script, dialog img').length]";
    assert_eq!(stage.browser.run(owned).await.to_string(), "[null,0]");
    stage.browser.close().await;
}

#[tokio::test]
async fn a_server_that_comes_back_is_found_again() {
    let Stage {
        registry,
        payments,
        server,
        browser,
    } = Stage::new().await;
    let address = server.address();
    browser.wait("document.body.dataset.live === 'live'", SOON).await;
    drop(server);
    let stale = browser.wait("document.body.dataset.live === 'stale'", SOON).await;
    assert!(stale < Duration::from_secs(5), "{stale:?}");
    let text = browser.text("#live").await;
    assert!(text.contains("reconnecting"), "{text}");

    payments.trip();
    let server = page(&registry).serve(address.to_string()).await.unwrap();
    let shown = format!(
        "document.body.dataset.live === 'live' && document.querySelector('{STATE}').innerText.includes('Open')"
    );
    let found = browser.wait(&shown, SOON).await;
    assert!(found < Duration::from_secs(7), "{found:?}");
    drop(server);
    browser.close().await;
}

#[tokio::test]
async fn a_thousand_breakers_scroll_smoothly() {
    let Stage {
        registry,
        browser,
        server,
        ..
    } = Stage::new().await;
    let breakers: Vec<_> = (0..1000)
        .map(|index| breaker(&registry, &format!("service-{index:04}")))
        .collect();
    let calls = tokio::spawn(async move {
        loop {
            for breaker in &breakers {
                breaker.try_acquire().unwrap().success();
            }
            sleep(Duration::from_millis(200)).await;
        }
    });
    browser
        .wait("document.getElementById('table').ariaRowCount > 1000", SOON)
        .await;
    let frames = frames_per_second(&browser).await;
    let rows = browser
        .run("return document.querySelectorAll('#spacer .row').length")
        .await;
    calls.abort();
    println!("{frames:.0} frames a second, {rows} rows drawn");
    assert!(frames >= 30.0, "{frames} frames a second");
    assert!(rows.as_u64().unwrap() < 60, "only visible rows are drawn: {rows}");
    drop(server);
    browser.close().await;
}

/// Scrolls for three seconds, one row a frame.
async fn frames_per_second(browser: &Browser) -> f64 {
    let script = "
        const viewport = document.getElementById('viewport');
        return new Promise((resolve) => {
            const start = performance.now();
            let frames = 0;
            const step = (now) => {
                frames += 1;
                viewport.scrollTop += 58;
                if (now - start < 3000) requestAnimationFrame(step);
                else resolve(frames / (now - start) * 1000);
            };
            requestAnimationFrame(step);
        });";
    browser.run(script).await.as_f64().expect("a number")
}
