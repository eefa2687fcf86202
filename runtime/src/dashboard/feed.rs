//! The thread that reads the breakers once a second and feeds open pages.

use std::{
    fmt,
    sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    thread,
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::StatusCode;
use tokio::sync::{mpsc, oneshot};

use super::{answer::Problem, board::Board};
use crate::registry::Registry;

/// How many pages may be open at once.
pub(super) const CLIENTS: usize = 64;
/// How many events wait for a client at most.
///
/// A client that reads more slowly is dropped.
const EVENTS_PER_CLIENT: usize = 16;
/// How many requests wait for the thread at most.
const JOBS: usize = 256;
const PERIOD: Duration = Duration::from_secs(1);

/// A handle of the thread. The thread ends with the last handle.
///
/// A thread of its own: reading 10,000 breakers and writing them as JSON takes tens of
/// milliseconds, which would delay the tasks of a runtime's worker. The thread owns all rows, so
/// they need no lock.
#[derive(Clone)]
pub(super) struct Feed {
    /// `None` if the system could not start the thread.
    jobs: Option<SyncSender<Job>>,
}

type Job = Box<dyn FnOnce(&mut Worker) + Send>;

struct Worker {
    board: Board,
    clients: Vec<mpsc::Sender<Bytes>>,
}

impl Feed {
    pub(super) fn start(registry: Registry) -> Self {
        let (sender, receiver) = sync_channel(JOBS);
        let run = move || Worker::new(registry).run(&receiver);
        let thread = thread::Builder::new()
            .name("fusebox-dashboard".to_owned())
            .spawn(run);
        Self {
            jobs: thread.is_ok().then_some(sender),
        }
    }

    /// Runs this on the thread.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&mut Board) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        self.run(move |worker| read(&mut worker.board)).await
    }

    /// Returns the events for one more client: a snapshot, then changes once a
    /// second.
    pub(super) async fn join(&self) -> Result<mpsc::Receiver<Bytes>, Problem> {
        self.run(Worker::join).await?.ok_or_else(|| {
            let message = format!("{CLIENTS} pages are open already");
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, message)
        })
    }

    async fn run<T: Send + 'static>(
        &self,
        run: impl FnOnce(&mut Worker) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let busy = || {
            Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "the page has too much to do; try again",
            )
        };
        let (sender, receiver) = oneshot::channel();
        // A client that is gone needs no answer.
        let job = Box::new(move |worker: &mut Worker| drop(sender.send(run(worker))));
        let jobs = self.jobs.as_ref().ok_or_else(busy)?;
        jobs.try_send(job).map_err(|_| busy())?;
        receiver.await.map_err(|_| busy())
    }
}

impl Worker {
    fn new(registry: Registry) -> Self {
        Self {
            board: Board::new(registry),
            clients: Vec::new(),
        }
    }

    fn run(mut self, jobs: &Receiver<Job>) {
        let mut next = Instant::now() + PERIOD;
        loop {
            let now = Instant::now();
            if now >= next {
                self.tick();
                // After a pause of the machine, missing samples are not made up for.
                next = (next + PERIOD).max(now);
            }
            match jobs.recv_timeout(next.saturating_duration_since(now)) {
                Ok(job) => job(&mut self),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn tick(&mut self) {
        self.board.tick();
        self.clients.retain(|client| !client.is_closed());
        if self.clients.is_empty() {
            return;
        }
        let event = self.board.changes_event();
        // A full queue drops the client: its stream ends, and a page that still runs connects
        // again.
        self.clients
            .retain(|client| client.try_send(event.clone()).is_ok());
    }

    fn join(&mut self) -> Option<mpsc::Receiver<Bytes>> {
        self.clients.retain(|client| !client.is_closed());
        if self.clients.len() == CLIENTS {
            return None;
        }
        if self.clients.is_empty() {
            self.board.restart();
        }
        let (sender, receiver) = mpsc::channel(EVENTS_PER_CLIENT);
        sender.try_send(self.board.snapshot_event()).ok()?;
        self.clients.push(sender);
        Some(receiver)
    }
}

impl fmt::Debug for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Feed").finish_non_exhaustive()
    }
}
