//! Subscribers and channels: after the change, outside any lock, in order.

use std::{
    future::Future,
    pin::pin,
    sync::{Arc, Mutex},
    task::{Context, Wake},
};

use fusebox::{Event, EventKind, Reason, RecvError, State, Subscription, Threshold};

use fusebox_tests::stage::{COOLDOWN, EventCount, bench, eventually};

#[test]
fn r15_each_transition_is_delivered_once_in_order_with_its_reason() {
    let bench = bench(|b| b);
    let log = Arc::new(Mutex::new(Vec::<Event>::new()));
    let events = Arc::clone(&log);
    let _subscription = bench
        .breaker
        .on_event(move |event| events.lock().unwrap().push(event.clone()));
    bench.fail(3);
    bench.clock.advance(COOLDOWN);
    bench.succeed(1);
    let lines: Vec<_> = log.lock().unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "circuit breaker `bench` went from closed to open: 3 failures; cooldown 10s",
            "circuit breaker `bench` went from open to half_open: the cooldown is over",
            "circuit breaker `bench` went from half_open to closed: the trial calls succeeded",
        ]
    );
    let generations: Vec<_> = log.lock().unwrap().iter().filter_map(Event::generation).collect();
    assert_eq!(generations, [1, 2, 3]);
}

#[test]
fn r15_a_subscriber_sees_the_change_made_and_may_change_again() {
    let bench = bench(|b| b);
    let log = Arc::new(Mutex::new(Vec::new()));
    let (events, breaker) = (Arc::clone(&log), bench.breaker.clone());
    let _subscription = bench.breaker.on_event(move |event| {
        if let Some(EventKind::Transition {
            to: State::Open,
            reason: Reason::Failures { .. },
            ..
        }) = event.kind()
        {
            assert_eq!(breaker.state(), State::Open);
            breaker.reset();
            assert_eq!(
                events.lock().unwrap().len(),
                0,
                "what a subscriber causes is delivered after it returns"
            );
        }
        events.lock().unwrap().extend(event.generation());
    });
    bench.fail(3);
    assert_eq!(*log.lock().unwrap(), [1, 2]);
    assert_eq!(bench.breaker.state(), State::Closed);
}

#[test]
fn r15_a_panicking_subscriber_is_caught_and_counted_and_the_others_are_notified() {
    let bench = bench(|b| b.threshold(Threshold::failures(1)));
    let delivered = EventCount::default();
    let _first = bench.breaker.on_event(|_| panic!("a listener"));
    let _second = bench.breaker.on_event(delivered.subscriber());
    bench.fail(1);
    assert_eq!(bench.breaker.state(), State::Open);
    assert_eq!((delivered.get(), bench.registry.subscriber_panics()), (1, 1));
}

#[test]
fn r15_a_dropped_subscription_receives_nothing_more() {
    let bench = bench(|b| b);
    let delivered = EventCount::default();
    let subscription = bench.breaker.on_event(delivered.subscriber());
    bench.breaker.trip();
    drop(subscription);
    bench.breaker.reset();
    assert_eq!(delivered.get(), 1);
}

#[test]
fn r15_a_subscriber_that_leaves_is_dropped_at_once() {
    let bench = bench(|b| b);
    let owned = Arc::new(());
    let captured = Arc::clone(&owned);
    let subscription = bench
        .breaker
        .on_event(move |_| assert!(Arc::strong_count(&captured) > 1));
    // The breaker remembers its only subscriber from now on.
    bench.breaker.trip();
    bench.breaker.reset();
    drop(subscription);
    assert_eq!(Arc::strong_count(&owned), 1);
}

#[test]
fn r15_each_subscriber_that_comes_or_leaves_counts_from_the_next_event() {
    let bench = bench(|b| b);
    let log = Arc::new(Mutex::new(Vec::new()));
    let subscribe = |name: &'static str| {
        let log = Arc::clone(&log);
        bench.breaker.on_event(move |event| {
            let generation = event.generation().unwrap_or_default();
            log.lock().unwrap().push((name, generation));
        })
    };
    let first = subscribe("first");
    bench.breaker.trip();
    let second = subscribe("second");
    bench.breaker.reset();
    drop(first);
    bench.breaker.trip();
    drop(second);
    bench.breaker.reset();
    let _third = subscribe("third");
    bench.breaker.trip();
    assert_eq!(
        *log.lock().unwrap(),
        [
            ("first", 1),
            ("first", 2),
            ("second", 2),
            ("second", 3),
            ("third", 5)
        ]
    );
}

/// Ends a subscription when it is woken.
struct EndsSubscription(Mutex<Option<Subscription>>);

