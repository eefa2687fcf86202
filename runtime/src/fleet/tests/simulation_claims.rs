//! What a fleet does, on a simulated clock. Every claim prints its figures.

use std::time::Duration;

use super::{
    random::Random,
    simulated_breaker::COOLDOWN,
    simulation::{BREAKER, Simulation},
};
use crate::fleet::{
    member::{FleetWarning, Timing},
    protocol::{Command, ForcedState},
};

const MILLI: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);

/// Five instances, each calling 50 times a second, all registered.
fn fleet(seed: u64) -> Simulation {
    let mut fleet = Simulation::new(seed, 5, MILLI * 20);
    fleet.run_for(SECOND);
    fleet
}

/// The service is sick until all instances reject.
fn tripped(seed: u64) -> Simulation {
    let mut fleet = fleet(seed);
    fleet.is_healthy = false;
    fleet
        .run_until_true(SECOND * 2, |fleet| fleet.closed() == 0)
        .expect("all open");
    fleet
}

#[test]
fn two_sick_instances_open_all() {
    let mut fleet = fleet(1);
    fleet.nodes[0].is_served = false;
    fleet.nodes[1].is_served = false;
    // 2 of 5 are less than half.
    fleet.run_for(SECOND * 4);
    assert_eq!(fleet.closed(), 3);
    fleet.nodes[2].is_served = false;
    fleet
        .run_until_true(SECOND * 8, |fleet| fleet.closed() == 0)
        .expect("three of five are a quorum");
    let healthy_rejected = fleet.figures.rejected;
    fleet.nodes.iter_mut().for_each(|node| node.is_served = true);
    let recovered = fleet
        .run_until_true(SECOND * 30, |fleet| fleet.closed() == 5)
        .expect("it is healthy");
    println!(
        "quorum 3 of 5: all open; recovered {recovered:?} later; {healthy_rejected} calls rejected before"
    );
    assert!(recovered < COOLDOWN + SECOND);
}

#[test]
fn one_bad_instance_stays_alone() {
    let mut fleet = fleet(2);
    fleet.nodes[3].is_served = false;
    for _ in 0..600 {
        fleet.run_for(SECOND);
        for node in [0, 1, 2, 4] {
            assert!(
                fleet.nodes[node].breakers.is_closed(BREAKER),
                "{node} opened at {:?}",
                fleet.now
            );
        }
    }
    println!(
        "one bad instance for 10 min: the others stayed closed, {:?}",
        fleet.figures.commands
    );
}

#[test]
fn one_trial_per_cooldown_reaches_the_sick_service() {
    let mut with = tripped(3);
    let trials_before = with.figures.sick_trials;
    with.run_for(SECOND * 600);
    let with_fleet = with.figures.sick_trials - trials_before;

    // The same five instances without a quorum: each probes for itself.
    let mut without = Simulation::with_quorum(3, 5, MILLI * 20, None);
    without.run_for(SECOND);
    without.is_healthy = false;
    without
        .run_until_true(SECOND * 2, |fleet| fleet.closed() == 0)
        .expect("all open");
    let trials_before = without.figures.sick_trials;
    without.run_for(SECOND * 600);
    let without_fleet = without.figures.sick_trials - trials_before;

    // Cooldowns of 5, 10, 20, 40, then 60 s, and half a second for each competition.
    println!("10 min of a sick service: {with_fleet} trial calls with the fleet, {without_fleet} without");
    assert!((11..=13).contains(&with_fleet), "{with_fleet}");
    assert!(without_fleet >= 5 * 11, "{without_fleet}");
    assert_eq!(with.figures.most_owners, 1);

    with.is_healthy = true;
    let recovered = with
        .run_until_true(SECOND * 62, |fleet| fleet.closed() == 5)
        .expect("it is healthy");
    println!("recovered {recovered:?} after the service, in a cooldown of 60 s");
}

#[test]
fn all_close_within_milliseconds_of_the_trial() {
    let mut fleet = tripped(4);
    fleet.is_healthy = true;
    let first = fleet
        .run_until_true(SECOND * 10, |fleet| fleet.closed() > 0)
        .expect("one closes");
    let rest = fleet
        .run_until_true(SECOND, |fleet| fleet.closed() == 5)
        .expect("all close");
    println!("first closed after {first:?}, all of them {rest:?} later");
    assert!(rest <= MILLI * 3, "{rest:?}");
}

#[test]
fn a_dead_owner_is_replaced_when_its_lease_ends() {
    let mut fleet = tripped(5);
    fleet.call_time = SECOND * 60;
    fleet
        .run_until_true(SECOND * 10, |fleet| !fleet.owners().is_empty())
        .expect("an owner");
    let first = fleet.owners()[0];
    fleet.call_time = MILLI * 20;
    fleet.kill(first);
    fleet.is_healthy = true;
    let recovered = fleet
        .run_until_true(SECOND * 20, |fleet| fleet.closed() == 4)
        .expect("another owner");
    println!("owner killed during its trial: the others recovered {recovered:?} later");
    assert!(recovered < Timing::default().lease + SECOND);
}

