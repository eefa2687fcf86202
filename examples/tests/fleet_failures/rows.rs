//! One row for each failure.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use fusebox::{Operator, State, fleet::FleetControl};

use crate::{
    clock::HostClock,
    inventory::Health,
    line::Line,
    order_service::{BREAKER, COOLDOWN, QUIET_BREAKER},
    proxy::{Network, Proxy},
    redis_server::{RedisServer, free_port},
    row::{Row, print_head},
    stage::{Stage, control, force, trial_owner},
};

const SECOND: Duration = Duration::from_secs(1);

/// The longest time until all instances are in step with a store that is back.
const IN_STEP: Duration = Duration::from_secs(6);

/// The lease of a dead owner, and one round of the others.
const TAKEN_OVER: Duration = Duration::from_secs(4 + 4);

/// The longest time that an open state is shared without a store.
///
/// The rest of the cooldown, one lease, the margin, and the pause of a caller.
const ALONE: Duration = Duration::from_millis(1000 + 4000 + 1000 + 500);

/// Plays all rows.
pub(crate) async fn run(mut server: RedisServer) {
    print_head();
    let mut stage = Stage::start(&server.url()).await;
    propagation(&mut stage, &server).await;
    propagation_to_one(&mut stage, &server).await;
    one_trial(&mut stage).await;
    killed_owner(&mut stage, &server).await;
    stopped_owner(&mut stage, &server).await;
    killed_instance(&mut stage, &server).await;
    stopped_instance(&mut stage, &server).await;
    stopped_store(&mut stage, &server).await;
    killed_store(&mut stage, &mut server).await;
    empty_store(&mut stage, &mut server).await;
    drop(stage);
    network(&server).await;
    clocks(&server).await;
    clock_of_the_store().await;
}

/// The time from an operator's command to each of the five processes.
async fn propagation(stage: &mut Stage, server: &RedisServer) {
    let row = Row::start(stage, "operator's command");
    let (p99, figure) = propagation_within(stage, &server.url(), 100).await;
    row.end(stage, p99, &figure).await;
}

/// The time from an operator's command to the one process that it is for.
async fn propagation_to_one(stage: &mut Stage, server: &RedisServer) {
    const NAME: &str = "orders-3";
    let row = Row::start(stage, "operator's command to one");
    let control = control(&server.url()).await;
    let one = control.on_instance(NAME);
    let mut times = Vec::new();
    for _ in 0..25 {
        for expected in [State::ForcedOpen, State::Closed] {
            let operator = Operator::new("anna", "a drill");
            let start = Instant::now();
            let sent = match expected {
                State::ForcedOpen => one.force_open(QUIET_BREAKER, Some(SECOND * 60), operator).await,
                _ => one.release(QUIET_BREAKER, operator).await,
            };
            sent.expect("the store answers");
            let has_arrived = |stage: &Stage| stage.state(NAME, QUIET_BREAKER) == expected;
            stage.until("the command has arrived", has_arrived).await;
            times.push(start.elapsed());
            let forced = stage
                .processes
                .keys()
                .filter(|name| stage.state(name, QUIET_BREAKER) == State::ForcedOpen);
            assert_eq!(
                forced.count(),
                usize::from(expected == State::ForcedOpen),
                "{expected}"
            );
        }
    }
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100];
    let figure = format!(
        "p50 {:.1?}, p99 {:.1?} ({} commands × 1 process)",
        at(50),
        at(99),
        times.len()
    );
    row.end(stage, at(99), &figure).await;
}

async fn propagation_within(stage: &mut Stage, url: &str, rounds: usize) -> (Duration, String) {
    let control = control(url).await;
    let mut micros = Vec::new();
    for round in 0..rounds {
        let start = Line::now();
        let expected = if round % 2 == 0 {
            force(&control, None).await;
            State::ForcedOpen
        } else {
            release(&control).await;
            State::Closed
        };
        stage
            .until("the command has arrived", |stage| {
                stage.all_are(QUIET_BREAKER, &[expected])
            })
            .await;
        micros.extend(
            stage
                .changed_at(QUIET_BREAKER)
                .iter()
                .map(|at| at.saturating_sub(start)),
        );
    }
    micros.sort_unstable();
    let at = |percent: usize| {
        Duration::from_micros(u64::try_from(micros[(micros.len() - 1) * percent / 100]).unwrap_or(u64::MAX))
    };
    assert_eq!(micros.len(), rounds * 5);
    assert!(at(50) < SECOND, "{micros:?}");
    let figure = format!(
        "p50 {:.1?}, p99 {:.1?} ({rounds} commands × 5 processes)",
        at(50),
        at(99)
    );
    (at(99), figure)
}

