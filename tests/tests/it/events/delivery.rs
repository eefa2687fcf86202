//! Delivery to slow subscribers and receivers: nothing is lost silently, and no
//! caller is held up by another one's subscriber.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Barrier, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    thread,
    time::Duration,
};

use fusebox::{CircuitBreaker, Event, EventKind, EventReceiver, Name, RecvError, Registry, State};
use proptest::prelude::*;

use fusebox_tests::stage::{EventCount, bench, eventually};

/// How many events wait for a receiver, and for a subscriber.
const RECEIVER_QUEUE: usize = 256;
const SUBSCRIBER_QUEUE: usize = 1024;

fn breakers(registry: &Registry) -> [CircuitBreaker; 3] {
    ["a", "b", "c"].map(|name| registry.breaker(name).build().expect("legal settings"))
}

/// The last reported state of each breaker, according to the events that were
/// read.
#[derive(Debug, Default)]
struct Known(BTreeMap<Name, (u64, State)>);

impl Known {
    fn read(&mut self, event: &Event) {
        let Some(event) = event.breaker() else { return };
        let (generation, state) = self.0.get(&event.name).copied().unwrap_or((0, State::Closed));
        assert!(event.generation > generation, "in order, once each: {event:?}");
        match event.kind {
            EventKind::Transition { from, to, .. } => {
                assert_eq!(
                    (from, to),
                    (state, event.state),
                    "each transition starts where the last one ended"
                );
            }
            EventKind::Current { state, .. } => assert_eq!(state, event.state),
            _ => assert_eq!(event.state, state),
        }
        self.0.insert(event.name.clone(), (event.generation, event.state));
    }

    fn read_all(&mut self, receiver: &mut EventReceiver) {
        loop {
            match receiver.try_recv() {
                Ok(Some(event)) => self.read(&event),
                Ok(None) => return,
                Err(RecvError::Dropped { events, .. }) => assert!(events > 0),
                Err(error) => panic!("{error}"),
            }
        }
    }

    fn is_true_of(&self, breaker: &CircuitBreaker) -> bool {
        let known = self.0.get(breaker.name()).copied();
        known.unwrap_or((0, State::Closed)) == (breaker.generation(), breaker.state())
    }
}

#[derive(Debug, Clone, Copy)]
enum Act {
    Trip,
    Reset,
    ForceOpen,
    ForceClosed,
    Release,
    Reconfigure,
    Read,
}

fn act() -> impl Strategy<Value = (Act, usize, usize)> {
    use Act::{ForceClosed, ForceOpen, Read, Reconfigure, Release, Reset, Trip};
    let acts = prop::sample::select(vec![
        Trip,
        Reset,
        ForceOpen,
        ForceClosed,
        Release,
        Reconfigure,
        Read,
    ]);
    (acts, 0..3_usize, prop_oneof![1..4_usize, 100..400_usize])
}

proptest! {
    /// However late a receiver reads, and whatever it missed, what it reads
    /// last about each breaker is true.
    #[test]
    fn r15_a_receiver_that_reads_late_ends_with_the_true_state_of_each_breaker(
        acts in prop::collection::vec(act(), 1..30),
    ) {
        let bench = bench(|b| b);
        let breakers = breakers(&bench.registry);
        let mut of_all = bench.registry.events();
        let mut of_one = breakers.each_ref().map(CircuitBreaker::events);
        let (mut known, mut own) = (Known::default(), Known::default());
        for (act, index, times) in acts {
            let breaker = &breakers[index];
            for _ in 0..times {
                match act {
                    Act::Trip => breaker.trip(),
                    Act::Reset => breaker.reset(),
                    Act::ForceOpen => breaker.force_open(),
                    Act::ForceClosed => breaker.force_closed(),
                    Act::Release => breaker.release_override(),
                    Act::Reconfigure => {
                        let cooldown = breaker.settings().cooldown() + Duration::from_secs(1);
                        breaker.reconfigure(breaker.settings().with_cooldown(cooldown)).expect("legal settings");
                    }
                    Act::Read => {
                        known.read_all(&mut of_all);
                        break;
                    }
                }
            }
        }
        known.read_all(&mut of_all);
        for receiver in &mut of_one {
            own.read_all(receiver);
        }
        for breaker in &breakers {
            prop_assert!(known.is_true_of(breaker), "{breaker:?}: {known:?}");
            prop_assert!(own.is_true_of(breaker), "{breaker:?}: {own:?}");
        }
    }
}

#[test]
fn r15_the_events_of_other_breakers_do_not_fill_a_breakers_own_receiver() {
    let bench = bench(|b| b);
    let [quiet, noisy, _] = breakers(&bench.registry);
    let mut events = quiet.events();
    quiet.trip();
    for _ in 0..10 * RECEIVER_QUEUE {
        noisy.trip();
    }
    assert_eq!(
        events
            .try_recv()
            .expect("nothing dropped")
            .as_ref()
            .and_then(Event::name),
        Some("a")
    );
    assert_eq!(events.try_recv(), Ok(None));
}