#[test]
fn a_hanging_trial_keeps_its_lease_and_then_loses_it() {
    let mut fleet = tripped(6);
    fleet.call_time = SECOND * 300;
    fleet
        .run_until_true(SECOND * 10, |fleet| !fleet.owners().is_empty())
        .expect("an owner");
    let first = fleet.owners()[0];
    fleet.run_for(MILLI * 100);
    // One call hangs at the owner and no further one comes, so no extra trial call helps.
    fleet.stop_calls(first);
    fleet.call_time = MILLI * 20;
    fleet.is_healthy = true;
    fleet.run_for(SECOND * 20);
    assert_eq!(fleet.owners(), [first], "renewed while its trial call runs");
    let recovered = fleet
        .run_until_true(SECOND * 60, |fleet| fleet.closed() >= 4)
        .expect("another owner");
    println!(
        "a trial call that hangs for ever: another instance recovered the fleet {recovered:?} after 20 s"
    );
    assert!(recovered < SECOND * 20, "{recovered:?}");
}

#[test]
fn a_lost_store_changes_nothing_until_states_end() {
    let mut fleet = tripped(7);
    fleet.lose_store(MILLI);
    let trials = fleet.figures.sick_trials;
    // The hold outlasts the cooldown by lease and margin.
    fleet.run_for(COOLDOWN - SECOND);
    assert_eq!((fleet.closed(), fleet.figures.sick_trials), (0, trials));
    fleet.is_healthy = true;
    let recovered = fleet
        .run_until_true(SECOND * 30, |fleet| fleet.closed() == 5)
        .expect("each probes");
    println!("store lost while open: each instance recovered for itself, the last after {recovered:?} more");
    assert!(recovered < SECOND + Timing::default().lease + Timing::default().margin + SECOND);
    // Still without a store: local trips work as ever.
    fleet.is_healthy = false;
    let tripped = fleet
        .run_until_true(SECOND, |fleet| fleet.closed() == 0)
        .expect("each trips");
    println!("store lost: a sick service opened all breakers in {tripped:?}");
    fleet.is_healthy = true;
    fleet
        .run_until_true(SECOND * 20, |fleet| fleet.closed() == 5)
        .expect("each probes");
    let warnings = fleet.nodes[0].warnings.len();
    assert_eq!(
        warnings, 1,
        "one warning for one loss: {:?}",
        fleet.nodes[0].warnings
    );
}

#[test]
fn an_idle_breaker_is_not_probed_and_costs_little() {
    let mut fleet = tripped(8);
    // The callers of all nodes stop.
    for node in 0..5 {
        fleet.stop_calls(node);
    }
    let trials = fleet.figures.sick_trials;
    let commands = fleet.figures.all_commands();
    fleet.run_for(SECOND * 600);
    let commands = fleet.figures.all_commands() - commands;
    println!("idle and open for 10 min: {commands} commands of 5 instances");
    assert_eq!(fleet.figures.sick_trials, trials);
    // Five instances, a snapshot every 5 s.
    assert!(commands <= 5 * 600 / 5 + 20, "{commands}");
}

#[test]
fn a_store_that_restarts_empty_gets_operator_states_back() {
    let mut fleet = fleet(9);
    fleet.operate(&force(ForcedState::Open, Some(SECOND * 60)));
    fleet.run_for(MILLI * 10);
    assert!(
        fleet
            .nodes
            .iter()
            .all(|node| node.breakers.forced(BREAKER) == Some(ForcedState::Open))
    );
    let start = fleet.now;
    fleet.run_for(SECOND * 10);
    fleet.lose_store(MILLI);
    fleet.run_for(SECOND * 10);
    fleet.bring_store(true, SECOND * 2);
    fleet.run_for(SECOND * 6);
    let now = u64::try_from(fleet.now.as_millis()).unwrap() + fleet.server_offset;
    let (reply, _) = fleet.table.execute(now, &Command::Overview);
    assert!(
        format!("{reply:?}").contains("provider down"),
        "the store has it again: {reply:?}"
    );
    let lost = fleet.nodes.iter().flat_map(|node| &node.warnings);
    let lost = lost
        .filter(|warning| matches!(warning, FleetWarning::StoreLost { restored: 1 }))
        .count();
    assert!(lost >= 1);
    fleet.run_until(start + SECOND * 59);
    assert!(
        fleet
            .nodes
            .iter()
            .all(|node| node.breakers.forced(BREAKER) == Some(ForcedState::Open))
    );
    fleet.run_until(start + SECOND * 61);
    assert!(
        fleet
            .nodes
            .iter()
            .all(|node| node.breakers.forced(BREAKER).is_none()),
        "it ended by itself"
    );
}