async fn release(control: &FleetControl) {
    let operator = Operator::new("anna", "done");
    let released = control.release(QUIET_BREAKER, operator).await;
    released.expect("the store answers");
}

/// A quorum opens all, and one trial call is made per cooldown.
async fn one_trial(stage: &mut Stage) {
    outage(stage, "sick for 5 cooldowns", 5, COOLDOWN * 2 + SECOND).await;
}

/// `kill -9` of the instance that makes the trial call.
async fn killed_owner(stage: &mut Stage, server: &RedisServer) {
    let mut row = Row::start(stage, "kill -9 of the lease's owner");
    let control = control(&server.url()).await;
    stage.fall_sick(Health::Hanging).await;
    row.count_trials(stage).await;
    let owner = trial_owner(&control).await;
    stage
        .until("its trial call hangs", |stage| row.has_trial(stage))
        .await;
    stage.kill(&owner).await;
    let trials = row.trials(stage);
    let recovered = stage.recover().await;
    row.end(
        stage,
        recovered,
        "the lease of 4 s ended, another instance took over",
    )
    .await;
    assert_eq!(trials, 1, "of one owner");
    assert!(recovered < TAKEN_OVER, "{recovered:?}");
    stage.start_again(&owner).await;
}

/// SIGSTOP of the instance that makes the trial call.
/// Its result is stale when it goes on.
async fn stopped_owner(stage: &mut Stage, server: &RedisServer) {
    let mut row = Row::start(stage, "SIGSTOP of the lease's owner");
    let control = control(&server.url()).await;
    stage.fall_sick(Health::Hanging).await;
    row.count_trials(stage).await;
    let owner = trial_owner(&control).await;
    stage
        .until("its trial call hangs", |stage| row.has_trial(stage))
        .await;
    let stopped = stage.stop(&owner);
    let trials = row.trials(stage);
    stage.inventory.set(Health::Healthy);
    let recovered = stage.until("the others are closed", Stage::all_closed).await;
    let start = Instant::now();
    stage.go_on(&owner, stopped).await;
    stage.until("all are closed", Stage::all_closed).await;
    let joined = start.elapsed();
    stage.run_for(SECOND).await;
    assert!(stage.all_closed(), "a stale result changed nothing");
    let note = format!("the others; {owner} {joined:.1?} after SIGCONT");
    row.end(stage, recovered, &note).await;
    assert_eq!(trials, 1, "of one owner");
    assert!(recovered < TAKEN_OVER, "{recovered:?}");
    assert!(joined < SECOND * 7, "{joined:?}");
}

/// An instance that does not make the trial call.
async fn bystander(stage: &Stage, control: &FleetControl) -> String {
    let owner = trial_owner(control).await;
    let mut names = stage.processes.keys();
    names.find(|name| **name != owner).expect("five").clone()
}

/// `kill -9` of another instance than the owner.
async fn killed_instance(stage: &mut Stage, server: &RedisServer) {
    let mut row = Row::start(stage, "kill -9 of another instance");
    let control = control(&server.url()).await;
    stage.fall_sick(Health::Hanging).await;
    row.count_trials(stage).await;
    let killed = bystander(stage, &control).await;
    stage
        .until("a trial call hangs", |stage| row.has_trial(stage))
        .await;
    let start = Instant::now();
    stage.kill(&killed).await;
    let trials = row.trials(stage);
    let recovered = stage.recover().await;
    while control
        .overview()
        .await
        .expect("the store answers")
        .instances
        .len()
        > 4
    {
        assert!(start.elapsed() < SECOND * 20, "it counts as alive");
        stage.run_for(SECOND / 20).await;
    }
    let note = format!("not counted as alive {:.1?} after the end", start.elapsed());
    row.end(stage, recovered, &note).await;
    assert_eq!(trials, 1, "of the owner");
    assert!(recovered < COOLDOWN * 2 + SECOND, "{recovered:?}");
    stage.start_again(&killed).await;
}

