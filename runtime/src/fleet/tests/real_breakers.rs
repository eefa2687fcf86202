//! The fleet with the breakers of real registries, under paused time.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    task::JoinSet,
    time::{Instant, sleep},
};

use super::cut::{self, Switch};
use crate::{
    CircuitBreaker, EventKind, Operator, Reason, Registry, State, Threshold,
    fleet::{Fleet, FleetOptions, Share, Store, protocol::Service},
};

const COOLDOWN: Duration = Duration::from_secs(5);
const SECOND: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(20);

/// The service that all instances call.
#[derive(Default)]
struct Inventory {
    is_sick: AtomicBool,
    requests: AtomicU64,
}

impl Inventory {
    fn set_sick(&self, is_sick: bool) {
        self.is_sick.store(is_sick, Ordering::SeqCst);
    }

    fn requests(&self) -> u64 {
        self.requests.load(Ordering::SeqCst)
    }

    async fn serve(&self) -> Result<(), &'static str> {
        self.requests.fetch_add(1, Ordering::SeqCst);
        sleep(Duration::from_millis(5)).await;
        if self.is_sick.load(Ordering::SeqCst) {
            Err("the inventory is sick")
        } else {
            Ok(())
        }
    }
}

/// One instance: a registry of its own, and a caller.
struct Instance {
    registry: Registry,
    breaker: CircuitBreaker,
    fleet: Option<Fleet>,
    switch: Option<Switch>,
    /// Whether this instance alone cannot reach the inventory.
    is_bad: Arc<AtomicBool>,
}

struct FiveInstances {
    store: Store,
    inventory: Arc<Inventory>,
    instances: Vec<Instance>,
    callers: JoinSet<()>,
}

impl FiveInstances {
    /// Five instances that call every 20 ms, with or without a fleet.
    async fn start(is_fleet: bool, max_cooldown: Option<Duration>) -> Self {
        let mut service = Self {
            store: Store::local(),
            inventory: Arc::new(Inventory::default()),
            instances: Vec::new(),
            callers: JoinSet::new(),
        };
        for number in 1..=5 {
            service.add(number, is_fleet, max_cooldown);
        }
        sleep(SECOND).await;
        service
    }

    fn add(&mut self, number: u32, is_fleet: bool, max_cooldown: Option<Duration>) {
        let registry = Registry::new();
        let mut builder = registry
            .breaker("inventory")
            .threshold(Threshold::failures(5))
            .cooldown(COOLDOWN)
            .trial_calls(1);
        if let Some(max_cooldown) = max_cooldown {
            builder = builder.max_cooldown(max_cooldown);
        }
        let breaker = builder.build().expect("the settings are right");
        let (fleet, switch) = if is_fleet {
            let options = FleetOptions::new("orders")
                .instance(format!("pod-{number}"))
                .share_all(Share::quorum(2, 50));
            let (connected, switch) = cut::connect(&self.store, &Service::new("orders").unwrap());
            let fleet = Fleet::start(&registry, connected, options.check().expect("they are right"));
            (Some(fleet), Some(switch))
        } else {
            (None, None)
        };
        let is_bad = Arc::new(AtomicBool::new(false));
        self.callers.spawn(keep_calling(
            breaker.clone(),
            self.inventory.clone(),
            is_bad.clone(),
        ));
        self.instances.push(Instance {
            registry,
            breaker,
            fleet,
            switch,
            is_bad,
        });
    }

    fn fleet(&self) -> &Fleet {
        self.instances[0].fleet.as_ref().expect("it has one")
    }

    fn all_are(&self, state: State) -> bool {
        self.instances
            .iter()
            .all(|instance| instance.breaker.state() == state)
    }

    fn states(&self) -> Vec<State> {
        self.instances
            .iter()
            .map(|instance| instance.breaker.state())
            .collect()
    }

    /// Waits until the condition holds, and returns how long that took.
    async fn until(&self, limit: Duration, is_reached: impl Fn(&Self) -> bool) -> Duration {
        let start = Instant::now();
        while !is_reached(self) {
            assert!(
                start.elapsed() < limit,
                "not within {limit:?}: {:?}",
                self.states()
            );
            sleep(Duration::from_millis(10)).await;
        }
        start.elapsed()
    }

    async fn cut(&self) {
        for instance in &self.instances {
            instance.switch.as_ref().expect("it has one").cut().await;
        }
    }

    async fn restore(&self) {
        for instance in &self.instances {
            instance.switch.as_ref().expect("it has one").restore().await;
        }
    }
}

