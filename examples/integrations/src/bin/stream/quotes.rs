//! The quotes of an exchange, as they come.

use axum::body::Bytes;
use fusebox::{CallError, CircuitBreaker, stream::guard};
use futures_util::{FutureExt, Stream, TryFutureExt};
use reqwest::Response;

/// From the request to the last quote, the stream is one call of the breaker.
pub(crate) fn quotes(
    breaker: &CircuitBreaker,
    url: &str,
) -> impl Stream<Item = Result<Bytes, CallError<reqwest::Error>>> + use<> {
    let body = reqwest::get(url.to_owned())
        .map(|answer| answer.and_then(Response::error_for_status))
        .map_ok(Response::bytes_stream)
        .try_flatten_stream();
    guard(breaker, body)
}
