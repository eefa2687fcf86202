//! Waiting until a call would be admitted, or until Closed.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
};

use crate::engine::{Engine, Ticket};
use crate::{clock::Timestamp, state::State, sync::lock};

impl Engine {
    /// A ticket as soon as a call is admitted. The clock of its call has not started.
    pub(crate) async fn ready(&self) -> Ticket {
        if let Ok(ticket) = self.try_admit() {
            return ticket.waiting();
        }
        let _waiting = Waiting::new(self);
        loop {
            let mut woken = pin!(self.permit_available.notified());
            // Listens from here on, so that nothing between the attempt and the wait is missed.
            woken.as_mut().enable();
            let rejected = match self.try_admit() {
                Ok(ticket) => return ticket.waiting(),
                Err(rejected) => rejected,
            };
            match rejected.retry_after() {
                None => woken.await,
                Some(retry_after) => {
                    let timer = self.clock.sleep_until(self.clock.now().after(retry_after));
                    either(woken, timer).await;
                }
            }
        }
    }

    /// Completes when the breaker is Closed, or forced closed.
    pub(crate) async fn closed(&self) {
        let _waiting = Waiting::new(self);
        loop {
            let mut woken = pin!(self.changed.notified());
            woken.as_mut().enable();
            if matches!(self.state(), State::Closed | State::ForcedClosed) {
                return;
            }
            woken.await;
        }
    }

    /// Starts the clock of a call whose permit was handed out ahead of it.
    #[inline]
    pub(crate) fn start(&self, ticket: &mut Ticket) {
        if ticket.has_not_started() {
            let now: Option<Timestamp> = self.live.times_calls().then(|| self.clock.now());
            ticket.start(now);
        }
    }
}

/// One of those that a change of state must wake.
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
        config::Settings,
        event::Dispatcher,
    };

    #[test]
    fn who_gives_up_is_waited_for_no_more() {
        let still = ClockSource::Custom(Arc::new(ManualClock::new()));
        let engine = Engine::new(
            "waiting",
            Settings::DEFAULT,
            still,
            Arc::new(Dispatcher::new()),
            0,
        );
        engine.trip();
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
