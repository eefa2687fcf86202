//! A fleet is off the call path.
//!
//! The instructions of a call with and without one.
//!
//! `cargo test -p fusebox-examples --features redis --test fleet_instructions` counts them with
//! callgrind, closed and open. Without `valgrind` on this machine, it is skipped with a line.

use std::{
    io,
    process::{Command, ExitCode},
    time::Duration,
};

use fusebox::{
    CircuitBreaker, Operator, Registry,
    fleet::{Fleet, FleetOptions, Share, Store},
};
use tokio::time::sleep;

/// The argument of the process whose instructions are counted.
const ARGUMENT: &str = "--calls";

/// A count is the difference of two runs: it does not include the start.
const SHORT: u64 = 2_000;
const LONG: u64 = 22_000;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [ARGUMENT, state, fleet, calls] => {
            let calls = calls.parse().expect("a number of calls");
            call(state == "open", fleet == "with", calls);
            ExitCode::SUCCESS
        }
        // A test runner lists the tests of every target.
        ["--list", ..] => {
            println!("fleet_instructions: test");
            ExitCode::SUCCESS
        }
        _ => compare(),
    }
}

/// Prints both counts for each state, and fails if they differ.
fn compare() -> ExitCode {
    if let Err(error) = Command::new("valgrind").arg("--version").output() {
        println!("skipped: valgrind cannot be started: {error}");
        return ExitCode::SUCCESS;
    }
    let mut code = ExitCode::SUCCESS;
    println!("instructions of a call  without a fleet  in a fleet");
    for state in ["closed", "open"] {
        let count = |fleet| {
            let long = instructions(state, fleet, LONG)?;
            Ok::<_, io::Error>((long - instructions(state, fleet, SHORT)?) / (LONG - SHORT))
        };
        let (without, with) = match (count("without"), count("with")) {
            (Ok(without), Ok(with)) => (without, with),
            (Err(error), _) | (_, Err(error)) => {
                eprintln!("valgrind: {error}");
                return ExitCode::FAILURE;
            }
        };
        println!("{state:<22}  {without:>15}  {with:>10}");
        // The start differs by some thousand instructions from run to run: less than one per call.
        if without == 0 || with > without + 1 {
            eprintln!("a call in a fleet takes more instructions");
            code = ExitCode::FAILURE;
        }
    }
    code
}

/// All instructions of a process that makes so many calls.
fn instructions(state: &str, fleet: &str, calls: u64) -> io::Result<u64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe()?)
        .args([ARGUMENT, state, fleet, &calls.to_string()])
        .output()?;
    let text = String::from_utf8_lossy(&output.stderr);
    let collected = text.lines().find_map(|line| line.split_once("Collected : "));
    let count = collected.and_then(|(_, count)| count.trim().parse().ok());
    count.ok_or_else(|| io::Error::other(format!("no count in {text}")))
}

/// Makes calls on the thread of the member, which is not polled meanwhile.
#[tokio::main(flavor = "current_thread")]
async fn call(is_open: bool, is_fleet: bool, calls: u64) {
    let registry = Registry::new();
    let build = |name| {
        let builder = registry.breaker(name).cooldown(Duration::from_secs(3600));
        builder.build().expect("the settings are right")
    };
    let (breaker, other) = (build("inventory"), build("payments"));
    let _fleet = if is_fleet {
        Some(join(&registry, &other).await)
    } else {
        None
    };
    if is_open {
        breaker.trip();
    }
    sleep(Duration::from_millis(20)).await;
    let mut answered = 0;
    for _ in 0..calls {
        answered += u64::from(breaker.call(async { Ok::<_, ()>(()) }).await.is_ok());
    }
    assert_eq!(answered, if is_open { 0 } else { calls });
}

/// A fleet in use.
///
/// An operator has forced another breaker, and every trip is shared.
async fn join(registry: &Registry, other: &CircuitBreaker) -> Fleet {
    let options = FleetOptions::new("orders").share_all(Share::quorum(2, 50));
    let fleet = Fleet::join(registry, &Store::local(), options).expect("the names are right");
    fleet.joined().await;
    let anna = Operator::new("anna", "the provider is down");
    let forced = fleet.force_open(other.name(), None, anna).await;
    forced.expect("a local store answers");
    fleet
}
