//! An operator of one instance.

use std::time::Duration;

use fusebox::{Registry, State, dashboard::Dashboard};

use super::{
    page::{self, TOKEN},
    program::{Program, text},
};

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_commands_one_instance() {
    let registry = Registry::new();
    let breaker = registry.breaker("payments").build().unwrap();
    let page = page::serve(&registry).await;
    let program = Program::at(&format!("http://{}", page.address()))
        .with("FUSEBOX_TOKEN", TOKEN)
        .with("USER", "anna");

    assert_eq!(program.json(&["list"])["breakers"][0]["state"], "closed");
    program.json(&["force", "open", "payments", "--for", "1h", "--reason", "drill"]);
    assert_eq!(breaker.state(), State::ForcedOpen);
    assert!(breaker.snapshot().override_until.is_some());
    program.json(&["release", "payments", "--reason", "done"]);
    program.json(&["force", "closed", "payments", "--reason", "drill"]);
    assert_eq!(breaker.state(), State::ForcedClosed);
    program.json(&["release", "payments", "--reason", "done"]);
    program.json(&["trip", "pay*", "--reason", "drill"]);
    assert_eq!(breaker.state(), State::Open);
    let explained = program.text(&["explain", "payments"]);
    assert!(explained.starts_with("payments is open since "), "{explained}");
    assert!(explained.contains("anna (drill)"), "{explained}");
    assert_eq!(program.json(&["explain", "payments"])["name"], "payments");
    program.json(&["reset", "payments", "--reason", "done"]);
    assert_eq!(breaker.state(), State::Closed);
    program.json(&[
        "set",
        "payments",
        "cooldown=10s",
        "threshold=7",
        "--reason",
        "calmer",
    ]);
    assert_eq!(breaker.settings().cooldown(), Duration::from_secs(10));
    assert_eq!(program.json(&["show", "payments"])["name"], "payments");
    let history = program.json(&["history", "payments"]);
    assert!(history["history"].as_array().unwrap().len() >= 5);
    assert!(program.text(&["history", "payments"]).contains("anna (drill)"));

    for (code, words, expected) in [
        (1, "show paymnets", "404"),
        (1, "explain paymnets", "404"),
        (1, "history paymnets", "404"),
        (2, "instances", "redis://"),
        (2, "set payments cooldown --reason x", "is not `key=value`"),
        (2, "set payments colour=red --reason x", "cannot be set here"),
        (2, "set payments cooldown=soon --reason x", "is not a duration"),
        (1, "set payments threshold=0 --reason x", "threshold"),
    ] {
        let words: Vec<&str> = words.split(' ').collect();
        let message = program.fails(code, &words);
        assert!(message.contains(expected), "{words:?}: {message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn watch_prints_changes_and_ends_in_time() {
    let registry = Registry::new();
    let breaker = registry.breaker("payments").build().unwrap();
    let page = Dashboard::new(&registry).serve("127.0.0.1:0").await.unwrap();
    let program = Program::at(&format!("http://{}", page.address()));
    let watching = tokio::task::spawn_blocking(move || program.run(&["--json", "watch", "--for", "4s"]));
    tokio::time::sleep(Duration::from_millis(1500)).await;
    breaker.trip();
    let output = watching.await.unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    let lines: Vec<serde_json::Value> = String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).expect("each line is JSON"))
        .collect();
    let states: Vec<_> = lines.iter().map(|line| line["state"].as_str()).collect();
    assert_eq!(states, [Some("closed"), Some("open")]);
}

/// A function that no test calls.
#[fusebox::circuit_breaker(name = "declared")]
async fn declared() -> Result<(), fusebox::Rejected> {
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_checked_against_functions_that_have_not_run() {
    let _ = declared;
    let page = Dashboard::new(Registry::global())
        .serve("127.0.0.1:0")
        .await
        .unwrap();
    let program = Program::at(&format!("http://{}", page.address()));
    let file = std::env::temp_dir().join(format!("fusebox-{}.toml", std::process::id()));
    let path = file.to_str().expect("a plain path").to_owned();
    let check = |text: &str| {
        std::fs::write(&file, text).unwrap();
        let output = program.run(&["check", &path]);
        (output.status.code(), super::program::text(&output))
    };
    let (code, message) = check("[breaker.declared]\ncooldown = '5s'\n");
    assert_eq!(code, Some(0), "{message}");
    let (code, message) = check("[breaker.declred]\ncooldown = '5s'\n");
    assert_eq!(code, Some(1));
    assert!(message.contains("did you mean `declared`?"), "{message}");
    let (code, message) = check("[breaker.declared]\ncooldown = 'soon'\n");
    assert_eq!(code, Some(1));
    assert!(
        message.contains(".toml:2:12: `soon` is not a duration"),
        "{message}"
    );
    std::fs::remove_file(&file).unwrap();
    let (code, message) = {
        let output = program.run(&["check", &path]);
        (output.status.code(), text(&output))
    };
    assert_eq!(code, Some(1));
    assert!(message.contains("fusebox-"), "{message}");
}
