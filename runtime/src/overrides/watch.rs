//! A task that applies a file again when its content changes.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use tokio::task::{AbortHandle, spawn_blocking};

use crate::{
    event::log,
    overrides::{InvalidOverrides, Overrides},
    registry::Registry,
};

/// How often the file is read unless the program chooses another interval.
const EVERY: Duration = Duration::from_secs(5);
/// How long a changed file must stay the same before it is applied.
const SETTLED: Duration = Duration::from_millis(200);

/// The task that watches a file. Dropping this stops it.
#[derive(Debug)]
#[must_use = "the task stops when this is dropped"]
pub struct Watcher(AbortHandle);

impl Drop for Watcher {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Overrides {
    /// Starts a task that reads the file every 5 s, and applies it when its
    /// content has changed.
    ///
    /// See [`watch_every`](Self::watch_every).
    pub fn watch(&self, registry: &Registry, path: impl AsRef<Path>) -> Watcher {
        self.watch_every(registry, path, EVERY)
    }

    /// Starts a task that reads the file this often, and applies it when its
    /// content has changed.
    ///
    /// The environment of these overrides stays on top of each new file. The task compares content
    /// and never waits for file events, so a mounted config map whose symbolic link is swapped is a
    /// change like any other. A changed file is applied when two readings 200 ms apart (or one
    /// interval apart, if that is shorter) are the same, so a file that is half written is not
    /// applied.
    ///
    /// A file that is missing, too large, not UTF-8 or has a mistake changes nothing: the settings
    /// stay, a line at `WARN` has every mistake, and [`Registry::config_reload_failures`] counts
    /// each failed reading.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub fn watch_every(&self, registry: &Registry, path: impl AsRef<Path>, every: Duration) -> Watcher {
        let watch = Watch {
            registry: registry.clone(),
            path: path.as_ref().to_owned(),
            applied: self.clone(),
            failure: None,
        };
        Watcher(tokio::spawn(watch.run(every)).abort_handle())
    }
}

struct Watch {
    registry: Registry,
    path: PathBuf,
    applied: Overrides,
    /// What was wrong at the last reading.
    failure: Option<InvalidOverrides>,
}

impl Watch {
    async fn run(mut self, every: Duration) {
        loop {
            tokio::time::sleep(every).await;
            let read = self.read().await;
            if self.is_applied(&read) {
                self.failure = None;
                continue;
            }
            tokio::time::sleep(SETTLED.min(every)).await;
            let again = self.read().await;
            if is_same(&read, &again) {
                self.take(again);
            }
        }
    }

    /// Reads the file on a thread that may block.
    async fn read(&self) -> Result<Overrides, InvalidOverrides> {
        let path = self.path.clone();
        let environment = self.applied.environment.clone();
        let read = spawn_blocking(move || Overrides::from_file(path)).await;
        match read {
            Ok(read) => read.map(|overrides| Overrides {
                environment,
                ..overrides
            }),
            // The runtime shuts down, and drops this task at the next await.
            Err(_) => Ok(self.applied.clone()),
        }
    }

    fn is_applied(&self, read: &Result<Overrides, InvalidOverrides>) -> bool {
        read.as_ref()
            .is_ok_and(|read| read.document.text == self.applied.document.text)
    }

    fn take(&mut self, read: Result<Overrides, InvalidOverrides>) {
        let applied = read.and_then(|read| read.apply_quietly(&self.registry).map(|applied| (read, applied)));
        match applied {
            Ok((read, applied)) => {
                self.applied = read;
                self.failure = None;
                for warning in applied.warnings() {
                    log::configuration_warning(warning);
                }
            }
            Err(invalid) => {
                self.registry.count_config_reload_failure();
                if self.failure.as_ref() != Some(&invalid) {
                    log::reload_failed(&self.path.to_string_lossy(), &invalid);
                }
                self.failure = Some(invalid);
            }
        }
    }
}

fn is_same(a: &Result<Overrides, InvalidOverrides>, b: &Result<Overrides, InvalidOverrides>) -> bool {
    match (a, b) {
        (Ok(a), Ok(b)) => a.document.text == b.document.text,
        (Err(a), Err(b)) => a == b,
        _ => false,
    }
}
