//! A client and a route behind circuit breakers.

use std::time::Duration;

use axum::{
    BoxError, Router,
    body::Body,
    error_handling::HandleErrorLayer,
    http::{Request, Response, StatusCode, header::RETRY_AFTER},
    response::IntoResponse,
    routing::get,
};
use fusebox::{
    CircuitBreaker, ConfigError, Outcome, Rejected, Threshold, classify, tower::CircuitBreakerLayer,
};
use hyper::body::Incoming;
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use tower::{Service, ServiceBuilder, timeout::TimeoutLayer};

use crate::report_of_the_day;

/// A client with one breaker per host, and a timeout that counts as a failure.
pub(crate) fn client()
-> Result<impl Service<Request<Body>, Response = Response<Incoming>, Error = BoxError>, ConfigError> {
    let hosts = CircuitBreaker::keyed("hosts")
        .threshold(Threshold::failures(3))
        .build()?;
    Ok(ServiceBuilder::new()
        .layer(
            CircuitBreakerLayer::select(move |request: &Request<Body>| {
                hosts.get(request.uri().authority().map_or("", |host| host.as_str()))
            })
            .classify(by_status),
        )
        .layer(TimeoutLayer::new(Duration::from_millis(200)))
        .service(Client::builder(TokioExecutor::new()).build_http()))
}

/// A route that gets no requests while it fails.
///
/// An open breaker answers 503 with a `Retry-After`.
pub(crate) fn routes() -> Result<Router, ConfigError> {
    let report = CircuitBreaker::builder("report")
        .threshold(Threshold::failures(3))
        .cooldown(Duration::from_secs(1))
        .build()?;
    let guarded = ServiceBuilder::new()
        .layer(HandleErrorLayer::new(unavailable))
        .layer(CircuitBreakerLayer::new(report).classify(by_status));
    Ok(Router::new()
        .route("/report", get(report_of_the_day))
        .layer(guarded))
}

/// The answer to a request that the breaker rejected.
async fn unavailable(error: BoxError) -> impl IntoResponse {
    let wait = Rejected::find(&*error).and_then(Rejected::retry_after_secs);
    let wait = wait.map(|seconds| [(RETRY_AFTER, seconds.to_string())]);
    (StatusCode::SERVICE_UNAVAILABLE, wait, error.to_string())
}

/// 5xx, 408, 429 and broken connections are failures.
fn by_status<B, E>(result: &Result<Response<B>, E>) -> Outcome {
    match result {
        Ok(response) => classify::http_status(response.status().as_u16()),
        Err(_) => Outcome::Failure,
    }
}
