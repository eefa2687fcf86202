//! What a fleet costs its store, on a simulated clock.
//!
//! The table of docs/fleet.md.
//!
//! `FUSEBOX_FLEET_INSTANCES=1000 FUSEBOX_FLEET_BREAKERS=1000 cargo test -p fusebox --lib --release
//! --features redis,test-util the_scale_ -- --nocapture`

use std::{env, time::Duration};

use super::{
    random::Random,
    simulation::{Figures, Simulation},
    stand::TWO_AND_HALF,
};
use crate::fleet::protocol::SharedName;

const SECOND: Duration = Duration::from_secs(1);

/// What a server counts for one command.
///
/// `the_cost_of_a_thousand_instances` measures it.
const SYNC_BYTES: u64 = 485;
const PING_BYTES: u64 = 14;
/// The fixed part of a report, and one state in it.
const REPORT_BYTES: u64 = 407;
const STATE_BYTES: u64 = 130;

fn number(variable: &str, otherwise: u64) -> u64 {
    env::var(variable).map_or(otherwise, |number| number.parse().expect("it is a number"))
}

fn instances() -> u64 {
    number("FUSEBOX_FLEET_INSTANCES", 50)
}

fn breakers() -> u64 {
    number("FUSEBOX_FLEET_BREAKERS", 20)
}

/// `instances` processes that have joined, and call nothing by themselves.
fn fleet(quorum: bool) -> Simulation {
    let nodes = usize::try_from(instances()).expect("it fits");
    let mut fleet = Simulation::with_quorum(21, nodes, SECOND, quorum.then_some(TWO_AND_HALF));
    fleet.counts_owners = false;
    for node in 0..nodes {
        fleet.stop_calls(node);
        for breaker in 0..breakers() {
            let name = name(breaker);
            fleet.nodes[node]
                .breakers
                .add(&name, quorum.then_some(TWO_AND_HALF));
        }
    }
    fleet.run_for(SECOND * 10);
    fleet
}

fn name(breaker: u64) -> SharedName {
    format!("inventory-service-{breaker:04}").into()
}

/// Commands and bytes to the server, with a PING of each instance a second.
fn cost(before: &Figures, after: &Figures, seconds: u64) -> (u64, u64) {
    let commands = |name: &str| {
        let count = |figures: &Figures| figures.commands.get(name).copied().unwrap_or(0);
        count(after) - count(before)
    };
    let pings = instances() * seconds;
    let states = after.reported_states - before.reported_states;
    let (syncs, reports) = (commands("sync"), commands("report"));
    let others = after.all_commands() - before.all_commands() - syncs - reports;
    let bytes =
        pings * PING_BYTES + (syncs + others) * SYNC_BYTES + reports * REPORT_BYTES + states * STATE_BYTES;
    (pings + syncs + reports + others, bytes)
}

/// Every breaker of every instance trips now and then, each by itself.
#[test]
fn the_scale_of_independent_trips() {
    const MINUTE: u64 = 60;
    println!("{} instances × {} breakers", instances(), breakers());
    println!("trips per breaker and hour: commands/s, on paper at most, KB/s to the server");
    for hourly in [0, 1, 10] {
        let mut fleet = fleet(false);
        let before = fleet.figures.clone();
        let trips = instances() * breakers() * hourly * MINUTE / 3600;
        let mut random = Random(hourly);
        for _ in 0..trips {
            let delay = Duration::from_micros(random.below(MINUTE * 1_000_000));
            let node = usize::try_from(random.below(instances())).expect("it fits");
            let breaker = name(random.below(breakers()));
            fleet.plan_trip(delay, node, breaker);
        }
        fleet.run_for(SECOND * 60);
        let (commands, bytes) = cost(&before, &fleet.figures, MINUTE);
        // A PING each second, a snapshot each 5 s; a trip changes the state three times.
        let paper = instances() * (MINUTE + MINUTE / 5) + 3 * trips;
        println!(
            "{hourly:>3}: {:>6} {:>6} {:>6}",
            commands / MINUTE,
            paper / MINUTE,
            bytes / MINUTE / 1000
        );
        assert!(commands <= paper + instances(), "{commands} of {paper}");
    }
}

/// Every breaker of every instance trips within one second.
///
/// The network is down.
#[test]
fn the_scale_of_one_outage_of_everything() {
    let mut fleet = fleet(true);
    let before = fleet.figures.clone();
    let mut random = Random(3);
    for node in 0..usize::try_from(instances()).expect("it fits") {
        for breaker in 0..breakers() {
            let delay = Duration::from_micros(random.below(1_000_000));
            fleet.plan_trip(delay, node, name(breaker));
        }
    }
    fleet.run_for(SECOND * 4);
    let figures = &fleet.figures;
    let (commands, bytes) = cost(&before, figures, 4);
    let (messages, message_bytes) = (
        figures.messages - before.messages,
        figures.message_bytes - before.message_bytes,
    );
    let reports = figures.commands["report"] - before.commands.get("report").copied().unwrap_or(0);
    println!(
        "{} instances × {} breakers trip within a second: {commands} commands in 4 s, {} KB to the server; \
         {reports} reports of {} states; {messages} messages, {} KB",
        instances(),
        breakers(),
        bytes / 1000,
        figures.reported_states - before.reported_states,
        message_bytes / 1000,
    );
    assert!(
        messages <= 2 * instances() * breakers(),
        "a breaker opens for all once: {messages}"
    );
}
