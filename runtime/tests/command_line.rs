//! The command line, run as an operator runs it.
//!
//! The tests of the fleet need a `redis-server`; without one, each is skipped with a line.

use std::{
    io::Write,
    net::{TcpListener, TcpStream},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use fusebox::{
    CircuitBreaker, Registry, State,
    dashboard::{Dashboard, Token},
    fleet::{Fleet, FleetOptions, Store},
};
use serde_json::Value;

const TOKEN: &str = "3f9a62c07d5b41e8";

fn run(arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_fusebox"))
        .args(arguments)
        .env_clear()
        .envs(environment.iter().copied())
        .output()
        .expect("the program was built")
}

fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// Runs a command that succeeds, and returns its JSON.
fn json(arguments: &[&str], environment: &[(&str, &str)]) -> Value {
    let arguments: Vec<&str> = ["--json"].iter().chain(arguments).copied().collect();
    let output = run(&arguments, environment);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", text(&output));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// Runs a command that fails with this exit code, and returns its message.
fn fails(code: i32, arguments: &[&str], environment: &[(&str, &str)]) -> String {
    let output = run(arguments, environment);
    assert_eq!(
        output.status.code(),
        Some(code),
        "{arguments:?}: {}",
        text(&output)
    );
    assert!(output.stdout.is_empty(), "{}", text(&output));
    text(&output)
}

struct RedisServer(Child, u16);

impl RedisServer {
    fn start(arguments: &[&str]) -> Option<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let port = listener.local_addr().expect("it is bound").port();
        drop(listener);
        let spawned = Command::new("redis-server")
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", ""])
            .args(arguments)
            .stdout(Stdio::null())
            .spawn();
        let child = match spawned {
            Ok(child) => child,
            Err(error) => {
                // Not `println!`: the test harness would hide it.
                let _ = writeln!(
                    std::io::stderr(),
                    "skipped: redis-server cannot be started: {error}"
                );
                return None;
            }
        };
        let server = Self(child, port);
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(start.elapsed() < Duration::from_secs(10), "it does not listen");
            std::thread::sleep(Duration::from_millis(5));
        }
        Some(server)
    }

    fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.1)
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn until(breaker: &CircuitBreaker, state: State) {
    let start = Instant::now();
    while breaker.state() != state {
        assert!(
            start.elapsed() < Duration::from_secs(5),
            "{state} expected, {breaker:?}"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_forces_and_releases_a_fleet() {
    let Some(server) = RedisServer::start(&[]) else {
        return;
    };
    let url = server.url();
    let registry = Registry::new();
    let eu = registry.breaker("inventory[eu-1]").build().unwrap();
    let us = registry.breaker("inventory[us-1]").build().unwrap();
    let store = Store::redis(&url).unwrap();
    let fleet = Fleet::join(&registry, &store, FleetOptions::new("orders").instance("pod-1")).unwrap();
    fleet.joined().await;
    let at = ["--at", url.as_str(), "--service", "orders"];
    let with = |words: &[&'static str]| -> Vec<String> {
        at.iter().chain(words).map(|word| (*word).to_owned()).collect()
    };
    let call = |words: &[&'static str]| {
        let words = with(words);
        json(
            &words.iter().map(String::as_str).collect::<Vec<_>>(),
            &[("USER", "anna")],
        )
    };
    let refused = |code, words: &[&'static str]| {
        let words = with(words);
        fails(code, &words.iter().map(String::as_str).collect::<Vec<_>>(), &[])
    };

    assert_eq!(call(&["instances"])["instances"][0]["name"], "pod-1");
    assert_eq!(call(&["list"])["breakers"], Value::Array(Vec::new()));
    call(&[
        "force",
        "open",
        "inventory[eu-1]",
        "inventory[us-1]",
        "--for",
        "30m",
        "--reason",
        "provider down",
    ]);
    until(&eu, State::ForcedOpen).await;
    until(&us, State::ForcedOpen).await;
    let operator = eu.snapshot().last_change.unwrap().operator.unwrap();
    assert_eq!(operator.to_string(), "anna (provider down)");
    let shown = call(&["show", "inventory[eu-1]"]);
    assert_eq!(shown["forced"]["state"], "forced_open");
    let remaining = shown["forced"]["remaining_ms"].as_u64().unwrap();
    assert!((1_700_000..=1_800_000).contains(&remaining), "{remaining}");

    let message = refused(1, &["release", "inventory*", "--reason", "back"]);
    assert!(
        message.contains("matches 2 breakers") && message.contains("--yes"),
        "{message}"
    );
    assert_eq!(eu.state(), State::ForcedOpen);
    call(&["release", "inventory*", "--reason", "back", "--yes"]);
    until(&eu, State::Closed).await;
    until(&us, State::Closed).await;

    let message = refused(1, &["release", "payments*", "--reason", "back"]);
    assert!(message.contains("no known breaker matches"), "{message}");
    let message = refused(2, &["trip", "inventory[eu-1]", "--reason", "drill"]);
    assert!(message.contains("works on one instance"), "{message}");
    assert!(refused(2, &["force", "open", "x"]).contains("--reason"));
    assert!(
        refused(2, &["force", "open", "x", "--reason", "y", "--for", "30"])
            .contains("write for example `90s`")
    );
    fleet.leave().await;
}

#[test]
fn a_store_that_refuses_or_is_missing_has_an_exit_code() {
    let list = |url: &str| ["--at", url, "--service", "orders", "list"].map(str::to_owned);
    let words = |url: &str| list(url).to_vec();
    let run = |code, url: &str, environment: &[(&str, &str)]| {
        let words = words(url);
        fails(
            code,
            &words.iter().map(String::as_str).collect::<Vec<_>>(),
            environment,
        )
    };
    assert!(run(3, "redis://127.0.0.1:1", &[]).contains("cannot be reached"));
    assert!(run(2, "127.0.0.1:6379", &[]).contains("has no scheme"));
    let message = run(2, "redis://:hunter2@127.0.0.1:1", &[]);
    assert!(
        message.contains("FUSEBOX_STORE_PASSWORD") && !message.contains("hunter2"),
        "{message}"
    );
    assert!(fails(2, &["list"], &[]).contains("write `--at"));
    assert!(fails(2, &["--at", "redis://127.0.0.1:1", "list"], &[]).contains("--service"));

    let Some(server) = RedisServer::start(&["--requirepass", "hunter2"]) else {
        return;
    };
    assert_eq!(
        run(4, &server.url(), &[("FUSEBOX_STORE_PASSWORD", "guess")])
            .matches("guess")
            .count(),
        0
    );
    let words = words(&server.url());
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    json(&words, &[("FUSEBOX_STORE_PASSWORD", "hunter2")]);
}

#[test]
fn the_printed_rights_suffice() {
    let Some(server) = RedisServer::start(&[]) else {
        return;
    };
    let line = json(&["--service", "orders", "acl", "shop"], &[])["acl"]
        .as_str()
        .unwrap()
        .replace("PASSWORD", "pw");
    let set = Command::new("redis-cli")
        .args(["-p", &server.1.to_string()])
        .args(line.split(' '))
        .output()
        .expect("redis-cli comes with redis-server");
    assert_eq!(
        String::from_utf8_lossy(&set.stdout).trim(),
        "OK",
        "{}",
        text(&set)
    );
    let environment = [("FUSEBOX_STORE_USER", "shop"), ("FUSEBOX_STORE_PASSWORD", "pw")];
    let url = server.url();
    let at = ["--at", url.as_str(), "--service", "orders"];
    let with =
        |words: &[&'static str]| -> Vec<&str> { at.iter().copied().chain(words.iter().copied()).collect() };
    json(
        &with(&["force", "open", "inventory", "--reason", "drill"]),
        &environment,
    );
    assert_eq!(
        json(&with(&["list"]), &environment)["breakers"][0]["name"],
        "inventory"
    );
    // Another service of the same store is out of reach.
    let message = fails(1, &["--at", &url, "--service", "payments", "list"], &environment);
    assert!(message.contains("denies"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_commands_one_instance() {
    let registry = Registry::new();
    let breaker = registry.breaker("payments").build().unwrap();
    let token = || Token::new(TOKEN).unwrap();
    let page = Dashboard::new(&registry)
        .allow_commands(token())
        .serve("127.0.0.1:0")
        .await
        .unwrap();
    let url = format!("http://{}", page.address());
    let at = |words: &[&'static str]| -> Vec<String> {
        let at = ["--at", url.as_str()];
        at.iter().chain(words).map(|word| (*word).to_owned()).collect()
    };
    let environment = [("FUSEBOX_TOKEN", TOKEN), ("USER", "anna")];
    let call = |words: &[&'static str]| {
        let words = at(words);
        json(
            &words.iter().map(String::as_str).collect::<Vec<_>>(),
            &environment,
        )
    };

    assert_eq!(call(&["list"])["breakers"][0]["state"], "closed");
    call(&["force", "open", "payments", "--for", "1h", "--reason", "drill"]);
    assert_eq!(breaker.state(), State::ForcedOpen);
    assert!(breaker.snapshot().override_until.is_some());
    call(&["release", "payments", "--reason", "done"]);
    call(&["trip", "pay*", "--reason", "drill"]);
    assert_eq!(breaker.state(), State::Open);
    call(&["reset", "payments", "--reason", "done"]);
    assert_eq!(breaker.state(), State::Closed);
    call(&[
        "set",
        "payments",
        "cooldown=10s",
        "threshold=7",
        "--reason",
        "calmer",
    ]);
    assert_eq!(breaker.settings().cooldown(), Duration::from_secs(10));
    assert_eq!(call(&["show", "payments"])["name"], "payments");
    assert!(
        call(&["history", "payments"])["history"]
            .as_array()
            .unwrap()
            .len()
            >= 5
    );

    let refused = |code, words: &[&'static str], environment: &[(&str, &str)]| {
        let words = at(words);
        fails(
            code,
            &words.iter().map(String::as_str).collect::<Vec<_>>(),
            environment,
        )
    };
    let trip = ["trip", "payments", "--reason", "drill"];
    let message = refused(4, &trip, &[("FUSEBOX_TOKEN", "ffffffffffffffff")]);
    assert!(!message.contains("ffffffff"), "{message}");
    refused(4, &trip, &[]);
    assert_eq!(breaker.state(), State::Closed, "nothing happened");
    refused(1, &["show", "paymnets"], &environment);
    assert!(refused(2, &["instances"], &environment).contains("redis://"));

    let file = std::env::temp_dir().join(format!("fusebox-{}.toml", std::process::id()));
    let path = file.to_str().expect("a plain path").to_owned();
    std::fs::write(&file, "[breaker.payments]\ncooldown = '5s'\n").unwrap();
    json(&["--at", &url, "check", &path], &environment);
    std::fs::write(&file, "[breaker.paymnets]\ncooldown = '5s'\n").unwrap();
    let output = run(&["--at", &url, "check", &path], &environment);
    std::fs::remove_file(&file).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output).contains("did you mean `payments`?"),
        "{}",
        text(&output)
    );
}

#[test]
fn the_help_teaches() {
    let help = text(&run(&["--help"], &[]));
    for word in [
        "redis://",
        "http://",
        "Exit codes",
        "FUSEBOX_TOKEN",
        "force",
        "--json",
    ] {
        assert!(help.contains(word), "{word} is missing");
    }
}
