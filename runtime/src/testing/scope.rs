//! Carries a registry into a future that is polled elsewhere.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use crate::registry::{
    Registry,
    current::{current, within},
};

/// Carries the caller's isolation into a future that is polled elsewhere.
///
/// It is needed only for another runtime, or while several isolated futures run on one runtime, see
/// [`isolated`](super::isolated).
///
/// ```no_run
/// # async fn background() {}
/// # async fn f() {
/// tokio::spawn(fusebox::testing::scope(async { background().await }));
/// # }
/// ```
pub fn scope<F: Future>(future: F) -> Scope<F> {
    Scope {
        registry: current(),
        future: Box::pin(future),
    }
}

/// The future of [`scope`].
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct Scope<F> {
    registry: Option<Registry>,
    future: Pin<Box<F>>,
}

impl<F: Future> Future for Scope<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = &mut *self;
        let future = this.future.as_mut();
        within(this.registry.as_ref(), || future.poll(context))
    }
}
