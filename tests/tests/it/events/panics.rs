//! User code may panic: wakers, subscribers, the payload of a panic.
//! Delivery to the other subscribers goes on.

use std::{
    future::Future,
    panic::panic_any,
    pin::{Pin, pin},
    sync::{Arc, Mutex},
    task::Wake,
};

use fusebox::{CircuitBreaker, Registry, Subscription, testing::ManualClock};
use fusebox_tests::by_hand::{Bell, poll_for};
use fusebox_tests::stage::EventCount;

/// The waker of an executor that is gone.
struct Dead;

impl Wake for Dead {
    fn wake(self: Arc<Self>) {
        panic!("there is nobody to wake");
    }
}

struct PanicsWhenDropped;

impl Drop for PanicsWhenDropped {
    fn drop(&mut self) {
        panic!("dropped");
    }
}

fn breaker() -> (Registry, CircuitBreaker, EventCount) {
    let registry = Registry::builder().clock(ManualClock::new()).build();
    let breaker = registry.breaker("panics").build().expect("legal settings");
    let delivered = EventCount::default();
    registry.on_event(delivered.subscriber()).detach();
    (registry, breaker, delivered)
}

fn wait_dead(future: Pin<&mut impl Future>) {
    assert!(poll_for(&Arc::new(Dead), future).is_pending());
}

#[test]
fn r15_a_receiver_whose_waker_panics_stops_no_delivery() {
    let (registry, breaker, delivered) = breaker();
    let mut events = registry.events();
    {
        let mut receiving = pin!(events.recv());
        wait_dead(receiving.as_mut());
        breaker.trip();
    }
    breaker.reset();
    assert_eq!(delivered.get(), 2);
    assert_eq!(registry.subscriber_panics(), 1);
}

#[test]
fn r15_a_panic_that_panics_when_dropped_stops_no_delivery() {
    let (registry, breaker, delivered) = breaker();
    let _subscription = registry.on_event(|_| panic_any(PanicsWhenDropped));
    breaker.trip();
    breaker.reset();
    assert_eq!(delivered.get(), 2);
    assert_eq!(registry.subscriber_panics(), 2);
}

#[test]
fn r15_a_subscriber_that_panics_when_dropped_stops_no_delivery() {
    let (registry, breaker, delivered) = breaker();
    let own: Arc<Mutex<Option<Subscription>>> = Arc::default();
    let (inside, captured) = (Arc::clone(&own), PanicsWhenDropped);
    let subscription = registry.on_event(move |_| {
        let _captured = &captured;
        drop(inside.lock().unwrap().take());
    });
    *own.lock().unwrap() = Some(subscription);
    breaker.trip();
    breaker.reset();
    assert_eq!(delivered.get(), 2);
}

#[test]
fn r15_waiters_whose_wakers_panic_hit_neither_the_operator_nor_each_other() {
    let (registry, breaker, delivered) = breaker();
    breaker.trip();
    let mut closed = pin!(breaker.closed());
    wait_dead(closed.as_mut());
    let mut ready = pin!(breaker.ready());
    let alive = Arc::new(Bell::default());
    assert!(poll_for(&alive, ready.as_mut()).is_pending());
    let mut events = registry.events();
    let mut receiving = pin!(events.recv());
    wait_dead(receiving.as_mut());
    breaker.reset();
    assert_eq!(delivered.get(), 2);
    assert_eq!(registry.subscriber_panics(), 2);
    assert_eq!(alive.rung(), 1, "the waiter for a permit is woken");
}
