//! One act: five order services, an inventory that gets sick and recovers.

use std::{
    collections::BTreeMap,
    io,
    time::{Duration, Instant},
};

use fusebox::{State, fleet::Store};
use tokio::{
    sync::mpsc,
    task::JoinSet,
    time::{MissedTickBehavior, interval},
};

use crate::{
    inventory::{Health, Inventory},
    line::Line,
    order_service::{BREAKER, OrderService},
    process::Process,
    redis_server::RedisServer,
};

/// How long the inventory is sick.
pub(crate) const SICK_FOR: Duration = Duration::from_secs(7);

const HEALTHY_BEFORE: Duration = Duration::from_millis(1500);
const LONGEST_RECOVERY: Duration = Duration::from_secs(5);
const INSTANCES: usize = 5;

/// The figures of one act.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Outcome {
    /// Requests that reached the sick inventory.
    pub(crate) sick_requests: u64,
    /// Those of them after all instances had stopped: trial calls.
    pub(crate) trials: u64,
    /// From sick until no instance was closed.
    pub(crate) all_stopped: Option<Duration>,
    /// From healthy until all instances were closed.
    pub(crate) all_recovered: Option<Duration>,
}

/// The surroundings of the five order services.
pub(crate) enum Stage<'a> {
    /// Five processes, with the fleet on this server or without a fleet.
    Processes(Option<&'a RedisServer>),
    /// Five registries in this process, with a store in memory or without a fleet.
    Embedded(bool),
}

/// Five running order services.
#[allow(dead_code, reason = "they run as long as they are held")]
enum Cast {
    Processes(Vec<Process>),
    Embedded(JoinSet<Result<(), String>>),
}

/// Runs the act and prints its timeline.
pub(crate) async fn run(stage: Stage<'_>) -> io::Result<Outcome> {
    let (inventory, address) = Inventory::start().await?;
    let (sender, mut lines) = mpsc::unbounded_channel::<(String, Line)>();
    let names: Vec<String> = (1..=INSTANCES).map(|number| format!("orders-{number}")).collect();
    // The last instance has few customers: without a fleet, it needs long to see five failures.
    let pauses = [20, 20, 30, 40, 400].map(Duration::from_millis);
    let _cast = match stage {
        Stage::Processes(server) => {
            let url = server.map_or_else(|| "-".to_owned(), RedisServer::url);
            let start = |(name, pause): (&String, Duration)| {
                Process::start(&[], name, address, &url, pause, sender.clone())
            };
            Cast::Processes(names.iter().zip(pauses).map(start).collect::<io::Result<_>>()?)
        }
        Stage::Embedded(is_fleet) => {
            let store = is_fleet.then(Store::local);
            let mut services = JoinSet::new();
            for (name, pause) in names.iter().zip(pauses) {
                let service = OrderService {
                    name: name.clone(),
                    inventory: address,
                    store: store.clone(),
                    pause,
                };
                let (sender, name) = (sender.clone(), name.clone());
                // An error: the act is over.
                services.spawn(service.run(move |line| drop(sender.send((name.clone(), line)))));
            }
            Cast::Embedded(services)
        }
    };
    let mut timeline = Timeline::new(&names);
    timeline.wait_until_all_call(&mut lines).await?;
    Ok(timeline.play(&inventory, &mut lines).await)
}

/// The states of the five instances over time.
struct Timeline {
    start: Instant,
    states: BTreeMap<String, State>,
}

impl Timeline {
    fn new(names: &[String]) -> Self {
        Self {
            start: Instant::now(),
            states: names.iter().map(|name| (name.clone(), State::Closed)).collect(),
        }
    }

    /// Each instance reports its calls: it has started.
    async fn wait_until_all_call(
        &mut self,
        lines: &mut mpsc::UnboundedReceiver<(String, Line)>,
    ) -> io::Result<()> {
        let mut silent: Vec<String> = self.states.keys().cloned().collect();
        let all = async {
            while !silent.is_empty() {
                if let Some((name, Line::Calls(calls))) = lines.recv().await
                    && calls.ended > 0
                {
                    silent.retain(|other| *other != name);
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(10), all)
            .await
            .map_err(|_| io::Error::other("an order service does not start"))?;
        self.start = Instant::now();
        Ok(())
    }

    async fn play(
        &mut self,
        inventory: &Inventory,
        lines: &mut mpsc::UnboundedReceiver<(String, Line)>,
    ) -> Outcome {
        let mut outcome = Outcome::default();
        let mut ticks = interval(Duration::from_millis(500));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut printed, mut before_sick, mut at_stop) = (0, 0, 0);
        let sick_at = self.start + HEALTHY_BEFORE;
        let healthy_at = sick_at + SICK_FOR;
        let end = healthy_at + LONGEST_RECOVERY;
        while Instant::now() < end && outcome.all_recovered.is_none() {
            let step = tokio::time::sleep(Duration::from_millis(10));
            tokio::select! {
                Some((name, line)) = lines.recv() => {
                    if let Line::Changed { breaker, state, .. } = line && breaker == BREAKER {
                        self.states.insert(name, state);
                    }
                }
                _ = ticks.tick() => {
                    let requests = inventory.requests();
                    self.print(inventory.health(), requests - printed);
                    printed = requests;
                }
                () = step => {}
            }
            let now = Instant::now();
            if inventory.health() == Health::Healthy && now >= sick_at && now < healthy_at {
                inventory.set(Health::Sick);
                before_sick = inventory.requests();
            } else if inventory.health() == Health::Sick && now >= healthy_at {
                inventory.set(Health::Healthy);
                outcome.sick_requests = inventory.requests() - before_sick;
                outcome.trials = inventory.requests() - at_stop;
            }
            if inventory.health() == Health::Sick
                && outcome.all_stopped.is_none()
                && !self.states.values().any(|state| *state == State::Closed)
            {
                outcome.all_stopped = Some(now - sick_at);
                at_stop = inventory.requests();
            }
            if now > healthy_at && self.states.values().all(|state| *state == State::Closed) {
                outcome.all_recovered = Some(now - healthy_at);
            }
        }
        self.print(inventory.health(), inventory.requests() - printed);
        outcome
    }

    fn print(&self, health: Health, requests: u64) {
        let states: Vec<String> = self
            .states
            .values()
            .map(|state| format!("{:<9}", state.as_str()))
            .collect();
        let health = if health == Health::Healthy {
            "healthy"
        } else {
            "SICK"
        };
        println!(
            "{:>5.1} s  {health:<8} {}  {requests:>4} requests",
            self.start.elapsed().as_secs_f64(),
            states.join(" ")
        );
    }
}
