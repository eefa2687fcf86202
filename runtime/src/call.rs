//! The future of [`CircuitBreaker::call`](crate::CircuitBreaker::call): admitted at its first poll, settled at its last.
//!
//! Written by hand, because an `async fn` keeps a future that it is given twice, and one in another multiplies that: 1 KiB of
//! arguments weighed 8 KiB.

use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use pin_project_lite::pin_project;
use tokio::time::{Instant, Sleep, sleep};

use crate::{
    classify::Verdict,
    engine::Engine,
    error::{CallError, TimedOut},
    permit::Guard,
};

pin_project! {
    /// A call whose result is judged by `judge`.
    pub(crate) struct Classified<'a, F, J> {
        engine: &'a Engine,
        limit: Option<Duration>,
        judge: Option<J>,
        #[pin]
        timer: Option<Sleep>,
        #[pin]
        future: Option<F>,
        // From the first poll to the last. Dropped after the future, like the caller of an `async fn`.
        running: Option<Guard<&'a Engine>>,
    }
}

pin_project! {
    /// A call that returns a `Result`.
    pub(crate) struct Fallible<'a, F, J> {
        #[pin]
        call: Classified<'a, F, J>,
    }
}

impl<'a, F, J> Classified<'a, F, J> {
    #[inline]
    pub(crate) fn new(engine: &'a Engine, limit: Option<Duration>, future: F, judge: J) -> Self {
        Self {
            engine,
            limit,
            running: None,
            judge: Some(judge),
            timer: None,
            future: Some(future),
        }
    }

    /// The error of a `Result` becomes [`CallError::Inner`].
    #[inline]
    pub(crate) fn fallible(self) -> Fallible<'a, F, J> {
        Fallible { call: self }
    }
}

impl<F, J> Future for Classified<'_, F, J>
where
    F: Future,
    J: FnOnce(&F::Output) -> Verdict,
{
    type Output = Result<F::Output, CallError<Infallible>>;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let running = match this.running {
            Some(running) => running,
            None => {
                let ticket = this.engine.admit().map_err(CallError::Rejected)?;
                if let Some(limit) = *this.limit {
                    this.timer.set(Some(sleep(limit)));
                }
                this.running.insert(Guard::new(*this.engine, ticket))
            }
        };
        let Some(future) = this.future.as_mut().as_pin_mut() else {
            polled_after_completion()
        };
        let Poll::Ready(result) = running.run_user_code(|| future.poll(context)) else {
            return match is_over(this.timer.as_mut(), context) {
                false => Poll::Pending,
                true => {
                    this.future.set(None);
                    Poll::Ready(Err(CallError::TimedOut(timed_out(this.running, *this.limit))))
                }
            };
        };
        let (Some(mut running), Some(judge)) = (this.running.take(), this.judge.take()) else {
            polled_after_completion()
        };
        let verdict = running.run_user_code(|| judge(&result));
        running.settle(verdict.into());
        Poll::Ready(Ok(result))
    }
}

impl<T, E, F, J> Future for Fallible<'_, F, J>
where
    F: Future<Output = Result<T, E>>,
    J: FnOnce(&F::Output) -> Verdict,
{
    type Output = Result<T, CallError<E>>;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.project().call.poll(context).map(|called| match called {
            Ok(result) => result.map_err(CallError::Inner),
            Err(CallError::Rejected(rejected)) => Err(CallError::Rejected(rejected)),
            Err(CallError::TimedOut(timed_out)) => Err(CallError::TimedOut(timed_out)),
        })
    }
}

/// Whether a timer is set and over. Looks at the clock itself too: the timer stays silent while the task has used up its budget.
#[inline]
fn is_over(timer: Pin<&mut Option<Sleep>>, context: &mut Context<'_>) -> bool {
    timer
        .as_pin_mut()
        .is_some_and(|timer| Instant::now() >= timer.deadline() || timer.poll(context).is_ready())
}

#[cold]
fn timed_out(running: &mut Option<Guard<&Engine>>, limit: Option<Duration>) -> TimedOut {
    match (running.take(), limit) {
        (Some(running), Some(limit)) => running.settle_timed_out(limit),
        _ => polled_after_completion(),
    }
}

#[cold]
fn polled_after_completion() -> ! {
    panic!("a call was polled after it had ended")
}
