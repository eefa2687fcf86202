//! The run: load, faults, and edits of the settings.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use fusebox::{Event, EventKind, KeyedBreakers, Registry, State, config::Overrides};
use tokio::time::{Instant, sleep, sleep_until};

use crate::{
    Anyhow,
    cluster::Cluster,
    load,
    query::GROUP,
    recording::{Change, Edit, MAINTAINED, Recording},
    settings_file::SettingsFile,
};

/// The last query starts before this time.
pub(crate) const END: Duration = Duration::from_secs(8);
/// The cooldown that an edit sets.
pub(crate) const SHORT_COOLDOWN: Duration = Duration::from_millis(200);

/// How often the settings are read.
const WATCH_EVERY: Duration = Duration::from_millis(100);

pub(crate) async fn play(config: &Path) -> Result<Recording, Anyhow> {
    let settings = SettingsFile::copy_of(config)?;
    let overrides = Overrides::from_file(settings.path())?;
    // Before the first call, so that each breaker is made with these settings.
    let _ = overrides.apply(Registry::global())?;
    let _watcher = overrides.watch_every(Registry::global(), settings.path(), WATCH_EVERY);
    let shards = Registry::global()
        .group(GROUP)
        .ok_or("the group is not declared")?;

    let cluster = Arc::new(Cluster::start().await?);
    let start = Instant::now();
    let changes = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&changes);
    let subscription = shards.on_event(move |event| {
        if let Some(change) = change(event, start.elapsed()) {
            noted.lock().unwrap_or_else(PoisonError::into_inner).push(change);
        }
    });
    println!("40 shards, 20 queries a second to each, for {END:?}.");
    let (calls, (), edits) = tokio::join!(
        load::offer(&cluster, start, END),
        cluster.suffer(start),
        edit(&settings, &shards, start),
    );
    drop(subscription);
    let changes = std::mem::take(&mut *changes.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(Recording {
        calls,
        changes,
        edits: edits?,
        is_config_untouched: settings.is_original_untouched()?,
        queries: cluster.queries(),
    })
}

fn change(event: &Event, at: Duration) -> Option<Change> {
    let (Event::Breaker(event), Some(EventKind::Transition { to, .. })) = (event, event.kind()) else {
        return None;
    };
    let shard = event.name.key()?.parse().ok()?;
    Some(Change { at, shard, to: *to })
}

/// Edits the settings four times, as an operator would.
async fn edit(settings: &SettingsFile, shards: &KeyedBreakers, start: Instant) -> Result<Vec<Edit>, Anyhow> {
    let maintenance = format!(
        "[breaker.\"{GROUP}[{MAINTAINED}]\"]\nmode = \"forced_open\"\nreason = \"moves to another machine\"\n"
    );
    let has_short_cooldown = || {
        shards
            .iter()
            .all(|shard| shard.settings().cooldown() == SHORT_COOLDOWN)
    };
    let is_reported = || Registry::global().config_reload_failures() > 0;
    let state = || shards.get(MAINTAINED).state();
    let mut editor = Editor {
        start,
        edits: Vec::new(),
    };

    editor.wait(3500).await;
    settings.write("\"200ms\"", "")?;
    editor.note("cooldown 200ms", has_short_cooldown).await;

    editor.wait(4400).await;
    settings.write("200", "")?;
    editor.note("a mistake, refused", is_reported).await;

    editor.wait(5600).await;
    settings.write("\"200ms\"", &maintenance)?;
    editor
        .note("shard 11 forced open", || state() == State::ForcedOpen)
        .await;

    editor.wait(6700).await;
    settings.write("\"200ms\"", "")?;
    editor
        .note("shard 11 released", || state() == State::Closed)
        .await;
    Ok(editor.edits)
}

struct Editor {
    start: Instant,
    edits: Vec<Edit>,
}

impl Editor {
    async fn wait(&self, millis: u64) {
        sleep_until(self.start + Duration::from_millis(millis)).await;
    }

    /// Waits until the program reacts to the edit, for at most two seconds.
    async fn note(&mut self, text: &'static str, has_effect: impl Fn() -> bool) {
        let at = self.start.elapsed();
        let mut noticed = None;
        while noticed.is_none() && self.start.elapsed() < at + Duration::from_secs(2) {
            sleep(Duration::from_millis(5)).await;
            noticed = has_effect().then(|| self.start.elapsed());
        }
        println!(
            "{:>4.1} s  edited: {text:<22} in effect after {:.1?}",
            at.as_secs_f64(),
            noticed.unwrap_or_default().saturating_sub(at),
        );
        self.edits.push(Edit { text, at, noticed });
    }
}
