//! How the protected call is made, and the result that its caller gets.

use std::{
    future::Future,
    pin::pin,
    task::{Context, Poll, Waker},
};

use crate::realistic::OrderError;
pub(crate) use crate::service::{Trouble, serve, serve_now};

/// The result of one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seen {
    Answered,
    Failed,
    Rejected,
}

/// The results of the calls of one run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) answered: u64,
    pub(crate) failed: u64,
    pub(crate) rejected: u64,
}

impl Tally {
    #[inline]
    pub(crate) fn add(&mut self, seen: Seen) {
        match seen {
            Seen::Answered => self.answered += 1,
            Seen::Failed => self.failed += 1,
            Seen::Rejected => self.rejected += 1,
        }
    }

    pub(crate) fn calls(&self) -> u64 {
        self.answered + self.failed + self.rejected
    }
}

impl From<Result<u64, Trouble>> for Seen {
    #[inline]
    fn from(result: Result<u64, Trouble>) -> Self {
        match result {
            Ok(_) => Self::Answered,
            Err(Trouble::Down) => Self::Failed,
            Err(Trouble::Rejected) => Self::Rejected,
        }
    }
}

impl From<Result<u64, OrderError>> for Seen {
    #[inline]
    fn from(result: Result<u64, OrderError>) -> Self {
        match result {
            Ok(_) => Self::Answered,
            Err(OrderError::Status { .. }) => Self::Failed,
            Err(OrderError::Rejected(_)) => Self::Rejected,
        }
    }
}

/// Which calls of a run fail.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Failing {
    None,
    /// One call in this many.
    Every(u64),
}

impl Failing {
    /// Decides for one call after the other whether it fails.
    #[inline]
    pub(crate) fn steps(self) -> impl FnMut() -> bool {
        let every = match self {
            Self::None => u64::MAX,
            Self::Every(calls) => calls,
        };
        let mut left = every;
        move || {
            left -= 1;
            if left == 0 {
                left = every;
                true
            } else {
                false
            }
        }
    }
}

/// Many calls through one breaker.
pub(crate) trait Load: Send + Sync {
    fn run(&self, calls: u64, failing: Failing) -> Tally;
}

/// A load whose call is a plain function.
pub(crate) struct Direct<F>(pub(crate) F);

impl<F: Fn(bool) -> Seen + Send + Sync> Load for Direct<F> {
    fn run(&self, calls: u64, failing: Failing) -> Tally {
        let mut tally = Tally::default();
        let mut fails = failing.steps();
        for _ in 0..calls {
            tally.add((self.0)(fails()));
        }
        tally
    }
}

/// A load whose call is a future, made, polled once and dropped.
pub(crate) struct Polled<F>(pub(crate) F);

impl<F: AsyncFn(bool) -> Seen + Send + Sync> Load for Polled<F> {
    fn run(&self, calls: u64, failing: Failing) -> Tally {
        let mut tally = Tally::default();
        let mut fails = failing.steps();
        for _ in 0..calls {
            tally.add(poll_once((self.0)(fails())));
        }
        tally
    }
}

/// A load whose call is a future that waits: it is polled until it is ready.
pub(crate) struct PolledTwice<F>(pub(crate) F);

impl<F: AsyncFn(bool) -> Seen + Send + Sync> Load for PolledTwice<F> {
    fn run(&self, calls: u64, failing: Failing) -> Tally {
        let mut tally = Tally::default();
        let mut fails = failing.steps();
        for _ in 0..calls {
            tally.add(poll_twice((self.0)(fails())));
        }
        tally
    }
}

/// Returns the output of a future that is ready at once.
#[inline]
pub(crate) fn poll_once<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("nothing here waits"),
    }
}

/// Returns the output of a future that waits once.
#[inline]
fn poll_twice<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let context = &mut Context::from_waker(Waker::noop());
    match future.as_mut().poll(context) {
        Poll::Ready(_) => panic!("it waits"),
        Poll::Pending => match future.poll(context) {
            Poll::Ready(output) => output,
            Poll::Pending => panic!("it waits once"),
        },
    }
}
