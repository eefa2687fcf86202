//! Measures fusebox, its peers and sketches of the least work, in one run.
//!
//! ```text
//! cargo run --release -p fusebox-peers -- [--rounds 101] [--only consecutive] [--json out.json]
//! cargo run --release -p fusebox-peers -- once consecutive "fusebox call()" 1000
//! cargo run --release -p fusebox-peers -- table out.json       # as in docs/performance.md
//! ```

mod call;
mod floor;
mod keyed;
mod keys;
mod measure;
mod ours;
mod peers;
mod realistic;
mod report;
mod scenario;
// The functions that the benches of the runtime measure.
#[path = "../../../runtime/benches/calls/service.rs"]
mod service;
mod sizes;
mod table;

use std::{env, fs, process::ExitCode};

use scenario::{Scenario, Subject};

const ROUNDS: usize = 101;

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        ["once", scenario, subject, calls] => keyed::once(scenario, subject, calls)
            .map_or_else(|| once(scenario, subject, calls), |()| ExitCode::SUCCESS),
        ["list"] => list(),
        ["table", paths @ ..] => table::print(paths).map_or_else(
            |error| {
                eprintln!("table: {error}");
                ExitCode::FAILURE
            },
            |()| ExitCode::SUCCESS,
        ),
        args => compare(args),
    }
}

/// Our subjects and those of the other crates.
fn subjects() -> Vec<Subject> {
    [&floor::SUBJECTS[..], &ours::SUBJECTS[..], &peers::SUBJECTS[..]].concat()
}

/// The whole comparison.
fn compare(args: &[&str]) -> ExitCode {
    let after = |flag: &str| {
        args.iter()
            .position(|arg| *arg == flag)
            .and_then(|place| args.get(place + 1))
    };
    let rounds = after("--rounds")
        .and_then(|rounds| rounds.parse().ok())
        .unwrap_or(ROUNDS);
    let only = after("--only").copied();
    let subjects = subjects();
    let mut all = Vec::new();
    for scenario in Scenario::ALL {
        if only.is_some_and(|only| only != scenario.name()) {
            continue;
        }
        for &threads in scenario.threads() {
            let rows = measure::measure(scenario, threads, &subjects, rounds);
            report::print(&rows);
            all.push(report::json(&rows));
        }
    }
    let sizes = sizes::print();
    if let Some(path) = after("--json") {
        let document = serde_json::json!({
            "processor": table::processor(),
            "rounds": rounds,
            "calls": all,
            "sizes": sizes,
        });
        if let Err(error) = fs::write(path, format!("{document:#}\n")) {
            eprintln!("{path}: {error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// One subject and nothing else, for a tool that counts its instructions.
fn once(scenario: &str, subject: &str, calls: &str) -> ExitCode {
    let scenario = Scenario::ALL.into_iter().find(|known| known.name() == scenario);
    let subject = subjects().into_iter().find(|known| known.name == subject);
    let (Some(scenario), Some(subject), Ok(calls)) = (scenario, subject, calls.parse()) else {
        eprintln!("once <scenario> <subject> <calls>, see `list`");
        return ExitCode::FAILURE;
    };
    let Some(load) = (subject.load)(scenario) else {
        eprintln!("{} has nothing for {}", subject.name, scenario.name());
        return ExitCode::FAILURE;
    };
    let tally = load.run(calls, scenario.failing());
    scenario.check(subject.name, calls, tally);
    ExitCode::SUCCESS
}

/// What `once` can run.
fn list() -> ExitCode {
    for subject in subjects() {
        for scenario in Scenario::ALL {
            if (subject.load)(scenario).is_some() {
                println!("{}\t{}", scenario.name(), subject.name);
            }
        }
    }
    for (scenario, subject) in keyed::list() {
        println!("{scenario}\t{subject}");
    }
    ExitCode::SUCCESS
}