/// SIGSTOP of another instance than the owner, over the recovery.
async fn stopped_instance(stage: &mut Stage, server: &RedisServer) {
    let mut row = Row::start(stage, "SIGSTOP of another instance");
    let control = control(&server.url()).await;
    stage.fall_sick(Health::Hanging).await;
    row.count_trials(stage).await;
    let name = bystander(stage, &control).await;
    stage
        .until("a trial call hangs", |stage| row.has_trial(stage))
        .await;
    let stopped = stage.stop(&name);
    let trials = row.trials(stage);
    let recovered = stage.recover().await;
    stage.run_for(SECOND * 4).await;
    let start = Instant::now();
    stage.go_on(&name, stopped).await;
    stage.until("all are closed", Stage::all_closed).await;
    let joined = start.elapsed();
    let note = format!("the others; {name} {joined:.1?} after SIGCONT");
    row.end(stage, recovered, &note).await;
    assert_eq!(trials, 1, "of the owner");
    assert!(recovered < COOLDOWN * 2 + SECOND, "{recovered:?}");
    assert!(joined < SECOND * 7, "{joined:?}");
    stage.until("it is connected again", Stage::all_up).await;
}

/// SIGSTOP of the store: no connection ends.
async fn stopped_store(stage: &mut Stage, server: &RedisServer) {
    let mut row = Row::start(stage, "SIGSTOP of the store");
    server.signal("-STOP");
    let noticed = stage.until("the stop is noticed", Stage::all_down).await;
    let stopped = stage.fall_sick(Health::Sick).await;
    row.count_trials(stage).await;
    stage.run_for(COOLDOWN * 2).await;
    row.trials(stage);
    let alone = stage.recover().await;
    server.signal("-CONT");
    let back = stage.until("all are back", Stage::all_up).await;
    let note =
        format!("noticed after {noticed:.1?}, each tripped alone in {stopped:.0?} and closed in {alone:.1?}");
    row.end(stage, back, &note).await;
    assert!(noticed < SECOND * 5, "{noticed:?}");
    assert!(back < IN_STEP, "{back:?}");
}

/// `kill -9` of the store, with one breaker open for all and one forced.
async fn killed_store(stage: &mut Stage, server: &mut RedisServer) {
    force(&control(&server.url()).await, None).await;
    stage.until("the command has arrived", is_forced).await;
    let mut row = Row::start(stage, "kill -9 of the store");
    stage.fall_sick(Health::Sick).await;
    row.count_trials(stage).await;
    stage.run_for(SECOND / 2).await;
    server.kill();
    let noticed = stage.until("the end is noticed", Stage::all_down).await;
    assert!(!stage.all_closed(), "nothing is assumed closed");
    row.trials(stage);
    let alone = stage.recover().await;
    assert!(is_forced(stage), "a forced state stays");
    let note = format!("each by itself; the end was noticed after {noticed:.1?}");
    row.end(stage, alone, &note).await;
    assert!(alone < ALONE, "{alone:?}");
}

fn is_forced(stage: &Stage) -> bool {
    stage.all_are(QUIET_BREAKER, &[State::ForcedOpen])
}

/// An empty store starts in an incident: each instance is open for itself.
async fn empty_store(stage: &mut Stage, server: &mut RedisServer) {
    let mut row = Row::start(stage, "restart with an empty store");
    stage.fall_sick(Health::Sick).await;
    server.start_again();
    let start = Instant::now();
    stage.until("all are back", Stage::all_up).await;
    let back = start.elapsed();
    let control = control(&server.url()).await;
    loop {
        let overview = control.overview().await.expect("it answers");
        let is_restored = overview
            .forced
            .iter()
            .any(|forced| &*forced.name == QUIET_BREAKER);
        if is_restored && overview.open.iter().any(|open| &*open.name == BREAKER) {
            break;
        }
        assert!(
            start.elapsed() < IN_STEP,
            "all states are there again: {overview:?}"
        );
        stage.run_for(SECOND / 50).await;
    }
    let converged = start.elapsed();
    row.count_trials(stage).await;
    let sick = Instant::now();
    stage.run_for(COOLDOWN * 3).await;
    let trials = row.trials(stage);
    let cooldowns = sick.elapsed().as_secs() / COOLDOWN.as_secs() + 1;
    let recovered = stage.recover().await;
    assert!(is_forced(stage), "also afterwards");
    let note = format!(
        "all back after {back:.1?}; then forced and shared states, one trial for all, and closed in {recovered:.1?}"
    );
    row.end(stage, converged, &note).await;
    // The trial calls that each instance had started alone may reach the service once more.
    assert!(trials <= cooldowns + 4, "{trials} trial calls");
}