impl Wake for EndsSubscription {
    fn wake(self: Arc<Self>) {
        drop(self.0.lock().unwrap().take());
    }
}

#[test]
fn r15_the_waker_of_a_waiter_may_end_the_only_subscription() {
    let bench = bench(|b| b);
    let delivered = EventCount::default();
    let subscription = bench.breaker.on_event(delivered.subscriber());
    bench.breaker.trip();
    let waker = Arc::new(EndsSubscription(Mutex::new(Some(subscription)))).into();
    let mut closed = pin!(bench.breaker.closed());
    assert!(
        closed
            .as_mut()
            .poll(&mut Context::from_waker(&waker))
            .is_pending()
    );
    // The changer wakes the waiter without the subscriber's turn, so the waker does not wait.
    bench.breaker.reset();
    assert_eq!(delivered.get(), 1);
}

#[test]
fn r15_a_subscriber_of_one_breaker_receives_nothing_of_another() {
    let bench = bench(|b| b);
    let other = bench.registry.breaker("other").build().expect("legal");
    let delivered = Arc::new(Mutex::new(Vec::new()));
    let (of_one, of_all) = (Arc::clone(&delivered), Arc::clone(&delivered));
    let _one = bench.breaker.on_event(move |event| {
        of_one
            .lock()
            .unwrap()
            .push(("one", event.name().unwrap_or_default().to_owned()));
    });
    let _all = bench.registry.on_event(move |event| {
        of_all
            .lock()
            .unwrap()
            .push(("all", event.name().unwrap_or_default().to_owned()));
    });
    other.trip();
    bench.breaker.trip();
    assert_eq!(
        *delivered.lock().unwrap(),
        [
            ("all", "other".to_owned()),
            ("one", "bench".to_owned()),
            ("all", "bench".to_owned())
        ]
    );
}

#[tokio::test]
async fn r15_a_slow_receiver_reads_the_state_after_its_dropped_events() {
    let bench = bench(|b| b);
    let (mut slow, mut gone) = (bench.breaker.events(), Some(bench.breaker.events()));
    for _ in 0..200 {
        bench.breaker.trip();
        bench.breaker.reset();
        gone.take();
    }
    assert!(matches!(
        slow.recv().await,
        Err(RecvError::Dropped { events: 144, .. })
    ));
    let current = slow.recv().await.expect("the state after the dropped events");
    assert_eq!(current.generation(), Some(144));
    assert!(matches!(
        current.kind(),
        Some(EventKind::Current {
            state: State::Closed,
            ..
        })
    ));
    for generation in 145..=400 {
        let event = slow.recv().await.expect("a kept event");
        assert_eq!(event.generation(), Some(generation));
    }
    assert_eq!(slow.try_recv(), Ok(None));
    assert_eq!(bench.registry.dropped_events(), 144);
}

#[test]
fn r15_a_full_queue_drops_its_oldest_events_and_counts_them() {
    let bench = bench(|b| b);
    let log = Arc::new(Mutex::new(Vec::new()));
    let (events, breaker) = (Arc::clone(&log), bench.breaker.clone());
    let _subscription = bench.breaker.on_event(move |event| {
        if event.generation() == Some(1) {
            for _ in 0..1000 {
                breaker.reset();
                breaker.trip();
            }
        }
        events.lock().unwrap().push(event.clone());
    });
    bench.breaker.trip();
    // A changer that is slow leaves events to a thread.
    eventually(|| log.lock().unwrap().len() == 1 + 1 + 1 + 1024);
    let log = log.lock().unwrap();
    assert!(matches!(log[1], Event::Dropped { events: 976, .. }));
    assert!(matches!(log[2].kind(), Some(EventKind::Current { .. })));
    let generations: Vec<_> = log[2..].iter().filter_map(Event::generation).collect();
    assert!(generations.into_iter().eq(977..=2001));
    assert_eq!(bench.registry.dropped_events(), 976);
}

#[test]
fn each_change_of_the_generation_is_an_event_also_if_the_state_stays() {
    let bench = bench(|b| b);
    let log = Arc::new(Mutex::new(Vec::<String>::new()));
    let lines = Arc::clone(&log);
    let _subscription = bench
        .breaker
        .on_event(move |event| lines.lock().unwrap().push(event.to_string()));
    bench.breaker.reset();
    bench.breaker.trip();
    bench.breaker.trip();
    assert_eq!(
        log.lock().unwrap()[..],
        [
            "circuit breaker `bench` restarted: by an operator",
            "circuit breaker `bench` went from closed to open: by an operator; cooldown 10s",
            "circuit breaker `bench` restarted: by an operator; cooldown 10s",
        ]
    );
    assert_eq!(bench.breaker.generation(), 3);
}