#[test]
fn r15_a_receiver_gets_the_state_of_a_breaker_whose_only_event_was_dropped() {
    let bench = bench(|b| b);
    let [quiet, noisy, _] = breakers(&bench.registry);
    let mut events = bench.registry.events();
    quiet.force_open();
    for _ in 0..RECEIVER_QUEUE {
        noisy.trip();
    }
    assert!(matches!(
        events.try_recv(),
        Err(RecvError::Dropped { events: 1, .. })
    ));
    let event = events.try_recv().expect("no second error").expect("the state");
    assert_eq!(event.name(), Some("a"));
    assert!(matches!(
        event.kind(),
        Some(EventKind::Current {
            state: State::ForcedOpen,
            ..
        })
    ));
}

#[test]
fn r15_a_slow_subscriber_gets_the_present_state_last() {
    let bench = bench(|b| b);
    let (gate, is_first) = (Arc::new(Barrier::new(2)), AtomicBool::new(true));
    let known = Arc::new(Mutex::new(Known::default()));
    let (inner_gate, inner_known) = (Arc::clone(&gate), Arc::clone(&known));
    let _subscription = bench.registry.on_event(move |event| {
        if is_first.swap(false, SeqCst) {
            inner_gate.wait();
            inner_gate.wait();
        }
        inner_known.lock().unwrap().read(event);
    });
    let breaker = bench.breaker.clone();
    let delivering = thread::spawn(move || breaker.trip());
    gate.wait();
    for _ in 0..10_000 {
        bench.breaker.reset();
        bench.breaker.trip();
    }
    bench.breaker.reset();
    gate.wait();
    delivering.join().unwrap();
    eventually(|| known.lock().unwrap().is_true_of(&bench.breaker));
    assert_eq!(bench.breaker.state(), State::Closed);
}

/// While other threads change breakers all the time, the thread that delivers
/// is released after its own event and one queue length.
#[test]
fn r15_a_caller_delivers_at_most_one_queue_length() {
    let bench = bench(|b| b);
    let called_by = Arc::new(Mutex::new(Vec::new()));
    let (log, breaker) = (Arc::clone(&called_by), bench.breaker.clone());
    let rest = AtomicUsize::new(3 * SUBSCRIBER_QUEUE);
    let _subscription = bench.registry.on_event(move |_| {
        log.lock().unwrap().push(thread::current().id());
        // Each event causes the next one, so the inbox is never empty.
        if rest
            .fetch_update(SeqCst, SeqCst, |rest| rest.checked_sub(1))
            .is_ok()
        {
            breaker.trip();
        }
    });
    bench.breaker.trip();
    let by_caller = |ids: &[thread::ThreadId]| ids.iter().filter(|id| **id == thread::current().id()).count();
    let delivered = by_caller(&called_by.lock().unwrap());
    assert!((2..=1 + SUBSCRIBER_QUEUE).contains(&delivered), "{delivered}");
    // Although no other change follows, no event stays behind.
    eventually(|| called_by.lock().unwrap().len() == 3 * SUBSCRIBER_QUEUE + 1);
    assert_eq!(by_caller(&called_by.lock().unwrap()), delivered);
    assert_eq!(bench.registry.dropped_events(), 0);
}

/// The subscriber has the present state when the change returns.
///
/// The changer delivers the event of its change, what stands for dropped events, and a full queue.
#[test]
fn r15_the_changer_itself_delivers_a_full_queue() {
    let delivered = || {
        let bench = bench(|b| b);
        let (count, breaker) = (Arc::new(AtomicUsize::new(0)), bench.breaker.clone());
        let inner_count = Arc::clone(&count);
        let caller = thread::current().id();
        let _subscription = bench.breaker.on_event(move |event| {
            if event.generation() == Some(1) {
                for _ in 0..SUBSCRIBER_QUEUE {
                    breaker.reset();
                    breaker.trip();
                }
            }
            inner_count.fetch_add(usize::from(thread::current().id() == caller), SeqCst);
        });
        bench.breaker.trip();
        count.load(SeqCst)
    };
    // On a busy machine, 50 ms may end first.
    assert!((0..100).any(|_| delivered() == 1 + 1 + 1 + SUBSCRIBER_QUEUE));
}