/// A network that delays, drips, is silent and cuts.
async fn network(server: &RedisServer) {
    let target = ([127, 0, 0, 1], server.port()).into();
    let proxy = Proxy::start(target).await;
    let url = format!("redis://{}", proxy.address);
    let mut stage = Stage::start(&url).await;
    let row = Row::start(&stage, "network delayed by 150 ms");
    proxy.set(Network::Delayed(SECOND * 3 / 20));
    let (p99, figure) = propagation_within(&mut stage, &server.url(), 4).await;
    row.end(&mut stage, p99, &figure).await;
    let over_a_network = COOLDOWN * 2 + SECOND * 2;
    outage(&mut stage, "an outage over it", 3, over_a_network).await;

    proxy.set(Network::Dripping(Duration::ZERO));
    outage(&mut stage, "network in single bytes", 3, over_a_network).await;
    let mut row = Row::start(&stage, "network of 1 byte in 5 ms");
    proxy.set(Network::Dripping(SECOND / 200));
    let noticed = stage.until("it is too slow", Stage::all_down).await;
    stage.fall_sick(Health::Sick).await;
    row.count_trials(&mut stage).await;
    stage.run_for(COOLDOWN).await;
    row.trials(&stage);
    let alone = stage.recover().await;
    proxy.set(Network::Delayed(Duration::ZERO));
    let back = stage.until("all are back", Stage::all_up).await;
    let note = format!("noticed after {noticed:.1?}, each tripped and closed alone, in {alone:.1?}");
    row.end(&mut stage, back, &note).await;
    assert!(back < IN_STEP, "{back:?}");

    let row = Row::start(&stage, "network silent");
    proxy.set(Network::Silent);
    let noticed = stage.until("the silence is noticed", Stage::all_down).await;
    proxy.set(Network::Cut);
    proxy.set(Network::Delayed(Duration::ZERO));
    let back = stage.until("all are back", Stage::all_up).await;
    row.end(&mut stage, back, &format!("noticed after {noticed:.1?}"))
        .await;
    assert!(noticed < SECOND * 5, "{noticed:?}");
    assert!(back < IN_STEP, "{back:?}");

    let row = Row::start(&stage, "network cut three times");
    let mut longest = Duration::ZERO;
    for _ in 0..3 {
        proxy.set(Network::Cut);
        stage.until("the cut is noticed", Stage::all_down).await;
        proxy.set(Network::Delayed(Duration::ZERO));
        longest = longest.max(stage.until("all are back", Stage::all_up).await);
    }
    let (_, figure) = propagation_within(&mut stage, &server.url(), 4).await;
    row.end(&mut stage, longest, &format!("afterwards {figure}"))
        .await;
    assert!(longest < IN_STEP, "{longest:?}");
}

/// The service is sick for so many cooldowns, and the fleet works as ever.
///
/// It recovers within `longest`.
async fn outage(stage: &mut Stage, name: &'static str, sick_for: u32, longest: Duration) {
    let mut row = Row::start(stage, name);
    let stopped = stage.fall_sick(Health::Sick).await;
    row.count_trials(stage).await;
    let start = Instant::now();
    stage.run_for(COOLDOWN * sick_for).await;
    let trials = row.trials(stage);
    let cooldowns = start.elapsed().as_secs() / COOLDOWN.as_secs() + 1;
    let recovered = stage.recover().await;
    row.end(stage, recovered, &format!("all stopped after {stopped:.0?}"))
        .await;
    assert!((1..=cooldowns).contains(&trials), "{trials} trial calls");
    assert!(recovered < longest, "{recovered:?}");
}

