//! A stream behind a circuit breaker.

use std::{
    fmt, mem,
    pin::Pin,
    task::{Context, Poll},
};

use futures_core::Stream;
use pin_project_lite::pin_project;

use crate::{CallError, CircuitBreaker, Outcome, OwnedPermit, stream::Until};

pin_project! {
    /// A stream behind a circuit breaker, made by [`guard`].
    ///
    /// # Cancel safety
    /// Dropping it before its call has ended counts a [`cancelled`](crate::Totals::cancelled) call.
    #[must_use = "streams do nothing unless polled"]
    pub struct GuardedStream<S> {
        #[pin]
        stream: S,
        breaker: CircuitBreaker,
        until: Until,
        call: StreamCall,
    }
}

/// The call of a stream.
enum StreamCall {
    /// The stream was not polled yet.
    NotStarted,
    /// The stream is polled under this permit.
    Running(OwnedPermit),
    /// The call was counted, and the stream goes on.
    Counted,
    /// The call was rejected, or the stream has ended.
    Ended,
}

/// Guards a stream with this breaker. It is admitted at its first poll.
pub fn guard<S>(breaker: &CircuitBreaker, stream: S) -> GuardedStream<S> {
    GuardedStream {
        stream,
        breaker: breaker.clone(),
        until: Until::default(),
        call: StreamCall::NotStarted,
    }
}

impl<S> GuardedStream<S> {
    /// Sets when the stream is a success. Default: at its end.
    pub fn until(mut self, until: Until) -> Self {
        self.until = until;
        self
    }
}

impl<S, T, E> Stream for GuardedStream<S>
where
    S: Stream<Item = Result<T, E>>,
{
    type Item = Result<T, CallError<E>>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.project();
        if let StreamCall::NotStarted = this.call {
            match this.breaker.try_acquire_owned() {
                Ok(permit) => *this.call = StreamCall::Running(permit),
                Err(rejected) => {
                    *this.call = StreamCall::Ended;
                    return Poll::Ready(Some(Err(CallError::Rejected(rejected))));
                }
            }
        }
        if let StreamCall::Ended = this.call {
            return Poll::Ready(None);
        }
        // If the stream panics, its call is counted, and a later poll finds it so.
        let item = match mem::replace(this.call, StreamCall::Counted) {
            StreamCall::Running(mut permit) => {
                let polled = permit.0.run_body(|| this.stream.poll_next(context));
                permit.0.suspend();
                *this.call = StreamCall::Running(permit);
                polled
            }
            _ => this.stream.poll_next(context),
        };
        let Poll::Ready(item) = item else {
            return Poll::Pending;
        };
        match &item {
            None => this.call.end(Outcome::Success, StreamCall::Ended),
            Some(Err(_)) => this.call.end(Outcome::Failure, StreamCall::Counted),
            Some(Ok(_)) if *this.until == Until::FirstItem => {
                this.call.end(Outcome::Success, StreamCall::Counted);
            }
            Some(Ok(_)) => this.call.end_timing(),
        }
        Poll::Ready(item.map(|result| result.map_err(CallError::Inner)))
    }
}

impl StreamCall {
    /// Counts the call, unless it was counted already.
    fn end(&mut self, outcome: Outcome, next: Self) {
        if let Self::Running(permit) = mem::replace(self, next) {
            permit.record(outcome);
        }
    }

    fn end_timing(&mut self) {
        if let Self::Running(permit) = self {
            permit.0.end_timing();
        }
    }
}

impl<S> fmt::Debug for GuardedStream<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuardedStream")
            .field("breaker", &self.breaker)
            .field("until", &self.until)
            .finish_non_exhaustive()
    }
}
