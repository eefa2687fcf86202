//! What each command does, and what is not a command.

use std::time::{Duration, Instant};

use http::StatusCode;
use serde_json::json;

use super::{orders, post, send, token};
use crate::{
    breaker::CircuitBreaker,
    config::Threshold,
    dashboard::{
        Dashboard,
        limiter::{COMMANDS, Limiter},
    },
    state::State,
};

fn page() -> (Dashboard, CircuitBreaker) {
    let (registry, breaker) = orders();
    (Dashboard::new(&registry).allow_commands(token()), breaker)
}

async fn command(dashboard: &Dashboard, mut command: serde_json::Value) -> super::Answer {
    command["who"] = "anna".into();
    command["reason"] = "an exercise".into();
    send(dashboard, post("orders"), command.to_string()).await
}

#[tokio::test]
async fn each_command_acts_and_answers_with_the_new_state() {
    let (dashboard, breaker) = page();
    for (name, state) in [
        ("force_open", "forced_open"),
        ("release", "closed"),
        ("force_closed", "forced_closed"),
        ("release", "closed"),
        ("trip", "open"),
        ("reset", "closed"),
    ] {
        let answer = command(&dashboard, json!({ "command": name })).await;
        assert_eq!(answer.status, StatusCode::OK, "{name}: {}", answer.text);
        assert_eq!(answer.json()["state"], state, "{name}");
        assert_eq!(breaker.state().as_str(), state, "{name}");
    }
}

#[tokio::test]
async fn a_forced_state_ends_by_itself() {
    let (dashboard, breaker) = page();
    let answer = command(&dashboard, json!({ "command": "force_open", "for_ms": 150 })).await;
    let left = answer.json()["override_ends_in_ms"].as_u64().expect("an end");
    assert!((1..=150).contains(&left), "{left}");
    assert_eq!(breaker.state(), State::ForcedOpen);
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(breaker.state(), State::Closed);
}

#[tokio::test]
async fn the_history_shows_the_operator_and_its_reason() {
    let (dashboard, breaker) = page();
    command(&dashboard, json!({ "command": "force_open" })).await;
    let history = super::read(&dashboard, "/api/v1/breakers/orders/history")
        .await
        .json();
    let change = &history["history"][0];
    assert_eq!(
        (&change["who"], &change["why"]),
        (&"anna".into(), &"an exercise".into())
    );
    assert_eq!(
        (&change["from"], &change["to"]),
        (&"closed".into(), &"forced_open".into())
    );
    let shown = super::read(&dashboard, "/api/v1/breakers/orders").await.json();
    assert_eq!(shown["override_by"], "anna (an exercise)");
    assert_eq!(change["generation"], breaker.generation());
    assert!(change["time_ms"].as_u64().unwrap() > 1_700_000_000_000);
}

#[tokio::test]
async fn set_changes_what_it_names_and_nothing_else() {
    let (dashboard, breaker) = page();
    let answer = command(&dashboard, json!({ "command": "set", "threshold": 7 })).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert_eq!(breaker.settings().threshold(), Threshold::failures(7));
    assert_eq!(breaker.settings().cooldown(), Duration::from_secs(60));

    command(&dashboard, json!({ "command": "set", "cooldown_ms": 1500 })).await;
    assert_eq!(breaker.settings().cooldown(), Duration::from_millis(1500));
    assert_eq!(breaker.settings().threshold(), Threshold::failures(7));
}

#[tokio::test]
async fn settings_that_make_no_breaker_are_refused_with_the_reason() {
    let (dashboard, breaker) = page();
    for (given, said) in [
        (json!({ "command": "set", "threshold": 0 }), "threshold"),
        (json!({ "command": "set", "threshold": "50%" }), "window"),
        (json!({ "command": "set", "threshold": "half" }), "`half`"),
        (json!({ "command": "set", "cooldown_ms": 0 }), "cooldown"),
        (json!({ "command": "set" }), "needs `threshold` or `cooldown_ms`"),
        (json!({ "command": "trip", "cooldown_ms": 5 }), "only `set`"),
        (json!({ "command": "trip", "for_ms": 5 }), "only `force_open`"),
        (json!({ "command": "force_open", "for_ms": 0 }), "above 0"),
        (
            json!({ "command": "trip", "at": "fleet" }),
            "act on the whole fleet",
        ),
    ] {
        let answer = command(&dashboard, given.clone()).await;
        assert_eq!(
            answer.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{given}: {}",
            answer.text
        );
        assert!(answer.error().contains(said), "{given}: {}", answer.text);
        assert_eq!(breaker.generation(), 0, "{given}");
    }
}

