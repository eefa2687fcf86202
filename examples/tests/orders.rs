//! The orders example, run as a user runs it.

use std::process::{Command, Output};

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
fn help_and_wrong_options_run_nothing() {
    let help = orders(&["--help"]);
    assert!(help.status.success() && String::from_utf8_lossy(&help.stdout).contains("--json"));

    let wrong = orders(&["--jsno"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("unknown option `--jsno`"));
}