/// A hundred events wait for a subscriber that takes 10 ms for each. The thread
/// that delivers is released after 50 ms.
#[test]
fn r15_a_caller_delivers_to_a_slow_subscriber_for_a_moment_only() {
    let bench = bench(|b| b);
    let (gate, is_first) = (Arc::new(Barrier::new(2)), AtomicBool::new(true));
    let called_by = Arc::new(Mutex::new(Vec::new()));
    let (inner_gate, log) = (Arc::clone(&gate), Arc::clone(&called_by));
    let _subscription = bench.registry.on_event(move |_| {
        log.lock().unwrap().push(thread::current().id());
        if is_first.swap(false, SeqCst) {
            inner_gate.wait();
            inner_gate.wait();
        } else {
            thread::sleep(Duration::from_millis(10));
        }
    });
    let breaker = bench.breaker.clone();
    let delivering = thread::spawn(move || {
        breaker.trip();
        thread::current().id()
    });
    gate.wait();
    for _ in 0..100 {
        bench.breaker.trip();
    }
    gate.wait();
    let caller = delivering.join().unwrap();
    eventually(|| called_by.lock().unwrap().len() == 101);
    let by_caller = called_by
        .lock()
        .unwrap()
        .iter()
        .filter(|id| **id == caller)
        .count();
    assert!(
        (2..=6).contains(&by_caller),
        "the first, and at most 5 of 10 ms each: {by_caller}"
    );
    assert_eq!(bench.registry.dropped_events(), 0);
}

#[test]
fn r15_a_slow_subscriber_holds_up_no_other_subscriber() {
    let bench = bench(|b| b);
    let (gate, is_first) = (Arc::new(Barrier::new(2)), AtomicBool::new(true));
    let inner_gate = Arc::clone(&gate);
    let _slow = bench.registry.on_event(move |_| {
        if is_first.swap(false, SeqCst) {
            inner_gate.wait();
            inner_gate.wait();
        }
    });
    let breaker = bench.breaker.clone();
    let delivering = thread::spawn(move || breaker.trip());
    gate.wait();
    let calls = EventCount::default();
    let _quick = bench.registry.on_event(calls.subscriber());
    bench.breaker.reset();
    assert_eq!(calls.get(), 1);
    gate.wait();
    delivering.join().unwrap();
}

/// Threads that change the breaker all the time, and a subscription that is
/// dropped meanwhile, again and again.
#[test]
fn r15_a_subscriber_is_not_called_after_its_subscription_was_dropped() {
    let bench = bench(|b| b);
    let is_over = AtomicBool::new(false);
    let calls_after = Arc::new(AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !is_over.load(SeqCst) {
                    bench.breaker.trip();
                }
            });
        }
        for _ in 0..2_000 {
            let is_dropped = Arc::new(AtomicBool::new(false));
            let (sees_drop, calls_after) = (Arc::clone(&is_dropped), Arc::clone(&calls_after));
            let subscription = bench.breaker.on_event(move |_| {
                thread::yield_now();
                calls_after.fetch_add(usize::from(sees_drop.load(SeqCst)), SeqCst);
            });
            thread::yield_now();
            drop(subscription);
            is_dropped.store(true, SeqCst);
        }
        is_over.store(true, SeqCst);
    });
    assert_eq!(calls_after.load(SeqCst), 0);
}

#[test]
fn r15_subscriptions_that_subscribers_drop_do_not_wait_for_each_other() {
    let bench = bench(|b| b);
    let both_run = Arc::new(Barrier::new(2));
    let slots: [Arc<Mutex<Option<fusebox::Subscription>>>; 2] = Default::default();
    for (breaker, of_other) in breakers(&bench.registry).iter().zip([1, 0]) {
        let (slot, gate) = (Arc::clone(&slots[of_other]), Arc::clone(&both_run));
        let subscription = breaker.on_event(move |_| {
            gate.wait();
            let other = slot.lock().unwrap().take();
            drop(other);
        });
        *slots[1 - of_other].lock().unwrap() = Some(subscription);
    }
    let [a, b, _] = breakers(&bench.registry);
    let on_a = thread::spawn(move || a.trip());
    b.trip();
    on_a.join().unwrap();
    assert!(slots.iter().all(|slot| slot.lock().unwrap().is_none()));
}

#[tokio::test]
async fn r15_a_receiver_is_woken_and_reads_to_the_end_of_its_registry() {
    let registry = Registry::new();
    let breaker = registry.breaker("gone").build().expect("legal settings");
    let mut events = registry.events();
    let reading = tokio::spawn(async move {
        let first = events.recv().await.map(|event| event.generation());
        let second = events.recv().await.map(|event| event.generation());
        (first, second, events.recv().await.map(drop))
    });
    tokio::task::yield_now().await;
    breaker.trip();
    tokio::task::yield_now().await;
    breaker.reset();
    drop((breaker, registry));
    assert_eq!(
        reading.await.unwrap(),
        (Ok(Some(1)), Ok(Some(2)), Err(RecvError::Closed))
    );
}
