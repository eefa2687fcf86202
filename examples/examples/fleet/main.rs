//! Five order services and a sick inventory, with and without a fleet.
//!
//! With a `redis-server` on this machine, the example starts it and five processes. Without one, or
//! with the argument `--embedded`, five registries in this process share a store in memory. The
//! example prints which of the two it uses, the states of the five breakers every half second, then
//! both acts side by side.
//!
//! The Redis store is behind the feature `redis`, so that the other examples compile quickly. If
//! cargo built this one without it, the example runs itself again with it.

mod act;
mod inventory;
mod line;
mod order_service;
mod process;
#[path = "../../../runtime/src/fleet/tests/redis_server.rs"]
mod redis_server;

use std::{
    io,
    process::{Command, ExitCode},
    time::Duration,
};

use act::{Outcome, SICK_FOR, Stage};
use order_service::COOLDOWN;
use redis_server::{RedisServer, free_port};

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.split_first() {
        None => {}
        Some((first, rest)) if first == process::ARGUMENT => return process::run(rest).await,
        Some((first, [])) if first == "--embedded" => {}
        Some(_) => {
            eprintln!("fleet: the only argument is `--embedded`: no processes, a store in memory");
            return ExitCode::from(2);
        }
    }
    let is_embedded = !arguments.is_empty();
    if let Some(code) = run_again_with_redis(is_embedded) {
        return code;
    }
    match run(is_embedded).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("fleet: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs both acts. Returns whether all claims hold.
async fn run(is_embedded: bool) -> io::Result<bool> {
    let server = if is_embedded { None } else { server() };
    match &server {
        Some(server) => println!(
            "Store: redis-server at {}. Five order services, five processes.",
            server.url()
        ),
        None => println!("Store: in memory. Five order services with a registry each, one process."),
    }
    println!(
        "The inventory is sick for {SICK_FOR:?}. Each breaker: 5 failures, cooldown {COOLDOWN:?}, 1 trial call."
    );
    println!("\nWithout a fleet");
    let without = act::run(match &server {
        Some(_) => Stage::Processes(None),
        None => Stage::Embedded(false),
    })
    .await?;
    println!("\nWith the fleet");
    let with = act::run(match &server {
        Some(server) => Stage::Processes(Some(server)),
        None => Stage::Embedded(true),
    })
    .await?;
    Ok(judge(without, with))
}

/// Runs this example with the feature `redis`, if it lacks it and there is a
/// server.
fn run_again_with_redis(is_embedded: bool) -> Option<ExitCode> {
    // Cargo sets it for the programs that it runs.
    let cargo = std::env::var_os("CARGO")?;
    if cfg!(feature = "redis") || is_embedded || !RedisServer::is_installed() {
        return None;
    }
    println!("There is a redis-server: cargo run --example fleet --features redis");
    let status = Command::new(cargo)
        .args(["run", "--quiet", "--example", "fleet", "--features", "redis"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status();
    match status {
        Ok(status) if status.success() => Some(ExitCode::SUCCESS),
        Ok(_) => Some(ExitCode::FAILURE),
        Err(error) => {
            println!("cargo cannot be started: {error}");
            None
        }
    }
}

/// Starts a server, or prints why there is none.
fn server() -> Option<RedisServer> {
    if cfg!(not(feature = "redis")) {
        return None;
    }
    RedisServer::try_start(free_port(), &[], Vec::new())
        .inspect_err(|error| println!("redis-server cannot be started: {error}"))
        .ok()
}

/// Prints both acts side by side, and whether the claims hold.
fn judge(without: Outcome, with: Outcome) -> bool {
    let time = |time: Option<Duration>| time.map_or("never".to_owned(), |time| format!("{time:.1?}"));
    println!("\n{:<44} {:>13} {:>13}", "", "without", "with a fleet");
    let row = |label: &str, without: String, with: String| println!("{label:<44} {without:>13} {with:>13}");
    let count = |count: u64| count.to_string();
    row(
        "requests that reached the sick inventory",
        count(without.sick_requests),
        count(with.sick_requests),
    );
    row(
        "of these, trial calls after all had stopped",
        count(without.trials),
        count(with.trials),
    );
    row(
        "time until all instances stopped",
        time(without.all_stopped),
        time(with.all_stopped),
    );
    row(
        "time until all instances recovered",
        time(without.all_recovered),
        time(with.all_recovered),
    );
    println!();
    let cooldowns = SICK_FOR.as_secs() / COOLDOWN.as_secs();
    let claims = [
        (
            format!("at most one trial call per cooldown: at most {cooldowns}"),
            (1..=cooldowns).contains(&with.trials),
        ),
        (
            "the fleet sends at most half as many requests to the sick inventory".to_owned(),
            with.sick_requests * 2 <= without.sick_requests,
        ),
        (
            "the fleet stops all instances sooner".to_owned(),
            matches!((with.all_stopped, without.all_stopped), (Some(with), Some(without)) if with < without),
        ),
        (
            "all instances recover, within a cooldown and a second".to_owned(),
            with.all_recovered
                .is_some_and(|time| time < COOLDOWN + Duration::from_secs(1)),
        ),
    ];
    for (claim, holds) in &claims {
        println!("{} {claim}", if *holds { "yes" } else { "NO " });
    }
    claims.iter().all(|(_, holds)| *holds)
}
