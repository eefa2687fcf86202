//! Futures polled by hand, so that a test decides when each of them goes on.

use std::any::Any;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

/// Polls once.
pub fn poll<F: Future + ?Sized>(future: &mut Pin<Box<F>>) -> Poll<F::Output> {
    future.as_mut().poll(&mut Context::from_waker(Waker::noop()))
}

/// Polls a future that needs one poll, without an allocation.
pub fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the future is not ready"),
    }
}

/// Polls once. `waker` is woken when the future can go on.
pub fn poll_for<F: Future>(
    waker: &Arc<impl Wake + Send + Sync + 'static>,
    future: Pin<&mut F>,
) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(&Waker::from(Arc::clone(waker))))
}

/// Counts how often it was woken.
#[derive(Debug, Default)]
pub struct Bell(AtomicUsize);

impl Bell {
    /// Returns how often it was woken.
    pub fn rung(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// Returns the value. It only compiles if the value is `Send`.
pub fn assert_send<T: Send>(value: T) -> T {
    value
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
