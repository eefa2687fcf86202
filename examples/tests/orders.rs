//! The orders example, run as a user runs it.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Command, Output, Stdio},
};

use serde_json::Value;

fn orders(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO"))
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .args(["run", "--quiet", "--example", "orders", "--"])
        .args(arguments)
        .output()
        .expect("cargo runs")
}

fn of_type<'a>(lines: &'a [Value], kind: &str) -> Vec<&'a Value> {
    lines.iter().filter(|line| line["type"] == kind).collect()
}

#[test]
fn the_story_happens() {
    let run = orders(&["--json"]);
    let (out, err) = (
        String::from_utf8_lossy(&run.stdout),
        String::from_utf8_lossy(&run.stderr),
    );
    assert!(run.status.success(), "{}\n{out}\n{err}", run.status);

    let lines: Vec<Value> = out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect();

    let acts: Vec<_> = of_type(&lines, "act")
        .iter()
        .map(|act| &act["inventory"])
        .collect();
    assert_eq!(acts, ["healthy", "failing", "hanging", "healthy"]);

    let transitions = of_type(&lines, "transition");
    let (first, last) = (transitions[0], transitions[transitions.len() - 1]);
    assert_eq!((&first["from"], &first["to"]), (&"closed".into(), &"open".into()));
    assert_eq!(first["reason"], "5 failures");
    assert_eq!(
        (&last["from"], &last["to"]),
        (&"half_open".into(), &"closed".into())
    );
    for pair in transitions.windows(2) {
        assert_eq!(
            pair[0]["to"], pair[1]["from"],
            "a transition starts where the one before ended"
        );
    }

    let summary = lines.last().expect("a summary");
    assert_eq!(
        (&summary["type"], &summary["happened"]),
        (&"summary".into(), &true.into()),
        "{summary}"
    );
    let answered: u64 = of_type(&lines, "tick")
        .iter()
        .filter_map(|tick| tick["answered"].as_u64())
        .sum();
    assert!(
        answered <= summary["all"]["answered"].as_u64().unwrap_or(0),
        "no order is in two ticks"
    );
}

#[test]
fn the_page_shows_the_breaker() {
    // The program itself and not `cargo run`: the test stops it, and must not stop cargo alone.
    let build = orders(&["--help"]);
    assert!(build.status.success());
    let test = std::env::current_exe().expect("target/debug/deps/orders");
    let folder = test.ancestors().nth(2).expect("target/debug");
    let mut orders = Command::new(folder.join("examples/orders"))
        .arg("--page=127.0.0.1:0")
        .stdout(Stdio::piped())
        .spawn()
        .expect("the example is built");
    let mut line = String::new();
    let out = orders.stdout.take().expect("it is piped");
    BufReader::new(out).read_line(&mut line).expect("a line");
    let address = line.trim().rsplit('/').next().expect("an address").to_owned();

    let answer = get(&address, "/api/v1/breakers/inventory");
    orders.kill().expect("it still runs");
    orders.wait().expect("it ends");
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    assert!(answer.contains("examples/orders/shop.rs:"), "{answer}");
}

fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("the page is served");
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )
    .expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("text");
    answer
}

#[test]
fn help_and_wrong_options_run_nothing() {
    let help = orders(&["--help"]);
    assert!(help.status.success() && String::from_utf8_lossy(&help.stdout).contains("--json"));

    let wrong = orders(&["--jsno"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("unknown option `--jsno`"));

    let wrong = orders(&["--page=9090"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("`9090` is not an address"));
}