async fn keep_calling(breaker: CircuitBreaker, inventory: Arc<Inventory>, is_bad: Arc<AtomicBool>) {
    loop {
        let call = async {
            inventory.serve().await?;
            if is_bad.load(Ordering::SeqCst) {
                Err("this instance is bad")
            } else {
                Ok(())
            }
        };
        let _ = breaker.call(call).await;
        sleep(PAUSE).await;
    }
}

fn anna() -> Operator {
    Operator::new("anna", "the provider is down")
}

#[tokio::test(start_paused = true)]
async fn a_quorum_opens_all_and_one_bad_instance_opens_none() {
    let service = FiveInstances::start(true, None).await;
    for bad in 0..2 {
        service.instances[bad].is_bad.store(true, Ordering::SeqCst);
    }
    sleep(SECOND * 30).await;
    for healthy in &service.instances[2..] {
        assert_eq!(
            healthy.breaker.state(),
            State::Closed,
            "2 of 5 are less than half"
        );
        assert_eq!(healthy.breaker.generation(), 0, "nothing reached it");
    }
    let mut events = service.instances[4].breaker.events();
    service.instances[2].is_bad.store(true, Ordering::SeqCst);
    let after = service
        .until(COOLDOWN * 2, |service| {
            service.instances[3..]
                .iter()
                .all(|healthy| healthy.breaker.state() == State::Open)
        })
        .await;
    let crate::Event::Breaker(event) = events.recv().await.unwrap() else {
        panic!("one event of a breaker");
    };
    let EventKind::Transition { reason, .. } = event.kind else {
        panic!("a transition, got {event}");
    };
    println!("3 bad instances of 5 opened the other 2 within {after:?}: {reason}");
    assert!(matches!(reason, Reason::Fleet { open: 3, live: 5 }), "{reason}");
}

#[tokio::test(start_paused = true)]
async fn one_trial_call_per_cooldown_instead_of_five() {
    let mut reached = Vec::new();
    for is_fleet in [true, false] {
        let service = FiveInstances::start(is_fleet, None).await;
        service.inventory.set_sick(true);
        service
            .until(COOLDOWN, |service| !service.states().contains(&State::Closed))
            .await;
        let before = service.inventory.requests();
        sleep(COOLDOWN * 12).await;
        let trials = service.inventory.requests() - before;
        service.inventory.set_sick(false);
        let recovered = service
            .until(COOLDOWN * 3, |service| service.all_are(State::Closed))
            .await;
        println!("fleet {is_fleet}: {trials} trial calls in 12 cooldowns, all closed after {recovered:?}");
        reached.push(trials);
        assert!(recovered < COOLDOWN + SECOND, "{recovered:?}");
    }
    // A round of the fleet is a cooldown and the pause before instances compete.
    assert!((10..=12).contains(&reached[0]), "one per cooldown: {reached:?}");
    assert!((50..=60).contains(&reached[1]), "five per cooldown: {reached:?}");
}