#[test]
fn a_state_released_while_away_is_released_on_return() {
    let mut fleet = fleet(10);
    fleet.operate(&force(ForcedState::Open, None));
    fleet.run_for(SECOND);
    fleet.lose_store(MILLI);
    fleet.run_for(SECOND * 3);
    assert!(
        fleet
            .nodes
            .iter()
            .all(|node| node.breakers.forced(BREAKER).is_some()),
        "fail static"
    );
    let (who, reason) = ("bert".to_owned(), "it is back".to_owned());
    fleet.operate(&Command::Release {
        breaker: BREAKER.into(),
        on: None,
        who,
        reason,
    });
    fleet.bring_store(false, SECOND * 2);
    let released = fleet
        .run_until_true(SECOND * 6, |fleet| {
            fleet
                .nodes
                .iter()
                .all(|node| node.breakers.forced(BREAKER).is_none())
        })
        .expect("all released");
    println!(
        "released while the instances were cut off: all released {released:?} after the store came back"
    );
}

#[test]
fn a_store_that_restarts_empty_in_an_incident_converges() {
    let mut fleet = tripped(11);
    fleet.run_for(SECOND);
    fleet.lose_store(MILLI);
    fleet.run_for(SECOND);
    fleet.bring_store(true, SECOND * 2);
    // The instances report their trips anew, and the quorum opens again.
    fleet.run_for(SECOND * 120);
    let trials = fleet.figures.sick_trials;
    fleet.run_for(SECOND * 600);
    let trials = fleet.figures.sick_trials - trials;
    println!("store restarted empty in an incident: {trials} trial calls in the next 10 min");
    assert!(trials <= 13, "one for all again: {trials}");
    fleet.is_healthy = true;
    fleet
        .run_until_true(SECOND * 70, |fleet| fleet.closed() == 5)
        .expect("it is healthy");
}

#[test]
fn a_stopped_store_delays_nothing_and_converges_within_six_seconds() {
    let mut fleet = tripped(12);
    // SIGSTOP: the loss is noticed after 3 s; meanwhile commands time out.
    fleet.lose_store(SECOND * 3);
    fleet.run_for(SECOND * 20);
    fleet.is_healthy = true;
    fleet
        .run_until_true(SECOND * 70, |fleet| fleet.closed() == 5)
        .expect("each probes for itself");
    fleet.bring_store(false, SECOND * 2);
    fleet.run_for(SECOND * 6);
    assert_eq!(fleet.closed(), 5, "the store's old open state does not come back");
    let now = u64::try_from(fleet.now.as_millis()).unwrap() + fleet.server_offset;
    let (reply, _) = fleet.table.execute(now, &Command::Overview);
    assert!(
        format!("{reply:?}").contains("shared: []"),
        "the store has closed it too: {reply:?}"
    );
}

#[test]
fn an_operators_reset_on_one_instance_stays() {
    let mut fleet = tripped(13);
    let reset = |fleet: &mut Simulation| {
        fleet.nodes[2].breakers.set_time(fleet.now);
        fleet.nodes[2].breakers.reset(BREAKER);
    };
    fleet.is_healthy = true;
    reset(&mut fleet);
    fleet.run_for(SECOND);
    assert!(fleet.nodes[2].breakers.is_closed(BREAKER));
    assert_eq!(fleet.closed(), 1, "the others wait for a trial");
    fleet
        .run_until_true(SECOND * 10, |fleet| fleet.closed() == 5)
        .expect("a trial");
}

#[test]
fn the_servers_clock_may_jump_by_a_year() {
    const YEAR: u64 = 365 * 24 * 3600 * 1000;
    for offset in [1_000_000_000 + YEAR, 1_000] {
        let mut fleet = tripped(14);
        fleet.operate(&force(ForcedState::Closed, Some(SECOND * 100)));
        fleet.run_for(SECOND);
        fleet.server_offset = offset;
        fleet.run_for(SECOND * 10);
        fleet.is_healthy = true;
        let recovered = fleet.run_until_true(SECOND * 200, |fleet| {
            fleet.closed() == 5
                && fleet
                    .nodes
                    .iter()
                    .all(|node| node.breakers.forced(BREAKER).is_none())
        });
        println!(
            "server clock at {offset} ms: all closed and released after {:?}",
            recovered.expect("it converges")
        );
    }
}

