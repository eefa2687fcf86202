//! One run: the load, the slow database, and what is recorded.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use fusebox::{EventKind, Registry};
use tokio::time::{Instant, interval, sleep_until};

use crate::{
    Anyhow, load,
    recording::{Change, Recording},
    services::Services,
};

/// Feeds requested per second.
pub(crate) const RATE: u32 = 80;
/// Queries of the database per feed: the reader's profile and an author's.
pub(crate) const QUERIES_PER_FEED: u32 = 2;
/// The database is slow from here …
pub(crate) const SLOW_FROM: Duration = Duration::from_secs(2);
/// … to here.
pub(crate) const SLOW_UNTIL: Duration = Duration::from_secs(7);
/// The last request comes at this time.
pub(crate) const END: Duration = Duration::from_secs(11);
/// The reader of a feed gives up after this long.
pub(crate) const IN_TIME: Duration = Duration::from_millis(250);

/// How long a healthy query holds its connection.
const HEALTHY: Duration = Duration::from_millis(2);
/// How long a slow query holds its connection.
const SLOW: Duration = Duration::from_millis(500);

/// The time between two samples of the calls in flight.
const LOOK: Duration = Duration::from_millis(50);

/// Whether the services call each other through breakers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protection {
    Nothing,
    Breakers,
}

/// One run.
pub(crate) async fn run(protection: Protection) -> Result<Recording, Anyhow> {
    let services = Services::start(protection, HEALTHY).await?;
    load::warm_up(&services.feed).await;
    let start = Instant::now();
    let changes = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&changes);
    let subscription = Registry::global().on_event(move |event| {
        if let Some(&EventKind::Transition { to, .. }) = event.kind()
            && let Some(breaker) = event.name()
        {
            let change = Change {
                at: start.elapsed(),
                breaker: breaker.to_owned(),
                to,
            };
            noted.lock().unwrap_or_else(PoisonError::into_inner).push(change);
        }
    });

    let faults = async {
        sleep_until(start + SLOW_FROM).await;
        services.database.set_delay(SLOW);
        sleep_until(start + SLOW_UNTIL).await;
        services.database.set_delay(HEALTHY);
    };
    let mut in_flight = Vec::new();
    let looking = async {
        let mut look = interval(LOOK);
        loop {
            look.tick().await;
            in_flight.push((start.elapsed(), services.in_flight()));
        }
    };
    let feeds = tokio::select! {
        (feeds, ()) = async { tokio::join!(load::offer(&services.feed, start), faults) } => feeds?,
        () = looking => Vec::new(),
    };
    drop(subscription);
    let changes = std::mem::take(&mut *changes.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(Recording {
        feeds,
        in_flight,
        changes,
        queries: services.database.queries_since(start),
    })
}
