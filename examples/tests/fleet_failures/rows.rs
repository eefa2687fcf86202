//! One row for each failure.

use std::time::{Duration, Instant};

use fusebox::{Operator, State};

use crate::{
    inventory::Health,
    line::Line,
    order_service::{COOLDOWN, QUIET_BREAKER},
    proxy::{Network, Proxy},
    redis_server::RedisServer,
    stage::{Stage, control, force, send_signal, trial_owner},
};

const SECOND: Duration = Duration::from_secs(1);

/// The longest time that an open state is shared without a store.
///
/// The rest of the cooldown, one lease, the margin, and the pause of a caller.
const ALONE: Duration = Duration::from_millis(1000 + 4000 + 1000 + 500);

/// A call that waited for a command to the store would spend up to a second.
/// Scheduling on a busy machine spends less.
const SLOW: Duration = Duration::from_millis(900);

/// Plays all rows.
pub(crate) async fn run(mut server: RedisServer) {
    let mut stage = Stage::start(&server.url()).await;
    propagation(&mut stage, &server).await;
    one_trial(&mut stage).await;
    killed_owner(&mut stage, &server).await;
    stopped_owner(&mut stage, &server).await;
    stopped_store(&mut stage, &server).await;
    killed_store(&mut stage, &mut server).await;
    let (calls, longest) = stage.calls();
    row(
        "calls",
        &format!("{calls} ended, 0 lost, longest time outside of the request {longest:.1?}"),
    );
    assert!(longest < SLOW, "a call was slowed: {longest:?}");
    drop(stage);
    network(&server).await;
}

fn row(name: &str, figure: &str) {
    println!("{name:<28} {figure}");
}

/// The time from an operator's command to each of the five processes.
async fn propagation(stage: &mut Stage, server: &RedisServer) {
    let figure = propagation_within(stage, &server.url(), 100).await;
    row("propagation", &figure);
}

