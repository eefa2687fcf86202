//! Subscribers, callbacks that are dropped, and wakers.

use std::{
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Wake, Waker},
};

use fusebox::{CircuitBreaker, Registry, Subscription};
use fusebox_tests::hostile::{Hook, Mischief, Place, Value, attack};

use crate::hostile::declarations::hostile_log;

fn breaker() -> CircuitBreaker {
    Registry::new().breaker("subject").build().expect("legal")
}

/// Uses a breaker in every way, and leaves it closed.
fn use_it(breaker: &CircuitBreaker) {
    let _ = (breaker.state(), breaker.snapshot(), breaker.settings());
    breaker.trip();
    breaker.reset();
    drop(breaker.on_event(|_| {}));
    let _ = breaker.events().try_recv();
}

/// A change of state.
struct Changing {
    breaker: CircuitBreaker,
    mischief: Arc<Mischief>,
}

impl Place for Changing {
    const HOOKS: &'static [Hook] = &[Hook::Subscriber, Hook::Log];
    const CAUGHT: &'static [Hook] = Self::HOOKS;

    fn new(mischief: &Arc<Mischief>) -> Self {
        let (breaker, mischief) = (breaker(), Arc::clone(mischief));
        let hostile = Arc::clone(&mischief);
        breaker.on_event(move |_| hostile.at(Hook::Subscriber)).detach();
        Self { breaker, mischief }
    }

    fn act(&self) {
        let log = hostile_log(&self.mischief);
        tracing::subscriber::with_default(log, || self.breaker.trip());
    }

    fn probe(&self) {
        use_it(&self.breaker);
    }
}

#[test]
fn a_change_of_state_holds_no_lock_while_subscribers_run() {
    attack::<Changing>();
}

/// A callback that owns something is dropped with its subscription.
struct Unsubscribing {
    breaker: CircuitBreaker,
    subscription: Mutex<Option<Subscription>>,
}

impl Place for Unsubscribing {
    const HOOKS: &'static [Hook] = &[Hook::DropValue];
    const CAUGHT: &'static [Hook] = Self::HOOKS;

    fn new(mischief: &Arc<Mischief>) -> Self {
        let breaker = breaker();
        let owned = Value::new(1, mischief);
        let subscription = breaker.on_event(move |_| {
            let _ = owned.number();
        });
        Self {
            breaker,
            subscription: Mutex::new(Some(subscription)),
        }
    }

    fn act(&self) {
        let subscription = self.subscription.lock().expect("no panic under it").take();
        drop(subscription);
    }

    fn probe(&self) {
        use_it(&self.breaker);
    }
}

#[test]
fn unsubscribing_holds_no_lock_while_the_callback_is_dropped() {
    attack::<Unsubscribing>();
}

/// A waiter whose waker is hostile.
struct Waiting {
    breaker: CircuitBreaker,
    /// Stays until the place is dropped.
    _waiter: Mutex<Pin<Box<dyn Future<Output = ()> + Send>>>,
}

struct HostileWaker(Arc<Mischief>);

impl Wake for HostileWaker {
    fn wake(self: Arc<Self>) {
        self.0.at(Hook::Waker);
    }
}

impl Place for Waiting {
    const HOOKS: &'static [Hook] = &[Hook::Waker];
    const CAUGHT: &'static [Hook] = Self::HOOKS;

    fn new(mischief: &Arc<Mischief>) -> Self {
        let breaker = breaker();
        breaker.force_open();
        let waiting = breaker.clone();
        let mut waiter: Pin<Box<dyn Future<Output = ()> + Send>> =
            Box::pin(async move { waiting.ready().await.success() });
        let waker = Waker::from(Arc::new(HostileWaker(Arc::clone(mischief))));
        assert!(
            waiter
                .as_mut()
                .poll(&mut Context::from_waker(&waker))
                .is_pending()
        );
        Self {
            breaker,
            _waiter: Mutex::new(waiter),
        }
    }

    fn act(&self) {
        self.breaker.release_override();
    }

    fn probe(&self) {
        use_it(&self.breaker);
    }
}

#[test]
fn waking_a_waiter_holds_no_lock() {
    attack::<Waiting>();
}
