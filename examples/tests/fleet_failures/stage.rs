//! Five order services, what they report, and signals.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    process::Command,
    time::{Duration, Instant},
};

use fusebox::{
    Operator, State,
    fleet::{FleetControl, Store},
};
use tokio::{sync::mpsc, time::timeout};

use crate::{
    inventory::{Health, Inventory},
    line::{Calls, Line},
    order_service::{BREAKER, QUIET_BREAKER},
    process::Process,
};

/// How often each order service calls.
const PAUSE: Duration = Duration::from_millis(20);

/// Five running order services.
pub(crate) struct Stage {
    pub(crate) inventory: Inventory,
    address: SocketAddr,
    url: String,
    pub(crate) processes: BTreeMap<String, Process>,
    sender: mpsc::UnboundedSender<(String, Line)>,
    lines: mpsc::UnboundedReceiver<(String, Line)>,
    /// The last reported state of each breaker, with its time.
    states: BTreeMap<(String, String), (State, u128)>,
    up: BTreeMap<String, bool>,
    calls: BTreeMap<String, Calls>,
    /// The calls of processes that were killed.
    killed: u64,
}

impl Stage {
    /// Starts five services, and waits until all of them have joined.
    pub(crate) async fn start(url: &str) -> Self {
        let (inventory, address) = Inventory::start().await.expect("a port is free");
        let (sender, lines) = mpsc::unbounded_channel();
        let mut stage = Self {
            inventory,
            address,
            url: url.to_owned(),
            processes: BTreeMap::new(),
            sender,
            lines,
            states: BTreeMap::new(),
            up: BTreeMap::new(),
            calls: BTreeMap::new(),
            killed: 0,
        };
        for number in 1..=5 {
            stage.add(number);
        }
        stage.until("all have joined", Stage::all_up).await;
        stage
    }

    /// Starts a service, again if it was killed.
    pub(crate) fn add(&mut self, number: u32) {
        let name = format!("orders-{number}");
        let process = Process::start(&name, self.address, &self.url, PAUSE, self.sender.clone());
        self.processes
            .insert(name, process.expect("this executable starts"));
    }

    /// Like `kill -9`.
    pub(crate) async fn kill(&mut self, name: &str) {
        self.processes.remove(name).expect("it runs");
        // What it has written before is read first.
        self.run_for(Duration::from_millis(50)).await;
        self.states.retain(|(instance, _), _| instance != name);
        self.up.remove(name);
        self.calls.remove(name);
        self.killed += 1;
    }

    pub(crate) fn signal(&self, name: &str, signal: &str) {
        send_signal(self.processes[name].id(), signal);
    }

    pub(crate) async fn run_for(&mut self, duration: Duration) {
        let end = tokio::time::Instant::now() + duration;
        while let Ok(Some((name, line))) = tokio::time::timeout_at(end, self.lines.recv()).await {
            self.read(name, line);
        }
    }

    /// Reads reports until the condition holds. Returns how long that took.
    pub(crate) async fn until(&mut self, what: &str, is_reached: impl Fn(&Self) -> bool) -> Duration {
        let start = Instant::now();
        while !is_reached(self) {
            assert!(
                start.elapsed() < Duration::from_secs(20),
                "not within 20 s: {what}\n{:?}\n{:?}",
                self.states,
                self.up
            );
            if let Ok(Some((name, line))) = timeout(Duration::from_millis(20), self.lines.recv()).await {
                self.read(name, line);
            }
        }
        start.elapsed()
    }

    fn read(&mut self, name: String, line: Line) {
        if !self.processes.contains_key(&name) {
            return;
        }
        match line {
            Line::Changed { at, breaker, state } => {
                self.states.insert((name, breaker), (state, at));
            }
            Line::Store { is_up, .. } => {
                self.up.insert(name, is_up);
            }
            Line::Calls(calls) => {
                let known = self.calls.entry(name).or_default();
                assert!(calls.started - calls.ended <= 1, "a call is lost: {calls:?}");
                *known = calls;
            }
        }
    }

    fn state(&self, name: &str, breaker: &str) -> State {
        let key = (name.to_owned(), breaker.to_owned());
        self.states.get(&key).map_or(State::Closed, |(state, _)| *state)
    }

    pub(crate) fn all_are(&self, breaker: &str, states: &[State]) -> bool {
        self.processes
            .keys()
            .all(|name| states.contains(&self.state(name, breaker)))
    }

    pub(crate) fn all_closed(&self) -> bool {
        self.all_are(BREAKER, &[State::Closed])
    }

    pub(crate) fn all_stopped(&self) -> bool {
        self.all_are(BREAKER, &[State::Open, State::HalfOpen])
    }

    pub(crate) fn all_up(&self) -> bool {
        self.processes.keys().all(|name| self.up.get(name) == Some(&true))
    }

    pub(crate) fn all_down(&self) -> bool {
        self.processes.keys().all(|name| self.up.get(name) != Some(&true))
    }

    /// When each service changed this breaker last, in microseconds since 1970.
    pub(crate) fn changed_at(&self, breaker: &str) -> Vec<u128> {
        let times = self.states.iter().filter(|((_, known), _)| known == breaker);
        times.map(|(_, (_, at))| *at).collect()
    }

    /// Makes the inventory sick, and waits until all have stopped.
    pub(crate) async fn fall_sick(&mut self, health: Health) -> Duration {
        self.inventory.set(Health::Sick);
        let stopped = self.until("all have stopped", Stage::all_stopped).await;
        self.inventory.set(health);
        stopped
    }

    /// Makes the inventory healthy, and waits until all are closed.
    pub(crate) async fn recover(&mut self) -> Duration {
        self.inventory.set(Health::Healthy);
        self.until("all are closed", Stage::all_closed).await
    }

    /// The calls so far, and the longest time of one outside of its request.
    pub(crate) fn calls(&self) -> (u64, Duration) {
        let ended = self.calls.values().map(|calls| calls.ended).sum();
        let longest = self
            .calls
            .values()
            .map(|calls| calls.longest_overhead_micros)
            .max();
        (ended, Duration::from_micros(longest.unwrap_or(0)))
    }
}

/// An operator of the services.
pub(crate) async fn control(url: &str) -> FleetControl {
    let store = Store::redis(url).expect("the URL is right");
    store.control("orders").await.expect("the store answers")
}

/// Forces the breaker that is not called.
pub(crate) async fn force(control: &FleetControl, lasting: Option<Duration>) {
    let operator = Operator::new("anna", "a drill");
    let forced = control.force_open(QUIET_BREAKER, lasting, operator).await;
    forced.expect("the store answers");
}

/// The instance that makes the trial call now, once there is one.
pub(crate) async fn trial_owner(control: &FleetControl) -> String {
    let start = Instant::now();
    loop {
        let overview = control.overview().await.expect("the store answers");
        let open = overview.open.iter().find(|open| &*open.name == BREAKER);
        if let Some(owner) = open.and_then(|open| open.trial_by.as_ref()) {
            return owner.to_string();
        }
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "no instance makes a trial call"
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Sends a signal to one process.
pub(crate) fn send_signal(id: u32, signal: &str) {
    let status = Command::new("kill").args([signal, &id.to_string()]).status();
    assert!(status.expect("kill exists").success());
}