#[tokio::test]
async fn what_is_not_a_command_changes_nothing() {
    let (dashboard, breaker) = page();
    let long = format!(
        r#"{{"command":"trip","who":"anna","reason":"{}"}}"#,
        "x".repeat(5 * 1024)
    );
    let huge = "x".repeat(1 << 20);
    let cases: [(&[u8], StatusCode, &str); 10] = [
        (
            br#"{"command":"explode","who":"a","reason":"b"}"#,
            StatusCode::BAD_REQUEST,
            "expected one of `force_open`",
        ),
        (
            br#"{"command":"trip","who":"a"}"#,
            StatusCode::BAD_REQUEST,
            "missing field `reason`",
        ),
        (
            br#"{"command":"trip","who":"a","reason":"b","until":1}"#,
            StatusCode::BAD_REQUEST,
            "unknown field `until`",
        ),
        (
            br#"{"command":"trip","who":" ","reason":"b"}"#,
            StatusCode::UNPROCESSABLE_ENTITY,
            "`who`",
        ),
        (
            br#"{"command":"trip","who":"a","reason":""}"#,
            StatusCode::UNPROCESSABLE_ENTITY,
            "`reason`",
        ),
        (b"", StatusCode::BAD_REQUEST, "not a command"),
        (b"[1, 2", StatusCode::BAD_REQUEST, "not a command"),
        (
            b"{\"command\":\"trip\xff\"}",
            StatusCode::BAD_REQUEST,
            "not UTF-8",
        ),
        (long.as_bytes(), StatusCode::PAYLOAD_TOO_LARGE, "4096 bytes"),
        (huge.as_bytes(), StatusCode::PAYLOAD_TOO_LARGE, "4096 bytes"),
    ];
    for (body, status, said) in cases {
        let answer = send(&dashboard, post("orders"), body.to_vec()).await;
        assert_eq!(answer.status, status, "{}", answer.text);
        assert!(answer.error().contains(said), "{}", answer.text);
        assert_eq!((breaker.generation(), breaker.state()), (0, State::Closed));
    }
}

#[tokio::test]
async fn a_command_for_a_fleet_needs_one() {
    let (dashboard, breaker) = page();
    let answer = command(&dashboard, json!({ "command": "force_open", "at": "fleet" })).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(answer.error().contains("`Dashboard::fleet`"), "{}", answer.text);
    assert_eq!(breaker.generation(), 0);
    assert_eq!(
        super::read(&dashboard, "/api/v1/fleet").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn an_unknown_breaker_is_not_made() {
    let (registry, _) = orders();
    let dashboard = Dashboard::new(&registry).allow_commands(token());
    let body = json!({ "command": "trip", "who": "anna", "reason": "an exercise" }).to_string();
    let answer = send(&dashboard, post("no%20such"), body).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(answer.error(), "there is no circuit breaker `no such`");
    assert!(registry.get("no such").is_none());
}

#[tokio::test]
async fn more_commands_than_an_operator_gives_are_refused() {
    let (dashboard, breaker) = page();
    let mut refused = None;
    for _ in 0..=COMMANDS {
        let answer = command(&dashboard, json!({ "command": "trip" })).await;
        if answer.status != StatusCode::OK {
            refused = Some(answer);
        }
    }
    let refused = refused.expect("one of them was too many");
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.headers["retry-after"], "1");
    assert_eq!(breaker.generation(), COMMANDS as u64);
}

#[test]
fn commands_are_taken_again_a_second_later() {
    let (limiter, start) = (Limiter::default(), Instant::now());
    assert!((0..COMMANDS).all(|_| limiter.take(start)));
    assert!(!limiter.take(start + Duration::from_millis(999)));
    assert!(limiter.take(start + Duration::from_secs(1)));
}
