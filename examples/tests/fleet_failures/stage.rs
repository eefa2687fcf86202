//! Five order services, what they report, and signals.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    time::{Duration, Instant},
};

use fusebox::{
    Operator, State,
    fleet::{FleetControl, Store},
};
use tokio::{sync::mpsc, time::timeout};

use crate::{
    clock::HostClock,
    inventory::{Health, Inventory},
    line::{Calls, Line},
    order_service::{BREAKER, QUIET_BREAKER},
    process::Process,
    redis_server::send_signal,
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
    ended: Calls,
    /// The calls of processes that were stopped, when they went on.
    forgiven: BTreeMap<String, Calls>,
    /// The processes that have reported since the last row.
    reported: BTreeSet<String>,
    clocks: BTreeMap<u32, HostClock>,
}

impl Stage {
    /// Starts five services, and waits until all of them have joined.
    pub(crate) async fn start(url: &str) -> Self {
        Self::start_with(url, BTreeMap::new()).await
    }

    /// Starts five services, some with a clock that the test sets.
    pub(crate) async fn start_with(url: &str, clocks: BTreeMap<u32, HostClock>) -> Self {
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
            ended: Calls::default(),
            forgiven: BTreeMap::new(),
            reported: BTreeSet::new(),
            clocks,
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
        let environment = self
            .clocks
            .get(&number)
            .map(HostClock::environment)
            .unwrap_or_default();
        let (address, sender) = (self.address, self.sender.clone());
        let process = Process::start(&environment, &name, address, &self.url, PAUSE, sender);
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
        // The call on its way ends with its process.
        let mut calls = self.calls.remove(name).unwrap_or_default();
        calls.started = calls.ended;
        self.ended = sum([self.ended, calls]);
    }

    /// Sets the clock of one host, for example to `+365d`.
    pub(crate) fn set_clock(&self, number: u32, offset: &str) {
        self.clocks[&number].set(offset);
    }

    /// A process that was stopped has slowed its own call.
    pub(crate) async fn forgive(&mut self, name: &str) {
        self.until_all_have_reported().await;
        self.forgiven.insert(name.to_owned(), self.calls[name]);
    }

    /// Waits until each process has reported twice: its figures are of now.
    pub(crate) async fn until_all_have_reported(&mut self) {
        for _ in 0..2 {
            self.reported.clear();
            self.until("each process reports", |stage| {
                stage.processes.keys().all(|name| stage.reported.contains(name))
            })
            .await;
        }
    }

    /// Starts a service that was killed.
    pub(crate) async fn start_again(&mut self, name: &str) {
        self.add(name.trim_start_matches("orders-").parse().expect("a number"));
        self.until("it has joined again", Self::all_up).await;
    }

    /// Stops a process. Until it goes on, it is not one of the five.
    pub(crate) fn stop(&mut self, name: &str) -> Process {
        send_signal(self.processes[name].id(), "-STOP");
        self.processes.remove(name).expect("it runs")
    }

    /// Lets a stopped process go on.
    pub(crate) async fn go_on(&mut self, name: &str, process: Process) {
        send_signal(process.id(), "-CONT");
        self.processes.insert(name.to_owned(), process);
        self.forgive(name).await;
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
                self.reported.insert(name.clone());
                let known = self.calls.entry(name).or_default();
                assert!(calls.started - calls.ended <= 1, "a call is lost: {calls:?}");
                *known = calls;
            }
        }
    }

    pub(crate) fn state(&self, name: &str, breaker: &str) -> State {
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

    /// The calls so far, of all processes that have run.
    pub(crate) fn calls(&self) -> Calls {
        let of_running = self.calls.iter().map(|(name, calls)| {
            let forgiven = self.forgiven.get(name).copied().unwrap_or_default();
            Calls {
                slowed: calls.slowed - forgiven.slowed,
                longest_overhead_micros: if calls.longest_overhead_micros == forgiven.longest_overhead_micros
                {
                    0
                } else {
                    calls.longest_overhead_micros
                },
                ..*calls
            }
        });
        sum([self.ended].into_iter().chain(of_running))
    }
}

fn sum(calls: impl IntoIterator<Item = Calls>) -> Calls {
    calls.into_iter().fold(Calls::default(), |sum, calls| Calls {
        started: sum.started + calls.started,
        ended: sum.ended + calls.ended,
        rejected: sum.rejected + calls.rejected,
        slowed: sum.slowed + calls.slowed,
        longest_overhead_micros: sum.longest_overhead_micros.max(calls.longest_overhead_micros),
    })
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
