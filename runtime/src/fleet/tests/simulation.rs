//! A fleet on a simulated clock: members, breakers, callers, a network and a
//! store that fail.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap},
    time::Duration,
};

use super::{
    random::Random,
    simulated_breaker::{Admission, COOLDOWN, SimulatedBreakers},
    stand::TWO_AND_HALF,
};
use crate::fleet::{
    member::{FleetWarning, Input, Member, Output, Request, Timing},
    protocol::{Command, Instance, Message, Quorum, Reply, Service, SharedName},
    store::{StoreError, StoreEvent, table::Table},
};

/// How long a command waits for its reply before it fails.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(1);

/// How the network treats what passes it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Network {
    /// The shortest time one way.
    pub(crate) latency: Duration,
    /// A random addition up to this.
    pub(crate) jitter: Duration,
    /// Probabilities in percent.
    pub(crate) lost: u64,
    pub(crate) doubled: u64,
    /// Messages of one instance may overtake each other.
    pub(crate) reordered: bool,
}

impl Default for Network {
    fn default() -> Self {
        let latency = Duration::from_micros(300);
        Self {
            latency,
            jitter: Duration::from_micros(200),
            lost: 0,
            doubled: 0,
            reordered: false,
        }
    }
}

#[derive(Debug)]
enum Event {
    Wake(usize),
    Execute(usize, Request, Command),
    Return(usize, Request, Result<Reply, StoreError>),
    Deliver(usize, StoreEvent),
    Call(usize),
    End(usize, SharedName, u64),
    /// The calls of this node trip this breaker, and close it after its cooldown.
    Trip(usize, SharedName),
    Recover(usize, SharedName),
}

/// One process of the fleet.
pub(crate) struct Node {
    pub(crate) member: Member,
    pub(crate) breakers: SimulatedBreakers,
    pub(crate) is_running: bool,
    /// Whether the service answers this instance.
    pub(crate) is_served: bool,
    pub(crate) warnings: Vec<FleetWarning>,
    next_wake: Option<Duration>,
    last_delivery: Duration,
    calls_every: Duration,
    is_calling: bool,
}

/// What happened.
#[derive(Debug, Default, Clone)]
pub(crate) struct Figures {
    pub(crate) calls: u64,
    pub(crate) rejected: u64,
    /// Admitted calls that ended.
    pub(crate) ended: u64,
    /// Calls that reached the service while it was sick.
    pub(crate) sick_calls: u64,
    /// Those of them that were trial calls.
    pub(crate) sick_trials: u64,
    pub(crate) commands: BTreeMap<&'static str, u64>,
    /// The states in all reports.
    pub(crate) reported_states: u64,
    pub(crate) messages: u64,
    pub(crate) message_bytes: u64,
    /// The most lease owners at one time.
    pub(crate) most_owners: usize,
}

impl Figures {
    pub(crate) fn all_commands(&self) -> u64 {
        self.commands.values().sum()
    }
}

/// The fleet, its store and its clock.
pub(crate) struct Simulation {
    pub(crate) now: Duration,
    pub(crate) nodes: Vec<Node>,
    pub(crate) table: Table,
    pub(crate) network: Network,
    pub(crate) figures: Figures,
    pub(crate) is_healthy: bool,
    pub(crate) call_time: Duration,
    /// Whether the owners are counted after each input, which reads every node.
    pub(crate) counts_owners: bool,
    is_store_up: bool,
    /// What the server's clock is ahead of the simulation, in milliseconds.
    pub(crate) server_offset: u64,
    queue: BinaryHeap<Reverse<(Duration, u64)>>,
    events: BTreeMap<u64, Event>,
    sequence: u64,
    random: Random,
    /// No owner is counted before this time: the store was lost and its leases with
    /// it.
    pub(crate) store_lost_until: Duration,
}

/// The breaker of all simulations.
pub(crate) const BREAKER: &str = "inventory";

