//! Waiting until a call is admitted, or until Closed.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
};

use crate::engine::{Engine, Ticket};
use crate::{clock::Timestamp, state::State, sync::lock};

impl Engine {
    /// Waits until a call is admitted. The time of the call does not start yet.
    pub(crate) async fn ready(&self) -> Ticket {
        if let Ok(ticket) = self.try_acquire(self.state.load()) {
            return self.admitted(ticket).waiting();
        }
        let _waiting = Waiting::new(self);
        loop {
            let mut notified = pin!(self.permit_available.notified());
            // Registers before the attempt, so that a change between attempt and wait is not
            // missed.
            notified.as_mut().enable();
            let denied = match self.try_acquire(self.state.load()) {
                Ok(ticket) => return self.admitted(ticket).waiting(),
                Err(denied) => denied,
            };
            match denied.retry_at().or_else(|| self.override_end.get()) {
                None => notified.await,
                Some(retry_at) => either(notified, self.clock.sleep_until(retry_at)).await,
            }
        }
    }

    /// Waits until the breaker is Closed, forced closed, or disabled.
    pub(crate) async fn closed(&self) {
        let _waiting = Waiting::new(self);
        loop {
            let mut notified = pin!(self.state_changed.notified());
            notified.as_mut().enable();
            if matches!(
                self.state(),
                State::Closed | State::ForcedClosed | State::Disabled
            ) {
                return;
            }
            match self.override_end.get() {
                None => notified.await,
                Some(end) => either(notified, self.clock.sleep_until(end)).await,
            }
        }
    }

    /// Starts the time of a call whose permit was handed out ahead of it.
    #[inline]
    pub(crate) fn start(&self, ticket: &mut Ticket) {
        if ticket.has_not_started() {
            let now: Option<Timestamp> = self.settings.times_calls().then(|| self.clock.now());
            ticket.start(now);
        }
    }

    /// Ends the time of a call that goes on, unless the call is slow already.
    #[cfg(feature = "stream")]
    pub(crate) fn end_timing(&self, ticket: &mut Ticket) {
        if let Some(started) = ticket.started()
            && !self.settings.is_slow(started, self.clock.now())
        {
            ticket.end_timing();
        }
    }
}

/// One waiter.
///
/// All are notified of each change that may admit one of them: a waiter that was notified alone
/// could be leaked, or not polled, and keep the permit from the others.
struct Waiting<'a>(&'a Engine);

impl<'a> Waiting<'a> {
    fn new(engine: &'a Engine) -> Self {
        lock(&engine.control).waiters += 1;
        Self(engine)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        lock(&self.0.control).waiters -= 1;
    }
}

/// Completes with the first of two futures.
async fn either(a: impl Future<Output = ()>, b: impl Future<Output = ()>) {
    let (mut a, mut b) = (pin!(a), pin!(b));
    poll_fn(|context| {
        if a.as_mut().poll(context).is_ready() || b.as_mut().poll(context).is_ready() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}

#[cfg(all(test, not(fusebox_loom)))]
mod tests {
    use std::{
        sync::Arc,
        task::{Context, Waker},
    };

    use super::*;
    use crate::{
        clock::{ClockSource, ManualClock},
        config::{Settings, name::BreakerName},
        event::Dispatcher,
    };

    #[test]
    fn a_dropped_waiter_is_not_counted() {
        let still = ClockSource::Custom(Arc::new(ManualClock::new()));
        let engine = Engine::new(
            BreakerName::fixed("waiting"),
            Settings::DEFAULT,
            still,
            Arc::new(Dispatcher::new()),
            0,
        );
        engine.trip(None);
        {
            let mut context = Context::from_waker(Waker::noop());
            let (mut ready, mut closed) = (pin!(engine.ready()), pin!(engine.closed()));
            assert!(ready.as_mut().poll(&mut context).is_pending());
            assert!(closed.as_mut().poll(&mut context).is_pending());
            assert_eq!(lock(&engine.control).waiters, 2);
        }
        assert_eq!(lock(&engine.control).waiters, 0);
    }
}
