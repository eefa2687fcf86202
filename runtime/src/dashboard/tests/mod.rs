//! The page as a service: what each path answers, and what is refused.

mod api;
mod commands;
#[cfg(feature = "fleet")]
mod fleet;
mod groups;
mod security;
mod served;
mod stream;

use std::{future::poll_fn, pin::pin, time::Duration};

use http::{HeaderMap, Request, StatusCode};
use http_body::Body as _;
use serde_json::Value;
use tower_service::Service;

use super::{Body, Dashboard, Token};
use crate::{breaker::CircuitBreaker, config::Threshold, registry::Registry};

const SECRET: &str = "correct-horse-battery";

/// A response, read to its end.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// The sentence of a refusal.
    fn error(&self) -> String {
        self.json()["error"].as_str().expect("an error").to_owned()
    }
}

fn token() -> Token {
    Token::new(SECRET).unwrap()
}

/// A registry with one breaker that trips at 3 failures.
fn orders() -> (Registry, CircuitBreaker) {
    let registry = Registry::new();
    let builder = registry.breaker("orders").threshold(Threshold::failures(3));
    let breaker = builder.cooldown(Duration::from_secs(60)).build().unwrap();
    (registry, breaker)
}

/// A request from this machine.
fn get(path: &str) -> http::request::Builder {
    Request::get(path).header("host", "localhost:9090")
}

/// A command that is right in everything but its body.
fn post(name: &str) -> http::request::Builder {
    Request::post(format!("/api/v1/breakers/{name}/commands"))
        .header("host", "localhost:9090")
        .header("authorization", format!("Bearer {SECRET}"))
        .header("content-type", "application/json")
}

async fn send(
    dashboard: &Dashboard,
    request: http::request::Builder,
    body: impl Into<bytes::Bytes>,
) -> Answer {
    let request = request.body(Body::whole(body)).unwrap();
    let response = dashboard.clone().call(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let mut body = pin!(body);
    let mut bytes = Vec::new();
    while let Some(frame) = poll_fn(|context| body.as_mut().poll_frame(context)).await {
        bytes.extend(frame.unwrap().into_data().expect("data"));
    }
    Answer {
        status: parts.status,
        headers: parts.headers,
        text: String::from_utf8(bytes).expect("text"),
    }
}

async fn read(dashboard: &Dashboard, path: &str) -> Answer {
    send(dashboard, get(path), "").await
}