impl Simulation {
    /// `nodes` processes that share one breaker and call its service every
    /// `calls_every`.
    pub(crate) fn new(seed: u64, nodes: usize, calls_every: Duration) -> Self {
        Self::with_quorum(seed, nodes, calls_every, Some(TWO_AND_HALF))
    }

    pub(crate) fn with_quorum(
        seed: u64,
        nodes: usize,
        calls_every: Duration,
        quorum: Option<Quorum>,
    ) -> Self {
        let mut simulation = Self {
            now: Duration::from_secs(1000),
            nodes: Vec::new(),
            table: Table::default(),
            network: Network::default(),
            figures: Figures::default(),
            is_healthy: true,
            call_time: Duration::from_millis(20),
            counts_owners: true,
            is_store_up: true,
            server_offset: 1_000_000_000,
            queue: BinaryHeap::new(),
            events: BTreeMap::new(),
            sequence: 0,
            random: Random(seed),
            store_lost_until: Duration::ZERO,
        };
        for _ in 0..nodes {
            simulation.start_node(calls_every, quorum);
        }
        simulation
    }

    fn start_node(&mut self, calls_every: Duration, quorum: Option<Quorum>) {
        let index = self.nodes.len();
        let instance = Instance {
            name: format!("node-{index}").into(),
            incarnation: index as u64,
            program: "orders-api".to_owned(),
        };
        let service = Service::new("orders").expect("the name is right");
        let breakers = SimulatedBreakers::default();
        breakers.add(BREAKER, quorum);
        self.nodes.push(Node {
            member: Member::new(service, instance, Timing::default()),
            breakers,
            is_running: true,
            is_served: true,
            warnings: Vec::new(),
            next_wake: None,
            last_delivery: Duration::ZERO,
            calls_every,
            is_calling: true,
        });
        let first_call =
            calls_every.mul_f64(0.01 * f64::from(u32::try_from(self.random.below(100)).unwrap()));
        self.plan(first_call, Event::Call(index));
        self.plan(Duration::ZERO, Event::Deliver(index, StoreEvent::Up));
    }

    fn plan(&mut self, delay: Duration, event: Event) {
        self.sequence += 1;
        self.queue.push(Reverse((self.now + delay, self.sequence)));
        self.events.insert(self.sequence, event);
    }

    pub(crate) fn run_for(&mut self, duration: Duration) {
        self.run_until(self.now + duration);
    }

    pub(crate) fn run_until(&mut self, end: Duration) {
        while let Some(Reverse((at, sequence))) = self.queue.peek().copied() {
            if at > end {
                break;
            }
            self.queue.pop();
            self.now = at;
            let event = self.events.remove(&sequence).expect("each event is planned once");
            self.happen(event);
        }
        self.now = end;
    }

