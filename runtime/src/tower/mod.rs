//! A circuit breaker as a tower layer.
//!
//! [`CircuitBreakerLayer`] puts a breaker in front of any [`tower_service::Service`]: an HTTP
//! client, a gRPC channel, or a server's route. An open breaker rejects in `call` at once, and the
//! inner service does not see the request.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! use fusebox::{CircuitBreaker, Rejected, Threshold, tower::CircuitBreakerLayer};
//! use tower::{Service, ServiceBuilder, ServiceExt, service_fn};
//!
//! let orders = CircuitBreaker::builder("tower-doc").threshold(Threshold::failures(1)).build().unwrap();
//! let mut client = ServiceBuilder::new()
//!     .layer(CircuitBreakerLayer::new(orders))
//!     .service(service_fn(|_: &str| async { Err::<(), _>("connection refused") }));
//!
//! let first = client.ready().await.unwrap().call("GET /orders").await.unwrap_err();
//! assert_eq!(first.to_string(), "connection refused", "the call that trips gets its own error");
//! let second = client.ready().await.unwrap().call("GET /orders").await.unwrap_err();
//! assert!(second.is::<Rejected>(), "the service was not called");
//! # }
//! ```
//!
//! # Order of layers
//!
//! | layer | outside the breaker | inside the breaker |
//! |---|---|---|
//! | timeout | **cancels** the call: the breaker counts no failure unless `slow_call` is set | an elapsed timeout is an error, so it is a failure. Prefer this |
//! | retry | each attempt passes the breaker; a rejection should end the retries | the breaker sees one call, after all attempts |
//! | buffer, concurrency limit | the queue fills while the breaker is open; rejections empty it at once | a call that waits in the queue is in flight, and is slow |
//!
//! `poll_ready` passes on the readiness of the inner service. A concurrency limit *inside* reserves
//! a slot there; a request that the breaker then rejects keeps that slot until the next call of the
//! same service value, or until the value is dropped.

mod classify;
mod future;
mod layer;
mod select;
mod service;

pub use classify::{Classify, ClassifyFn, ErrIsFailure};
pub use future::ResponseFuture;
pub use layer::CircuitBreakerLayer;
pub use select::{Select, SelectFn};
pub use service::CircuitBreakerService;

/// A boxed error, as in tower's own layers.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

#[cfg(test)]
mod tests;
