//! A file that is watched, on paused time.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    time::Duration,
};

use fusebox::{
    CircuitBreaker, Registry,
    config::{Overrides, Watcher},
};
use tempfile::TempDir;
use tokio::time::sleep;

use super::breaker;

/// Longer than one interval and the time that a file must stay the same.
const INTERVAL: Duration = Duration::from_millis(5_300);

struct Watched {
    registry: Registry,
    payments: CircuitBreaker,
    directory: TempDir,
    _task: Watcher,
}

impl Watched {
    /// Applies and watches a file that sets a cooldown of 5 s.
    fn start() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("fusebox.toml");
        fs::write(&path, cooldown(5)).expect("written");
        Self::start_at(directory, &path)
    }

    fn start_at(directory: TempDir, path: &Path) -> Self {
        let registry = Registry::new();
        let payments = breaker(&registry, "payments");
        let overrides = Overrides::from_file(path).expect("correct");
        let _ = overrides.apply(&registry).expect("fits");
        let task = overrides.watch(&registry, path);
        let watched = Self {
            registry,
            payments,
            directory,
            _task: task,
        };
        assert_eq!(watched.cooldown(), 5);
        watched
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("fusebox.toml")
    }

    fn cooldown(&self) -> u64 {
        self.payments.settings().cooldown().as_secs()
    }

    /// Lets the task read the file, and returns how often it has failed so far.
    async fn failures(&self) -> u64 {
        sleep(INTERVAL).await;
        self.registry.config_reload_failures()
    }

    /// Writes what is wrong, sees that the settings stay, and that a correct
    /// file ends it.
    async fn survives(&self, wrong: impl FnOnce(&Path)) {
        wrong(&self.path());
        let failures = self.failures().await;
        assert!(failures >= 1, "the failure is counted");
        assert_eq!(self.cooldown(), 5, "the settings stay");
        assert!(self.failures().await > failures, "each failed reading is counted");
        let _ = fs::remove_dir(self.path());
        fs::write(self.path(), cooldown(6)).expect("written");
        let failures = self.failures().await;
        assert_eq!(self.cooldown(), 6, "a correct file is applied");
        assert_eq!(self.failures().await, failures, "nothing fails any more");
    }
}

fn cooldown(seconds: u64) -> String {
    format!("[breaker.payments]\ncooldown = '{seconds}s'\n")
}

#[tokio::test(start_paused = true)]
async fn a_changed_file_is_applied_within_one_interval() {
    let watched = Watched::start();
    let generation = watched.payments.generation();
    assert_eq!(watched.failures().await, 0);
    assert_eq!(
        watched.payments.generation(),
        generation,
        "an unchanged file is not applied"
    );
    fs::write(watched.path(), cooldown(6)).expect("written");
    assert_eq!(watched.failures().await, 0);
    assert_eq!(watched.cooldown(), 6);
    assert_eq!(watched.payments.generation(), generation + 1);
    fs::write(watched.path(), "").expect("written");
    watched.failures().await;
    assert_eq!(watched.cooldown(), 30, "an empty file sets nothing");
}

#[tokio::test(start_paused = true)]
async fn the_link_of_a_mounted_config_map_is_swapped() {
    let directory = tempfile::tempdir().expect("a directory");
    let at = |name: &str| directory.path().join(name);
    // What Kubernetes mounts: fusebox.toml -> ..data/fusebox.toml, and ..data -> a directory with a
    // date in its name.
    for (version, seconds) in [("..2026_01", 5), ("..2026_02", 6)] {
        fs::create_dir(at(version)).expect("made");
        fs::write(at(version).join("fusebox.toml"), cooldown(seconds)).expect("written");
    }
    symlink("..2026_01", at("..data")).expect("linked");
    symlink("..data/fusebox.toml", at("fusebox.toml")).expect("linked");
    let path = at("fusebox.toml");
    let watched = Watched::start_at(directory, &path);
    let at = |name: &str| watched.directory.path().join(name);
    symlink("..2026_02", at("..data_tmp")).expect("linked");
    fs::rename(at("..data_tmp"), at("..data")).expect("swapped");
    fs::remove_dir_all(at("..2026_01")).expect("removed");
    assert_eq!(watched.failures().await, 0);
    assert_eq!(watched.cooldown(), 6);
}

