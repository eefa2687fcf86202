//! A classifier for every function that returns `reqwest`'s `Result<Response>`.
//!
//! `cargo run --example classify_reqwest`

use std::{error::Error, time::Duration};

use axum::{Router, http::StatusCode, response::IntoResponse, routing::get};
use fusebox::{CircuitBreaker, Outcome, Rejected, State, Verdict, circuit_breaker, classify};
use reqwest::{Response, header::RETRY_AFTER};

/// Counts statuses like `fusebox::classify`, `Retry-After` included.
///
/// A request that could not be built is ignored: it never reached the service.
fn by_answer(answer: &Result<Response, FetchError>) -> Verdict {
    match answer {
        Ok(response) => {
            let wait = response.headers().get(RETRY_AFTER);
            classify::http(
                response.status().as_u16(),
                wait.and_then(|wait| wait.to_str().ok()),
            )
        }
        Err(FetchError::Http(error)) if error.is_builder() => Outcome::Ignored.into(),
        Err(_) => Outcome::Failure.into(),
    }
}

#[derive(Debug, thiserror::Error)]
enum FetchError {
    #[error(transparent)]
    Http(#[from] reqwest::Error),
    #[error(transparent)]
    Rejected(#[from] Rejected),
}

#[circuit_breaker(name = "pages", threshold = 1, max_cooldown = "5m", classify = by_answer)]
async fn page(url: &str) -> Result<Response, FetchError> {
    Ok(reqwest::get(url).await?)
}

async fn too_busy() -> impl IntoResponse {
    (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "120")])
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let routes = Router::new().route("/busy", get(too_busy));
    tokio::spawn(async move { axum::serve(listener, routes).await });

    let pages = CircuitBreaker::builder("pages").build()?;
    assert!(page("no url").await.is_err(), "it cannot be built");
    assert_eq!(
        page(&format!("{url}/nothing")).await?.status(),
        StatusCode::NOT_FOUND
    );
    assert_eq!(pages.snapshot().totals.ignored, 2);

    let busy = page(&format!("{url}/busy")).await?;
    assert_eq!(busy.status(), StatusCode::SERVICE_UNAVAILABLE);
    let left = pages.snapshot().retry_after.unwrap_or_default();
    assert!(pages.state() == State::Open && left > Duration::from_secs(110));
    println!(
        "a 503 with `retry-after: 120` opened the breaker for {} s",
        left.as_secs() + 1
    );
    Ok(())
}
