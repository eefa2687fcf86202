//! What a page of another site cannot do.

use fusebox::State;
use fusebox_page_tests::browser::REBOUND;
use serde_json::Value;

use crate::stage::{SECRET, Stage};

#[tokio::test]
async fn a_page_of_another_origin_cannot_command() {
    let stage = Stage::new().await;
    // The policy of a page stops the request, so it is sent from a page without one.
    let command = r#"{"command":"trip","who":"mallory","reason":"because"}"#;
    let url = format!(
        "http://{}/api/v1/breakers/payments/commands",
        stage.server.address()
    );
    for headers in [
        format!("{{'Content-Type': 'application/json', Authorization: 'Bearer {SECRET}'}}"),
        "{'Content-Type': 'text/plain'}".to_owned(),
    ] {
        let script = format!(
            "return fetch('{url}', {{ method: 'POST', mode: 'cors', headers: {headers}, body: '{command}' }})
                .then((answer) => answer.status, (error) => 'refused')"
        );
        stage.browser.open("about:blank").await;
        assert_eq!(stage.browser.run(&script).await, Value::from("refused"));
    }
    assert_eq!(
        (stage.payments.state(), stage.payments.generation()),
        (State::Closed, 0)
    );
    stage.browser.close().await;
}

#[tokio::test]
async fn a_name_that_was_made_to_point_here_is_refused() {
    let stage = Stage::new().await;
    let port = stage.server.address().port();
    stage.browser.open(&format!("http://{REBOUND}:{port}/")).await;
    let text = stage.browser.text("body").await;
    assert!(text.contains("is not allowed"), "{text}");
    for path in ["/api/v1/breakers", "/api/v1/events", "/health"] {
        let script = format!("return fetch('{path}').then((answer) => answer.status)");
        assert_eq!(stage.browser.run(&script).await, Value::from(403), "{path}");
    }
    stage.browser.close().await;
}

#[tokio::test]
async fn the_policy_of_the_page_allows_no_other_script_and_no_frame() {
    let stage = Stage::new().await;
    let inline = "const script = document.createElement('script');
        script.textContent = 'window.owned = 1';
        document.body.append(script);
        return window.owned ?? null";
    assert_eq!(stage.browser.run(inline).await, Value::Null);
    let away = "return fetch('http://127.0.0.1:1/').then(() => 'sent', () => 'refused')";
    assert_eq!(stage.browser.run(away).await, Value::from("refused"));
    stage.browser.close().await;
}
