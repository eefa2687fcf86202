//! What `tracing` receives about configuration.

use std::{
    fmt::Write,
    fs,
    sync::{Arc, Mutex},
    time::Duration,
};

use fusebox::{Registry, config::Overrides};
use tokio::time::sleep;
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

use super::breaker;

/// Keeps the level and the message of each line.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<String>>>);

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        if field.name() == "message" {
            write!(self.0, " {value:?}").expect("a string takes it");
        }
    }
}

impl Subscriber for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "fusebox"
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(event.metadata().level().to_string());
        event.record(&mut line);
        self.0.lock().expect("no panic here").push(line.0);
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

#[test]
fn the_kill_switch_is_one_line() {
    let registry = Registry::new();
    let lines = Lines::default();
    let overrides = Overrides::from_vars([("FUSEBOX_DISABLED", "1")]).expect("correct");
    tracing::subscriber::with_default(lines.clone(), || {
        let _ = overrides.apply(&registry).expect("fits");
    });
    assert_eq!(
        *lines.0.lock().expect("no panic here"),
        ["WARN FUSEBOX_DISABLED is set: every call passes all circuit breakers, and none is recorded"]
    );
}

#[tokio::test(start_paused = true)]
async fn a_reload_that_fails_again_and_again_is_one_line() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("fusebox.toml");
    fs::write(&path, "").expect("written");
    let registry = Registry::new();
    breaker(&registry, "payments");
    let lines = Lines::default();
    let guard = tracing::subscriber::set_default(lines.clone());
    let overrides = Overrides::from_file(&path).expect("correct");
    let _watcher = overrides.watch_every(&registry, &path, Duration::from_secs(1));
    for text in [
        "[breaker.payments]\ncooldown = 10\n",
        "[breaker.payments]\ncooldown = '10'\n",
    ] {
        fs::write(&path, text).expect("written");
        sleep(Duration::from_secs(10)).await;
    }
    drop(guard);
    let failures = registry.config_reload_failures();
    assert!(
        (14..=18).contains(&failures),
        "{failures} of about 8 readings of each file"
    );
    let path = path.display();
    let failed = "WARN the configuration was not reloaded, the settings stay";
    assert_eq!(
        *lines.0.lock().expect("no panic here"),
        [
            format!(
                "{failed}: {path}:2:12: `cooldown` takes a duration string; did you mean `cooldown = \"10s\"`?"
            ),
            format!("{failed}: {path}:2:12: `10` has no unit; did you mean `10s`?"),
        ]
    );
}

#[test]
fn a_declaration_that_the_file_does_not_fit_is_one_line() {
    let registry = Registry::new();
    let lines = Lines::default();
    let overrides =
        Overrides::from_toml("[breaker.'configuration-log::*']\nminimum_calls = 5").expect("correct");
    let invalid = overrides.apply(&registry);
    assert!(invalid.is_ok(), "no function of the catalogue has this name");
    tracing::subscriber::with_default(lines.clone(), || {
        registry
            .breaker("configuration-log::late")
            .build()
            .expect_err("no rate");
    });
    assert!(
        lines.0.lock().expect("no panic here").is_empty(),
        "the builder gets the error"
    );
}
