//! An embedded database with few connections, and a switch that makes it slow.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use redb::{ReadableDatabase, TableDefinition, backends::InMemoryBackend};
use tokio::{
    sync::Semaphore,
    task::spawn_blocking,
    time::{Instant, sleep},
};

use crate::Anyhow;

const PROFILES: TableDefinition<'_, u64, &str> = TableDefinition::new("profiles");
/// How many profiles there are.
const ROWS: u64 = 100;
/// How many queries run at once; the others wait.
const CONNECTIONS: usize = 4;

pub(crate) struct Database {
    storage: Arc<redb::Database>,
    connections: Arc<Semaphore>,
    delay_micros: AtomicU64,
    queries: Mutex<Vec<Instant>>,
}

impl Database {
    pub(crate) fn open(delay: Duration) -> Result<Self, Anyhow> {
        let storage = redb::Database::builder().create_with_backend(InMemoryBackend::new())?;
        let transaction = storage.begin_write()?;
        {
            let mut table = transaction.open_table(PROFILES)?;
            for id in 0..ROWS {
                table.insert(id, format!("reader {id}").as_str())?;
            }
        }
        transaction.commit()?;
        let database = Self {
            storage: Arc::new(storage),
            connections: Arc::new(Semaphore::new(CONNECTIONS)),
            delay_micros: AtomicU64::new(0),
            queries: Mutex::default(),
        };
        database.set_delay(delay);
        Ok(database)
    }

    /// How long each query that starts from now on holds its connection.
    pub(crate) fn set_delay(&self, delay: Duration) {
        let micros = u64::try_from(delay.as_micros()).unwrap_or(u64::MAX);
        self.delay_micros.store(micros, Ordering::Relaxed);
    }

    /// The name in this profile.
    pub(crate) async fn name(&self, id: u64) -> Result<String, Anyhow> {
        self.queries
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(Instant::now());
        let connection = Arc::clone(&self.connections).acquire_owned().await?;
        let delay = Duration::from_micros(self.delay_micros.load(Ordering::Relaxed));
        let storage = Arc::clone(&self.storage);
        // A task of its own: a database does not notice that its client has disconnected, and keeps
        // the connection busy.
        let query = tokio::spawn(async move {
            sleep(delay).await;
            let name = spawn_blocking(move || read(&storage, id)).await?;
            drop(connection);
            name
        });
        query.await?
    }

    /// The times of all queries, counted from `start`.
    pub(crate) fn queries_since(&self, start: Instant) -> Vec<Duration> {
        let queries = self.queries.lock().unwrap_or_else(PoisonError::into_inner);
        queries
            .iter()
            .filter_map(|at| at.checked_duration_since(start))
            .collect()
    }
}

fn read(storage: &redb::Database, id: u64) -> Result<String, Anyhow> {
    let table = storage.begin_read()?.open_table(PROFILES)?;
    let name = table.get(id)?.ok_or("no such profile")?;
    Ok(name.value().to_owned())
}