#[tokio::test(start_paused = true)]
async fn a_half_written_file_with_a_mistake_changes_nothing() {
    let watched = Watched::start();
    watched
        .survives(|path| fs::write(path, "[breaker.payments]\ncooldown = '6").expect("written"))
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_half_written_file_without_a_mistake_is_not_applied() {
    let watched = Watched::start();
    let generation = watched.payments.generation();
    // The task reads at 5 s and, because the content is another one, again at 5.2 s. The writer
    // needs from 4.9 s to 5.1 s.
    sleep(Duration::from_millis(4_900)).await;
    fs::write(watched.path(), "[breaker.payments]\n").expect("written");
    sleep(Duration::from_millis(200)).await;
    fs::write(watched.path(), cooldown(6)).expect("written");
    sleep(Duration::from_millis(200)).await;
    assert_eq!(watched.cooldown(), 5, "neither the half nor, yet, the whole file");
    assert_eq!(watched.payments.generation(), generation);
    assert_eq!(watched.failures().await, 0);
    assert_eq!(watched.cooldown(), 6);
    assert_eq!(
        watched.payments.generation(),
        generation + 1,
        "the half was never applied"
    );
}

#[tokio::test(start_paused = true)]
async fn a_deleted_file_changes_nothing() {
    let watched = Watched::start();
    watched
        .survives(|path| fs::remove_file(path).expect("removed"))
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_directory_in_place_of_the_file_changes_nothing() {
    let watched = Watched::start();
    watched
        .survives(|path| {
            fs::remove_file(path).expect("removed");
            fs::create_dir(path).expect("made");
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_file_of_10_megabytes_changes_nothing() {
    let watched = Watched::start();
    let large = cooldown(6) + &"# padding\n".repeat(1_000_000);
    watched
        .survives(|path| fs::write(path, large).expect("written"))
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_file_that_is_not_utf_8_changes_nothing() {
    let watched = Watched::start();
    let file = b"[breaker.payments]\n# caf\xe9\ncooldown = '6s'\n";
    watched
        .survives(|path| fs::write(path, file).expect("written"))
        .await;
    fs::write(watched.path(), file).expect("written");
    let invalid = Overrides::from_file(watched.path())
        .expect_err("not UTF-8")
        .to_string();
    assert!(
        invalid.ends_with("fusebox.toml:2:6: the file is not UTF-8"),
        "{invalid}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_value_that_does_not_fit_a_breaker_changes_nothing() {
    let watched = Watched::start();
    let file = "[breaker.payments]\nminimum_calls = 5\ntrial_calls = 3\n";
    watched
        .survives(|path| fs::write(path, file).expect("written"))
        .await;
    assert_eq!(watched.payments.settings().trial_calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_environment_stays_on_top_of_each_new_file() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("fusebox.toml");
    fs::write(&path, cooldown(5)).expect("written");
    let registry = Registry::new();
    let payments = breaker(&registry, "payments");
    let variables = [
        ("FUSEBOX_CONFIG", path.to_str().expect("UTF-8")),
        ("FUSEBOX__PAYMENTS__TRIAL_CALLS", "3"),
    ];
    let overrides = Overrides::from_vars(variables).expect("correct");
    let _ = overrides.apply(&registry).expect("fits");
    let _watcher = overrides.watch(&registry, &path);
    fs::write(&path, cooldown(6)).expect("written");
    sleep(INTERVAL).await;
    let settings = payments.settings();
    assert_eq!((settings.cooldown().as_secs(), settings.trial_calls()), (6, 3));
}

#[tokio::test(start_paused = true)]
async fn a_dropped_watcher_reads_no_more() {
    let watched = Watched::start();
    let Watched {
        registry,
        payments,
        directory,
        _task: task,
    } = watched;
    drop(task);
    fs::write(directory.path().join("fusebox.toml"), cooldown(6)).expect("written");
    sleep(INTERVAL * 3).await;
    assert_eq!(payments.settings().cooldown().as_secs(), 5);
    assert_eq!(registry.config_reload_failures(), 0);
}
