//! Futures polled by hand, so that a test decides when each of them goes on.

use std::any::Any;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

/// Polls once.
pub fn poll<F: Future + ?Sized>(future: &mut Pin<Box<F>>) -> Poll<F::Output> {
    future.as_mut().poll(&mut Context::from_waker(Waker::noop()))
}

/// Polls a future that needs one poll.
pub fn now<F: Future>(future: F) -> F::Output {
    match poll(&mut Box::pin(future)) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the future is not ready"),
    }
}

/// A future that never completes: a hung service.
pub async fn hang<T>() -> T {
    std::future::pending().await
}

/// A future that panics when it is polled, without the message on the screen.
pub async fn panic<T>() -> T {
    poll_fn(|_| resume_unwind(Box::new("the service panicked"))).await
}

/// Runs something that panics.
///
/// # Errors
/// The payload of the panic.
pub fn caught<T>(run: impl FnOnce() -> T) -> Result<T, Box<dyn Any + Send>> {
    catch_unwind(AssertUnwindSafe(run))
}