async fn propagation_within(stage: &mut Stage, url: &str, rounds: usize) -> String {
    let control = control(url).await;
    let mut micros = Vec::new();
    for round in 0..rounds {
        let start = Line::now();
        let expected = if round % 2 == 0 {
            force(&control, None).await;
            State::ForcedOpen
        } else {
            let released = control
                .release(QUIET_BREAKER, Operator::new("anna", "done"))
                .await;
            released.expect("the store answers");
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
    format!(
        "p50 {:.1?}, p99 {:.1?} ({} commands × 5 processes)",
        at(50),
        at(99),
        rounds
    )
}

/// A quorum opens all, and one trial call is made per cooldown.
async fn one_trial(stage: &mut Stage) {
    let stopped = stage.fall_sick(Health::Sick).await;
    let (before, start) = (stage.inventory.requests(), Instant::now());
    stage.run_for(COOLDOWN * 5).await;
    let trials = stage.inventory.requests() - before;
    let cooldowns = start.elapsed().as_secs() / COOLDOWN.as_secs() + 1;
    let recovered = stage.recover().await;
    row(
        "sick for 5 cooldowns",
        &format!("all stopped after {stopped:.0?}, {trials} trial calls, all closed after {recovered:.0?}"),
    );
    assert!((1..=cooldowns).contains(&trials), "{trials} trial calls");
    assert!(recovered < COOLDOWN * 2 + SECOND);
}

/// `kill -9` of the instance that makes the trial call.
async fn killed_owner(stage: &mut Stage, server: &RedisServer) {
    let control = control(&server.url()).await;
    stage.fall_sick(Health::Hanging).await;
    let owner = trial_owner(&control).await;
    stage.kill(&owner).await;
    let recovered = stage.recover().await;
    row(
        "kill -9 of the owner",
        &format!("{owner} is gone, the others closed after {recovered:.1?}"),
    );
    assert!(
        recovered < Duration::from_secs(4 + 4),
        "a lease and a round: {recovered:?}"
    );
    let number = owner.trim_start_matches("orders-").parse().expect("a number");
    stage.add(number);
    stage.until("it has joined again", Stage::all_up).await;
}

/// SIGSTOP of the instance that makes the trial call.
/// Its result is stale when it goes on.
async fn stopped_owner(stage: &mut Stage, server: &RedisServer) {
    let control = control(&server.url()).await;
    stage.fall_sick(Health::Hanging).await;
    let owner = trial_owner(&control).await;
    stage.signal(&owner, "-STOP");
    stage.inventory.set(Health::Healthy);
    let start = Instant::now();
    let stopped = stage.processes.remove(&owner).expect("it runs");
    stage.until("the others are closed", Stage::all_closed).await;
    let recovered = start.elapsed();
    let start = Instant::now();
    send_signal(stopped.id(), "-CONT");
    stage.processes.insert(owner.clone(), stopped);
    stage.until("all are closed", Stage::all_closed).await;
    let joined = start.elapsed();
    row(
        "SIGSTOP of the owner",
        &format!("the others closed after {recovered:.1?}; {owner} {joined:.1?} after SIGCONT"),
    );
    assert!(recovered < Duration::from_secs(4 + 4), "{recovered:?}");
    assert!(joined < SECOND * 7, "{joined:?}");
    stage.run_for(SECOND).await;
    assert!(stage.all_closed(), "a stale result changed nothing");
}

/// SIGSTOP of the store: no connection ends.
async fn stopped_store(stage: &mut Stage, server: &RedisServer) {
    send_signal(server.id(), "-STOP");
    let noticed = stage.until("the stop is noticed", Stage::all_down).await;
    let stopped = stage.fall_sick(Health::Sick).await;
    let alone = stage.recover().await;
    send_signal(server.id(), "-CONT");
    let back = stage.until("all are back", Stage::all_up).await;
    row(
        "SIGSTOP of the store",
        &format!(
            "noticed after {noticed:.1?}, each tripped alone in {stopped:.0?} and closed in {alone:.1?}, back in {back:.1?}"
        ),
    );
    assert!(noticed < Duration::from_secs(5), "{noticed:?}");
    assert!(back < Duration::from_secs(6), "{back:?}");
}

/// `kill -9` of the store, with one breaker open for all and one forced.
///
/// Then an empty store starts.
async fn killed_store(stage: &mut Stage, server: &mut RedisServer) {
    force(&control(&server.url()).await, None).await;
    let forced = |stage: &Stage| stage.all_are(QUIET_BREAKER, &[State::ForcedOpen]);
    stage.until("the command has arrived", forced).await;
    stage.fall_sick(Health::Sick).await;
    stage.run_for(SECOND / 2).await;
    server.kill();
    let noticed = stage.until("the end is noticed", Stage::all_down).await;
    assert!(!stage.all_closed(), "nothing is assumed closed");
    let alone = stage.recover().await;
    assert!(forced(stage), "a forced state stays");
    row(
        "kill -9 of the store",
        &format!("noticed after {noticed:.1?}, each closed by itself after {alone:.1?}"),
    );
    assert!(alone < ALONE, "{alone:?}");
    server.start_again().expect("it started before");
    let start = Instant::now();
    stage.until("all are back", Stage::all_up).await;
    let back = start.elapsed();
    let control = control(&server.url()).await;
    while control.overview().await.expect("it answers").forced.is_empty() {
        assert!(start.elapsed() < SECOND * 6, "the forced state was restored");
        stage.run_for(SECOND / 50).await;
    }
    let restored = start.elapsed();
    assert!(forced(stage), "also afterwards");
    row(
        "restart with an empty store",
        &format!("all back after {back:.1?}, the forced state restored after {restored:.1?}"),
    );
    assert!(back < SECOND * 6, "{back:?}");
}

/// A network that delays, is silent and cuts.
async fn network(server: &RedisServer) {
    let target = ([127, 0, 0, 1], server.port()).into();
    let proxy = Proxy::start(target).await;
    let url = format!("redis://{}", proxy.address);
    let mut stage = Stage::start(&url).await;
    proxy.set(Network::Delayed(Duration::from_millis(100)));
    let figure = propagation_within(&mut stage, &server.url(), 4).await;
    row("network delayed by 100 ms", &figure);
    proxy.set(Network::Delayed(Duration::ZERO));
    proxy.set(Network::Silent);
    let noticed = stage.until("the silence is noticed", Stage::all_down).await;
    proxy.set(Network::Cut);
    proxy.set(Network::Delayed(Duration::ZERO));
    let back = stage.until("all are back", Stage::all_up).await;
    row(
        "silent network",
        &format!("noticed after {noticed:.1?}, back in {back:.1?}"),
    );
    assert!(noticed < Duration::from_secs(5), "{noticed:?}");
    for _ in 0..3 {
        proxy.set(Network::Cut);
        stage.until("the cut is noticed", Stage::all_down).await;
        proxy.set(Network::Delayed(Duration::ZERO));
        stage.until("all are back", Stage::all_up).await;
    }
    let figure = propagation_within(&mut stage, &server.url(), 4).await;
    let (calls, longest) = stage.calls();
    row(
        "network cut three times",
        &format!("{figure}; {calls} calls, longest time outside of the request {longest:.1?}"),
    );
    assert!(longest < SLOW, "a call was slowed: {longest:?}");
}