#[tokio::test(start_paused = true)]
async fn a_failed_trial_reopens_all_with_back_off() {
    let service = FiveInstances::start(true, Some(Duration::from_secs(60))).await;
    service.inventory.set_sick(true);
    service
        .until(COOLDOWN, |service| service.all_are(State::Open))
        .await;
    let mut rounds = Vec::new();
    let mut requests = service.inventory.requests();
    let mut last = Instant::now();
    while rounds.len() < 5 {
        service
            .until(SECOND * 70, |service| service.inventory.requests() > requests)
            .await;
        rounds.push(last.elapsed().as_secs());
        last = Instant::now();
        requests += 1;
        assert_eq!(service.inventory.requests(), requests, "one trial call per round");
    }
    println!("seconds between the trial calls of the fleet: {rounds:?}");
    for (round, expected) in rounds.iter().zip([5, 10, 20, 40, 60]) {
        assert!((expected..=expected + 2).contains(round), "{rounds:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_others_stay_open_without_an_event_while_one_makes_the_trial_calls() {
    let service = FiveInstances::start(true, None).await;
    service.inventory.set_sick(true);
    service
        .until(COOLDOWN, |service| service.all_are(State::Open))
        .await;
    sleep(SECOND).await;
    let generations = || -> Vec<u64> {
        let breakers = service.instances.iter();
        breakers.map(|instance| instance.breaker.generation()).collect()
    };
    let before = generations();
    sleep(COOLDOWN * 4).await;
    let after = generations();
    let changes: u64 = after
        .iter()
        .zip(&before)
        .map(|(after, before)| after - before)
        .sum();
    let trials = 4;
    println!("4 cooldowns: {changes} changes on 5 instances");
    // The owner: cooldown ended, half-open, open. The others: only another end.
    assert!(changes <= trials * 3, "{before:?} {after:?}");
    assert!(changes >= 3, "{before:?} {after:?}");
}

#[tokio::test(start_paused = true)]
async fn without_the_store_nothing_is_assumed_closed_or_open() {
    let service = FiveInstances::start(true, None).await;
    service.inventory.set_sick(true);
    service
        .until(COOLDOWN, |service| service.all_are(State::Open))
        .await;
    service
        .fleet()
        .force_open("payments", Some(SECOND * 20), anna())
        .await
        .unwrap();
    let payments = service.instances[3].registry.breaker("payments").build().unwrap();
    sleep(SECOND).await;
    assert_eq!(payments.state(), State::ForcedOpen);
    service.cut().await;
    sleep(SECOND / 2).await;
    assert!(service.all_are(State::Open), "{:?}", service.states());
    assert!(!service.fleet().is_up());
    assert!(
        service
            .fleet()
            .force_open("payments", None, anna())
            .await
            .is_err()
    );
    service.inventory.set_sick(false);
    // The rest of the cooldown, the lease and the margin; then each instance for itself.
    let closed = service
        .until(SECOND * 12, |service| service.all_are(State::Closed))
        .await;
    assert_eq!(payments.state(), State::ForcedOpen, "until its end");
    // Local trips work as ever.
    service.inventory.set_sick(true);
    let open = service
        .until(SECOND, |service| service.all_are(State::Open))
        .await;
    sleep(SECOND * 20).await;
    assert_eq!(payments.state(), State::Closed, "it ended without the store");
    service.restore().await;
    service.fleet().joined().await;
    service.inventory.set_sick(false);
    let after = service
        .until(SECOND * 12, |service| service.all_are(State::Closed))
        .await;
    println!(
        "store gone: all closed after {closed:?}, all open after {open:?}; back: all closed after {after:?}"
    );
    let overview = service.fleet().overview().await.unwrap();
    assert_eq!(overview.instances.len(), 5);
    assert!(service.fleet().status().lag.expect("a snapshot") < SECOND * 6);
}

#[tokio::test(start_paused = true)]
async fn forced_states_reach_all_and_end_by_themselves() {
    let mut service = FiveInstances::start(true, None).await;
    service
        .fleet()
        .force_open("inventory", Some(SECOND * 60), anna())
        .await
        .unwrap();
    let reached = service
        .until(SECOND, |service| service.all_are(State::ForcedOpen))
        .await;
    let snapshot = service.instances[4].breaker.snapshot();
    assert_eq!(snapshot.last_change.unwrap().operator, Some(anna()));
    assert!(snapshot.override_until.is_some(), "the end is shown");
    // An instance that starts now follows too.
    service.add(6, true, None);
    sleep(SECOND).await;
    assert!(service.all_are(State::ForcedOpen), "{:?}", service.states());
    let overview = service.fleet().overview().await.unwrap();
    let forced = &overview.forced[0];
    assert_eq!((&*forced.name, &forced.operator), ("inventory", &anna()));
    // Another end of the same command.
    service
        .fleet()
        .force_open("inventory", Some(SECOND * 10), anna())
        .await
        .unwrap();
    let ended = service
        .until(SECOND * 11, |service| service.all_are(State::Closed))
        .await;
    assert!(ended >= SECOND * 9, "{ended:?}");
    service
        .fleet()
        .force_closed("inventory", None, anna())
        .await
        .unwrap();
    service
        .until(SECOND, |service| service.all_are(State::ForcedClosed))
        .await;
    service.fleet().release("inventory", anna()).await.unwrap();
    let released = service
        .until(SECOND, |service| service.all_are(State::Closed))
        .await;
    println!("forced on 5 instances after {reached:?}, ended after {ended:?}, released after {released:?}");
    let error = service.fleet().force_open("", None, anna()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "a breaker cannot be named \"\"; write 1 to 128 printable characters"
    );
}

#[tokio::test(start_paused = true)]
async fn an_instance_that_leaves_does_not_count() {
    let mut service = FiveInstances::start(true, None).await;
    let health = |instance: &Instance| instance.registry.fleet_health().map(|health| health.is_up);
    assert_eq!(health(&service.instances[4]), Some(true));
    for _ in 0..2 {
        let mut gone = service.instances.pop().expect("five");
        gone.fleet.take().expect("it has one").leave().await;
        assert_eq!(health(&gone), None);
    }
    let overview = service.fleet().overview().await.unwrap();
    let names: Vec<_> = overview
        .instances
        .iter()
        .map(|instance| &*instance.name)
        .collect();
    assert_eq!(names, ["pod-1", "pod-2", "pod-3"]);
    // 2 of 3 are a quorum, 2 of 5 are not.
    for bad in 0..2 {
        service.instances[bad].is_bad.store(true, Ordering::SeqCst);
    }
    service
        .until(SECOND * 2, |service| {
            service.instances[2].breaker.state() == State::Open
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_keyed_breaker_follows_also_after_it_was_evicted() {
    let service = FiveInstances::start(true, None).await;
    let hosts = service.instances[1]
        .registry
        .keyed("host")
        .max_keys(1)
        .build()
        .unwrap();
    service.fleet().force_open("host[a]", None, anna()).await.unwrap();
    sleep(SECOND).await;
    let a = hosts.get("a");
    sleep(PAUSE).await;
    assert_eq!(a.state(), State::ForcedOpen);
    service.fleet().release("host[a]", anna()).await.unwrap();
    sleep(PAUSE).await;
    assert_eq!(a.state(), State::Closed);
    drop(a);
    assert_eq!(hosts.get("b").name(), "host[b]", "it took the place");
    service.fleet().force_open("host[a]", None, anna()).await.unwrap();
    sleep(PAUSE).await;
    let again = hosts.get("a");
    sleep(PAUSE).await;
    assert_eq!(again.state(), State::ForcedOpen);
}

/// An operator of the fleet beats the configuration of one instance.
///
/// A release gives it back.
#[cfg(feature = "config")]
#[tokio::test(start_paused = true)]
async fn a_breaker_that_configuration_disables_is_disabled_again_after_a_release() {
    let service = FiveInstances::start(true, None).await;
    let configured = &service.instances[1];
    let overrides = crate::config::Overrides::from_toml("[breaker.inventory]\nmode = 'disabled'");
    let applied = overrides.expect("it is right").apply(&configured.registry);
    assert_eq!(applied.expect("it is right").changes().len(), 1);
    let states = || (configured.breaker.state(), service.instances[0].breaker.state());
    let fleet = service.fleet();
    // Nothing is forced, so there is nothing to release.
    fleet.release("inventory", anna()).await.unwrap();
    sleep(SECOND).await;
    assert_eq!(states(), (State::Disabled, State::Closed));
    fleet.force_open("inventory", None, anna()).await.unwrap();
    sleep(SECOND).await;
    assert_eq!(states(), (State::ForcedOpen, State::ForcedOpen));
    fleet.release("inventory", anna()).await.unwrap();
    sleep(SECOND).await;
    assert_eq!(states(), (State::Disabled, State::Closed));
    // The end of a command is a release too.
    fleet
        .force_open("inventory", Some(SECOND * 5), anna())
        .await
        .unwrap();
    sleep(SECOND).await;
    assert_eq!(states(), (State::ForcedOpen, State::ForcedOpen));
    sleep(SECOND * 6).await;
    assert_eq!(states(), (State::Disabled, State::Closed));
    // The quorum of the others opens it underneath, and its calls pass.
    service.inventory.set_sick(true);
    service
        .until(SECOND * 5, |service| {
            service.instances[0].breaker.state() == State::Open
        })
        .await;
    assert_eq!(configured.breaker.state(), State::Disabled);
    let before = service.inventory.requests();
    sleep(SECOND).await;
    assert!(service.inventory.requests() > before + 20, "its calls pass");
}

#[tokio::test(start_paused = true)]
async fn a_partition_during_a_quorum_ends_in_one_state() {
    let service = FiveInstances::start(true, None).await;
    // One instance reaches the store and four do not: it is alone with its trip.
    let (cut_off, connected) = service.instances.split_at(4);
    for instance in cut_off {
        instance.switch.as_ref().expect("it has one").cut().await;
    }
    service.inventory.set_sick(true);
    sleep(SECOND * 4).await;
    assert!(connected[0].breaker.state() != State::Closed, "its own trip");
    let overview = service.fleet().overview().await;
    assert!(overview.is_err(), "it is cut off");
    let overview = connected[0].fleet.as_ref().expect("it has one").overview().await;
    assert_eq!(
        overview.expect("it is connected").open,
        [],
        "one of five is not a quorum"
    );
    service.restore().await;
    let start = Instant::now();
    while service
        .fleet()
        .overview()
        .await
        .map_or(true, |overview| overview.open.is_empty())
    {
        assert!(
            start.elapsed() < SECOND * 12,
            "the trips of all five are a quorum"
        );
        sleep(PAUSE).await;
    }
    service.inventory.set_sick(false);
    let closed = service
        .until(COOLDOWN * 2 + SECOND * 6, |service| {
            service.all_are(State::Closed)
        })
        .await;
    println!("closed {closed:?} after the service recovered");
}