/// Clocks of hosts that jump by a year, in an outage and with a forced state.
async fn clocks(server: &RedisServer) {
    let hosts: BTreeMap<u32, HostClock> = (1..=2)
        .filter_map(|number| Some((number, HostClock::new(&number.to_string())?)))
        .collect();
    if hosts.len() < 2 {
        println!("skipped: the row of clocks needs faketime");
        return;
    }
    let mut stage = Stage::start_with(&server.url(), hosts).await;
    let control = control(&server.url()).await;
    force(&control, Some(SECOND * 1800)).await;
    stage.until("the command has arrived", is_forced).await;

    let mut row = Row::start(&stage, "clocks of two hosts jump by a year");
    stage.fall_sick(Health::Sick).await;
    row.count_trials(&mut stage).await;
    let start = Instant::now();
    stage.set_clock(1, "+365d");
    stage.set_clock(2, "-365d");
    stage.run_for(COOLDOWN * 3).await;
    let trials = row.trials(&stage);
    let cooldowns = start.elapsed().as_secs() / COOLDOWN.as_secs() + 1;
    assert!(is_forced(&stage), "a state of 30 minutes lasts");
    let recovered = stage.recover().await;
    let times = stage.changed_at(BREAKER);
    let (first, last) = (times.iter().min(), times.iter().max());
    let apart = last.zip(first).map_or(0, |(last, first)| last - first);
    assert!(
        apart > 2 * 364 * 86_400 * 1_000_000,
        "the clocks have jumped: {apart} µs"
    );
    row.end(&mut stage, recovered, "one ahead, one back").await;
    assert!((1..=cooldowns).contains(&trials), "{trials} trial calls");
    assert!(recovered < COOLDOWN * 2 + SECOND, "{recovered:?}");
}

/// The store's own clock jumps by an hour, ahead and back, each in an outage.
async fn clock_of_the_store() {
    let clock = HostClock::new("store");
    let server = clock
        .as_ref()
        .map(|clock| RedisServer::try_start(free_port(), &[], clock.environment_of_redis()));
    let (Some(clock), Some(Ok(server))) = (clock, server) else {
        println!(
            "skipped: the rows of the store's clock need faketime, and a redis-server that starts with it"
        );
        return;
    };
    let mut stage = Stage::start(&server.url()).await;
    let control = control(&server.url()).await;
    // It lasts longer than the jump.
    force(&control, Some(SECOND * 3 * 3600)).await;
    stage.until("the command has arrived", is_forced).await;
    for (name, offset) in [
        ("store's clock jumps 1 h ahead", "+3600"),
        ("store's clock jumps 1 h back", "+0"),
    ] {
        let mut row = Row::start(&stage, name);
        stage.fall_sick(Health::Sick).await;
        row.count_trials(&mut stage).await;
        let (start, before) = (Instant::now(), time_of(&server));
        clock.set(offset);
        let jump = time_of(&server).abs_diff(before);
        assert!((3_590..3_610).contains(&jump), "the clock has jumped: {jump} s");
        stage.run_for(COOLDOWN * 5).await;
        let trials = row.trials(&stage);
        let cooldowns = start.elapsed().as_secs() / COOLDOWN.as_secs() + 1;
        assert!(is_forced(&stage), "a state of three hours lasts");
        let recovered = stage.recover().await;
        let note = format!("in a sickness of {cooldowns} cooldowns; a state forced for 3 h lasts");
        row.end(&mut stage, recovered, &note).await;
        assert!((1..=cooldowns + 1).contains(&trials), "{trials} trial calls");
        assert!(recovered < COOLDOWN * 2 + SECOND, "{recovered:?}");
        stage.until("all are connected", Stage::all_up).await;
    }
    let overview = control.overview().await.expect("the store answers");
    assert_eq!(overview.instances.len(), 5, "all count as alive");
}

/// The time of a server in seconds.
fn time_of(server: &RedisServer) -> u64 {
    let output = std::process::Command::new("redis-cli")
        .args(["-p", &server.port().to_string(), "TIME"])
        .output();
    let text = String::from_utf8(output.expect("redis-cli comes with redis-server").stdout);
    let seconds = text.ok().and_then(|text| text.lines().next()?.parse().ok());
    seconds.expect("a time")
}