    /// Runs until the condition holds.
    /// Returns how long that took; `None` if it did not within `limit`.
    pub(crate) fn run_until_true(
        &mut self,
        limit: Duration,
        holds: impl Fn(&Self) -> bool,
    ) -> Option<Duration> {
        let start = self.now;
        while self.now < start + limit {
            if holds(self) {
                return Some(self.now - start);
            }
            self.run_for(Duration::from_millis(1));
        }
        None
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Wake(node) => {
                if self.nodes[node].next_wake.take_if(|at| *at <= self.now).is_some() {
                    self.input(node, Input::Wake);
                }
            }
            Event::Execute(node, request, command) => self.execute(node, request, &command),
            Event::Return(node, request, reply) => self.input(node, Input::Reply(request, reply)),
            // The store came back before its loss was noticed.
            Event::Deliver(_, StoreEvent::Down(_)) if self.is_store_up => {}
            Event::Deliver(node, event) => self.input(node, Input::Store(event)),
            Event::Call(node) => self.call(node),
            Event::End(node, breaker, generation) => {
                let is_success = self.is_healthy && self.nodes[node].is_served;
                self.figures.ended += 1;
                self.nodes[node].breakers.set_time(self.now);
                self.nodes[node].breakers.end(&breaker, generation, is_success);
                self.hear_local(node);
            }
            Event::Trip(node, breaker) => {
                self.nodes[node].breakers.set_time(self.now);
                self.nodes[node].breakers.trip(&breaker);
                self.hear_local(node);
                self.plan(COOLDOWN + Duration::from_millis(1), Event::Recover(node, breaker));
            }
            Event::Recover(node, breaker) => {
                self.nodes[node].breakers.set_time(self.now);
                self.nodes[node].breakers.recover(&breaker);
                self.hear_local(node);
            }
        }
    }

    /// Plans a trip of this breaker by the calls of one node, and its recovery.
    pub(crate) fn plan_trip(&mut self, delay: Duration, node: usize, breaker: SharedName) {
        self.plan(delay, Event::Trip(node, breaker));
    }

    fn call(&mut self, node: usize) {
        if !self.nodes[node].is_running || !self.nodes[node].is_calling {
            return;
        }
        let every = self.nodes[node].calls_every;
        self.plan(every, Event::Call(node));
        self.figures.calls += 1;
        self.nodes[node].breakers.set_time(self.now);
        match self.nodes[node].breakers.start(BREAKER) {
            Admission::Rejected => self.figures.rejected += 1,
            Admission::Admitted { generation, is_trial } => {
                if !self.is_healthy {
                    self.figures.sick_calls += 1;
                    self.figures.sick_trials += u64::from(is_trial);
                }
                let time = self.call_time;
                self.plan(time, Event::End(node, BREAKER.into(), generation));
            }
        }
        self.hear_local(node);
    }

    fn hear_local(&mut self, node: usize) {
        for (breaker, event) in self.nodes[node].breakers.take_events() {
            self.input(node, Input::Local(breaker, event));
        }
    }

    fn input(&mut self, index: usize, input: Input) {
        let now = self.now;
        let node = &mut self.nodes[index];
        if !node.is_running {
            return;
        }
        node.breakers.set_time(now);
        let outputs = node.member.handle(now, input, &node.breakers);
        for output in outputs {
            match output {
                Output::Warn(warning) => self.nodes[index].warnings.push(warning),
                Output::Send(request, command) => self.send(index, request, command),
            }
        }
        self.plan_wake(index);
        if self.counts_owners {
            self.count_owners();
        }
        if self.nodes[index].breakers.has_events() {
            self.hear_local(index);
        }
    }

    fn plan_wake(&mut self, index: usize) {
        let wake = self.nodes[index].member.next_wake();
        if wake == Duration::MAX || self.nodes[index].next_wake.is_some_and(|planned| planned <= wake) {
            return;
        }
        self.nodes[index].next_wake = Some(wake);
        let delay = wake.saturating_sub(self.now);
        self.plan(delay, Event::Wake(index));
    }

    fn send(&mut self, node: usize, request: Request, command: Command) {
        *self.figures.commands.entry(command.name()).or_default() += 1;
        if let Command::Report { reports, .. } = &command {
            self.figures.reported_states += u64::try_from(reports.len()).unwrap();
        }
        if !self.is_store_up || self.random.percent(self.network.lost) {
            let error = timed_out(command.name());
            self.plan(COMMAND_TIMEOUT, Event::Return(node, request, Err(error)));
            return;
        }
        let delay = self.one_way();
        if self.random.percent(self.network.doubled) {
            let late = delay + Duration::from_millis(self.random.below(3000));
            self.plan(late, Event::Execute(node, Request(u64::MAX), command.clone()));
        }
        self.plan(delay, Event::Execute(node, request, command));
    }

    fn execute(&mut self, node: usize, request: Request, command: &Command) {
        if !self.is_store_up {
            self.plan(
                COMMAND_TIMEOUT,
                Event::Return(node, request, Err(timed_out(command.name()))),
            );
            return;
        }
        let server = u64::try_from(self.now.as_millis()).unwrap() + self.server_offset;
        let (reply, messages) = self.table.execute(server, command);
        for message in messages {
            self.publish(&message);
        }
        let back = self.one_way();
        if self.random.percent(self.network.lost) {
            let error = Err(timed_out(command.name()));
            self.plan(COMMAND_TIMEOUT, Event::Return(node, request, error));
        } else {
            self.plan(back, Event::Return(node, request, Ok(reply)));
        }
    }

    fn publish(&mut self, message: &Message) {
        for node in 0..self.nodes.len() {
            self.figures.messages += 1;
            self.figures.message_bytes += u64::try_from(message.encode().len()).unwrap();
            let copies = 1 + u64::from(self.random.percent(self.network.doubled));
            for _ in 0..copies {
                if self.random.percent(self.network.lost) {
                    continue;
                }
                let mut delay = self.one_way();
                if self.network.reordered {
                    delay += Duration::from_millis(self.random.below(500));
                } else {
                    // In the order of publishing, as on one connection.
                    delay = delay.max(self.nodes[node].last_delivery.saturating_sub(self.now));
                    self.nodes[node].last_delivery = self.now + delay;
                }
                self.plan(delay, Event::Deliver(node, StoreEvent::Message(message.clone())));
            }
        }
    }

    fn one_way(&mut self) -> Duration {
        let jitter = u64::try_from(self.network.jitter.as_micros()).unwrap().max(1);
        self.network.latency + Duration::from_micros(self.random.below(jitter))
    }

    /// An operator's command, executed at once.
    pub(crate) fn operate(&mut self, command: &Command) {
        let server = u64::try_from(self.now.as_millis()).unwrap() + self.server_offset;
        let (_, messages) = self.table.execute(server, command);
        for message in messages {
            self.publish(&message);
        }
    }

    /// The store ends; members notice after `noticed`.
    pub(crate) fn lose_store(&mut self, noticed: Duration) {
        self.is_store_up = false;
        for node in 0..self.nodes.len() {
            self.plan(noticed, Event::Deliver(node, StoreEvent::Down(timed_out("ping"))));
        }
    }

    /// The store is back, with its data or empty; members reconnect within
    /// `within`.
    pub(crate) fn bring_store(&mut self, is_empty: bool, within: Duration) {
        self.is_store_up = true;
        if is_empty {
            self.forget();
        }
        let spread = u64::try_from(within.as_micros()).unwrap().max(1);
        for node in 0..self.nodes.len() {
            let delay = Duration::from_micros(self.random.below(spread));
            self.plan(delay, Event::Deliver(node, StoreEvent::Up));
        }
    }

    /// The store loses its data while all members stay connected.
    pub(crate) fn forget(&mut self) {
        self.table = Table::default();
        self.store_lost_until = self.now + Timing::default().lease;
    }

    /// Another server takes over with these data; all members stay connected,
    /// as through a proxy.
    pub(crate) fn fail_over(&mut self, table: Table) {
        self.table = table;
        self.store_lost_until = self.now + Timing::default().lease;
    }

    /// The process ends without a word.
    pub(crate) fn kill(&mut self, node: usize) {
        self.nodes[node].is_running = false;
    }

    /// Nothing calls the service from this process any more.
    pub(crate) fn stop_calls(&mut self, node: usize) {
        self.nodes[node].is_calling = false;
    }

    pub(crate) fn owners(&self) -> Vec<usize> {
        let running = self.nodes.iter().enumerate().filter(|(_, node)| node.is_running);
        running
            .filter(|(_, node)| node.member.is_owner(self.now, BREAKER))
            .map(|(index, _)| index)
            .collect()
    }

    pub(crate) fn closed(&self) -> usize {
        self.nodes
            .iter()
            .filter(|node| node.is_running && node.breakers.is_closed(BREAKER))
            .count()
    }

    fn count_owners(&mut self) {
        let owners = self.owners();
        if self.now >= self.store_lost_until {
            self.figures.most_owners = self.figures.most_owners.max(owners.len());
            assert!(owners.len() <= 1, "{owners:?} own the trial at {:?}", self.now);
        }
    }
}

fn timed_out(command: &'static str) -> StoreError {
    StoreError::Timeout {
        address: "simulation".into(),
        command,
        after: COMMAND_TIMEOUT,
    }
}