#[test]
fn a_breaker_for_each_user_is_forgotten_when_it_is_at_rest() {
    let mut fleet = fleet(17);
    fleet.operate(&force(ForcedState::Open, None));
    for user in 0..20_000 {
        let name = format!("inventory[user-{user}]");
        fleet.nodes[0].breakers.add(&name, None);
        fleet.nodes[0].breakers.reset(&name);
        fleet.run_for(MILLI);
    }
    fleet.run_for(SECOND);
    let remembered = fleet.nodes[0].member.remembered();
    println!("20,000 breakers came and went: {remembered} are remembered");
    assert!(remembered <= 2048, "{remembered}");
    assert_eq!(
        fleet.nodes[0].breakers.forced(BREAKER),
        Some(ForcedState::Open),
        "what an operator forced is kept"
    );
}

#[test]
fn a_day_of_flapping() {
    let mut fleet = Simulation::new(15, 5, MILLI * 200);
    fleet.run_for(SECOND);
    let mut random = Random(15);
    let start = fleet.now;
    let (mut outages, mut losses, mut longest, mut cooldowns) = (0, 0, Duration::ZERO, 0);
    while fleet.now < start + SECOND * 86_400 {
        fleet.is_healthy = false;
        outages += 1;
        let sick = fleet.now;
        if random.percent(20) {
            losses += 1;
            fleet.lose_store(Duration::from_millis(random.below(3000)));
            fleet.run_for(Duration::from_secs(random.below(20)));
            let is_empty = random.percent(50);
            fleet.bring_store(is_empty, SECOND * 2);
        }
        fleet.run_for(Duration::from_secs(5 + random.below(120)));
        cooldowns += cooldowns_of(fleet.now - sick);
        fleet.is_healthy = true;
        // The longest cooldown, then a competition and a trial.
        let converged = fleet.run_until_true(SECOND * 75, |fleet| fleet.closed() == 5);
        longest = longest.max(converged.expect("it is healthy"));
        fleet.run_for(Duration::from_secs(random.below(60)));
    }
    let hours = (fleet.now - start).as_secs() / 3600;
    // The last call of each instance may be on its way.
    fleet.run_for(SECOND);
    let figures = &fleet.figures;
    let lost = figures.calls - figures.rejected - figures.ended;
    let thousandths = figures.all_commands() * 200 / (fleet.now - start).as_secs();
    println!(
        "{hours} h: {outages} outages, {losses} losses of the store; {} calls, {} rejected, {lost} lost; \
         {} reached the sick service, {} of them trial calls in {cooldowns} cooldowns; \
         converged after at most {longest:.1?}; {thousandths} commands per instance in 1,000 s; {:?}",
        figures.calls, figures.rejected, figures.sick_calls, figures.sick_trials, figures.commands
    );
    assert!(lost <= 5, "{lost} calls are lost");
    // While the store is gone, each of the five probes for itself.
    assert!(
        figures.sick_trials < cooldowns + losses * 5 * 4,
        "{}",
        figures.sick_trials
    );
    assert!(thousandths < 1000);
}

/// The cooldowns that begin while a service is sick for so long.
///
/// Of 5, 10, 20, 40 and then 60 seconds.
fn cooldowns_of(sick: Duration) -> u64 {
    let mut left = sick.as_secs();
    let (mut cooldowns, mut length) = (0, COOLDOWN.as_secs());
    while left >= length {
        left -= length;
        cooldowns += 1;
        length = (length * 2).min(60);
    }
    cooldowns
}

#[test]
fn a_thousand_instances() {
    let mut fleet = Simulation::new(16, 1000, SECOND);
    fleet.run_for(SECOND * 10);
    let idle = fleet.figures.clone();
    fleet.is_healthy = false;
    fleet
        .run_until_true(SECOND * 20, |fleet| fleet.closed() == 0)
        .expect("all open");
    fleet.run_for(SECOND * 60);
    fleet.is_healthy = true;
    let recovered = fleet.run_until_true(SECOND * 75, |fleet| fleet.closed() == 1000);
    let figures = &fleet.figures;
    let seconds = (fleet.now.as_secs() - 1010).max(1);
    println!(
        "1,000 instances, one outage of 60 s: {} trial calls, recovered {:?} after; in {seconds} s {} commands {:?}, \
         {} messages, {} bytes of messages",
        figures.sick_trials,
        recovered.expect("it is healthy"),
        figures.all_commands() - idle.all_commands(),
        figures.commands,
        figures.messages,
        figures.message_bytes,
    );
    let acquires = figures.commands["acquire"];
    let finishes = figures.commands["finish"];
    assert!(
        acquires < finishes * 200,
        "most see the first lease before they compete: {acquires} of {finishes}"
    );
}

fn force(state: ForcedState, lasting: Option<Duration>) -> Command {
    let (who, reason) = ("anna".to_owned(), "provider down".to_owned());
    Command::Force {
        breaker: BREAKER.into(),
        on: None,
        state,
        lasting,
        who,
        reason,
    }
}
