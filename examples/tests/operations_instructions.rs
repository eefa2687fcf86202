//! Configuration, metrics, page and fleet are off the call path.
//!
//! The instructions of a call without all of these, in a fleet, and with everything: settings from
//! a file, a page with a watching client, a scrape, and the fleet.
//!
//! `cargo test -p fusebox-examples --features redis --test operations_instructions` counts them
//! with callgrind, closed and open. Without `valgrind` on this machine, it is skipped with a line.

use std::{
    io,
    process::{Command, ExitCode},
    time::Duration,
};

use fusebox::{
    CircuitBreaker, Operator, Registry,
    config::Overrides,
    dashboard::{Dashboard, Server},
    fleet::{Fleet, FleetOptions, Share, Store},
    prometheus::render,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::sleep,
};

/// The argument of the process whose instructions are counted.
const ARGUMENT: &str = "--calls";

/// A count is the difference of two runs: it does not include the start.
const SHORT: u64 = 2_000;
const LONG: u64 = 102_000;

/// What is switched on around the calls.
const AROUND: [&str; 3] = ["alone", "fleet", "everything"];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [ARGUMENT, state, around, calls] => {
            let calls = calls.parse().expect("a number of calls");
            call(state == "open", around, calls);
            ExitCode::SUCCESS
        }
        // A test runner lists the tests of every target.
        ["--list", ..] => {
            println!("operations_instructions: test");
            ExitCode::SUCCESS
        }
        _ => compare(),
    }
}

/// Prints all counts for each state, and fails if they differ.
fn compare() -> ExitCode {
    if let Err(error) = Command::new("valgrind").arg("--version").output() {
        println!("skipped: valgrind cannot be started: {error}");
        return ExitCode::SUCCESS;
    }
    let mut code = ExitCode::SUCCESS;
    println!("instructions of a call  alone  in a fleet  with everything");
    for state in ["closed", "open"] {
        let count = |around| {
            let long = instructions(state, around, LONG)?;
            Ok::<_, io::Error>((long - instructions(state, around, SHORT)?) / (LONG - SHORT))
        };
        let counts: io::Result<Vec<u64>> = AROUND.into_iter().map(count).collect();
        let counts = match counts {
            Ok(counts) => counts,
            Err(error) => {
                eprintln!("valgrind: {error}");
                return ExitCode::FAILURE;
            }
        };
        println!(
            "{state:<22}  {:>5}  {:>10}  {:>15}",
            counts[0], counts[1], counts[2]
        );
        // The tasks and their start do not take the same number of instructions in every run.
        if counts[0] == 0 || counts.iter().any(|count| count * 100 > counts[0] * 103) {
            eprintln!("a call takes over 3 % more instructions");
            code = ExitCode::FAILURE;
        }
    }
    code
}

/// All instructions of a process that makes so many calls.
fn instructions(state: &str, around: &str, calls: u64) -> io::Result<u64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe()?)
        .args([ARGUMENT, state, around, &calls.to_string()])
        .output()?;
    let text = String::from_utf8_lossy(&output.stderr);
    let collected = text.lines().find_map(|line| line.split_once("Collected : "));
    let count = collected.and_then(|(_, count)| count.trim().parse().ok());
    count.ok_or_else(|| io::Error::other(format!("no count in {text}")))
}

/// Makes calls on the thread of all the tasks, which are not polled meanwhile.
#[tokio::main(flavor = "current_thread")]
async fn call(is_open: bool, around: &str, calls: u64) {
    let registry = Registry::new();
    let _page = match around {
        "everything" => Some(operate(&registry).await),
        _ => None,
    };
    let build = |name| {
        let builder = registry.breaker(name).cooldown(Duration::from_secs(3600));
        builder.build().expect("the settings are right")
    };
    let (breaker, other) = (build("inventory"), build("payments"));
    let _fleet = match around {
        "alone" => None,
        _ => Some(join(&registry, &other).await),
    };
    if is_open {
        breaker.trip();
    }
    // The page and the fleet see the breakers.
    sleep(Duration::from_millis(1_200)).await;
    if around == "everything" {
        assert!(render(&registry).contains("fusebox_state{breaker=\"inventory\""));
    }
    let mut answered = 0;
    for _ in 0..calls {
        answered += u64::from(breaker.call(async { Ok::<_, ()>(()) }).await.is_ok());
    }
    assert_eq!(answered, if is_open { 0 } else { calls });
}

/// Settings from a file, and a page that a client watches.
async fn operate(registry: &Registry) -> (Server, TcpStream) {
    let file = "[defaults]\ntrial_calls = 2\n[breaker.inventory]\nthreshold = 7\n";
    let overrides = Overrides::from_toml(file).expect("the file is right");
    let applied = overrides.apply(registry).expect("the settings fit");
    // The breaker is made afterwards.
    assert_eq!(applied.changes().len(), 0);
    let server = Dashboard::new(registry).serve("127.0.0.1:0").await;
    let server = server.expect("a free port");
    let mut client = TcpStream::connect(server.address())
        .await
        .expect("the page listens");
    let request = format!(
        "GET /api/v1/events HTTP/1.1\r\nHost: {}\r\n\r\n",
        server.address()
    );
    client
        .write_all(request.as_bytes())
        .await
        .expect("the page reads");
    let mut answer = [0; 12];
    client.read_exact(&mut answer).await.expect("the page answers");
    assert_eq!(&answer, b"HTTP/1.1 200");
    (server, client)
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
