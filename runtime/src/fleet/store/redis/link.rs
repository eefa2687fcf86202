//! The one connection of a member: commands, messages, and watching over it.

use std::{
    hash::{BuildHasher, RandomState},
    sync::Arc,
    time::Duration,
};

use redis::{AsyncConnectionConfig, PushInfo, PushKind, RedisError, Value, aio::MultiplexedConnection, cmd};
use tokio::{
    sync::mpsc,
    task::JoinHandle,
    time::{Instant, sleep, timeout, timeout_at},
};

use super::{address::Address, failure::Context, invocation::Invoker};
use crate::{
    fleet::{
        protocol::{Command, Message, Reply, keys::Keys, limits::LONGEST_MESSAGE},
        store::{Backend, Boxed, StoreError, StoreEvent, backend::EVENTS},
    },
    sync::{AtomicU64, Mutex, Ordering, lock},
};

/// How long one command may take.
/// The client's own limit does not cover a command that waits for a full buffer.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(1);

/// How long connecting may take, with TLS, authentication and subscribing.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// How often the connection is tested.
/// A server that was stopped or cut off sends no end of the connection.
const PING_EVERY: Duration = Duration::from_secs(1);

/// How many consecutive unanswered tests end the connection.
const TESTS_MISSED: u32 = 2;

/// The pause before the second attempt to connect; each further pause is twice
/// as long.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// The longest pause between two attempts to connect.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// After a connection that lasted this long, the pauses start anew.
///
/// A server that accepts a connection and ends it at once is not connected to ten times a second.
const LASTING: Duration = Duration::from_secs(5);

/// A member's connection, if there is one right now.
pub(crate) struct Link {
    address: Address,
    keys: Keys,
    connection: Mutex<Option<MultiplexedConnection>>,
}

/// A message on a connection that is not the reply to a command.
enum Arrival {
    Message(Vec<u8>),
    Ignored,
    Tested(Test),
    Ended,
}

/// The result of one test of the connection.
enum Test {
    Answered,
    Missed,
    Failed(RedisError),
}

/// The queue of arrivals. The client must never wait for it.
#[derive(Clone)]
struct ArrivalQueue {
    sender: mpsc::Sender<Arrival>,
    /// Whether a message did not fit; 0 or 1.
    missed: Arc<AtomicU64>,
}

impl ArrivalQueue {
    fn push(&self, info: PushInfo) -> Result<(), mpsc::error::TrySendError<Arrival>> {
        let arrival = match info.kind {
            PushKind::Disconnection => Arrival::Ended,
            // Channel, payload. The size is checked before anything is queued.
            PushKind::Message => match info.data.into_iter().nth(1) {
                Some(Value::BulkString(bytes)) if bytes.len() <= LONGEST_MESSAGE => Arrival::Message(bytes),
                _ => Arrival::Ignored,
            },
            _ => return Ok(()),
        };
        // Relaxed: the reader only needs to see it at some time.
        self.sender
            .try_send(arrival)
            .inspect_err(|_| self.missed.store(1, Ordering::Relaxed))
    }

    fn take_missed(&self) -> bool {
        // Relaxed: see `push`.
        self.missed.swap(0, Ordering::Relaxed) == 1
    }
}

impl Link {
    pub(crate) fn new(address: Address, keys: Keys) -> Self {
        Self {
            address,
            keys,
            connection: Mutex::new(None),
        }
    }

    fn error(&self, command: &'static str, error: &RedisError) -> StoreError {
        let context = Context {
            address: self.address.shown(),
            keys: self.keys.pattern().into(),
            command,
        };
        context.error(error)
    }

    fn timed_out(&self, command: &'static str, after: Duration) -> StoreError {
        StoreError::Timeout {
            address: self.address.shown(),
            command,
            after,
        }
    }

    async fn execute(&self, command: &Command) -> Result<Reply, StoreError> {
        let Some(connection) = lock(&self.connection).clone() else {
            return Err(StoreError::Unreachable {
                address: self.address.shown(),
                reason: "no connection at the moment".into(),
            });
        };
        let invoker = Invoker {
            connection,
            keys: &self.keys,
        };
        match timeout(COMMAND_TIMEOUT, invoker.run(command)).await {
            Ok(reply) => reply.map_err(|error| self.error(command.name(), &error)),
            Err(_) => Err(self.timed_out(command.name(), COMMAND_TIMEOUT)),
        }
    }

    /// Connects and subscribes: from then on every change is either received or
    /// part of the next snapshot.
    async fn connect(&self, inbox: ArrivalQueue) -> Result<MultiplexedConnection, StoreError> {
        if self.address.is_encrypted() {
            install_crypto_provider();
        }
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(None)
            .set_response_timeout(None)
            .set_push_sender(move |info| inbox.push(info));
        let connecting = async {
            let client = self.address.client();
            let connected = client.get_multiplexed_async_connection_with_config(&config).await;
            let mut connection = connected.map_err(|error| self.error("hello", &error))?;
            let subscribed = connection.subscribe(self.keys.changes()).await;
            subscribed.map_err(|error| self.error("subscribe", &error))?;
            Ok(connection)
        };
        match timeout(CONNECT_TIMEOUT, connecting).await {
            Ok(connected) => connected,
            Err(_) => Err(self.timed_out("hello", CONNECT_TIMEOUT)),
        }
    }

    /// Delivers messages and tests the connection until it ends.
    /// Returns the reason.
    async fn watch(
        &self,
        connection: &MultiplexedConnection,
        (inbox, mut arrivals): (ArrivalQueue, mpsc::Receiver<Arrival>),
        events: &mpsc::Sender<StoreEvent>,
    ) -> StoreError {
        let mut next_test = Instant::now() + PING_EVERY;
        let mut missed_tests = 0;
        loop {
            let Ok(arrival) = timeout_at(next_test, arrivals.recv()).await else {
                next_test = Instant::now() + PING_EVERY;
                tokio::spawn(test(connection.clone(), inbox.sender.clone()));
                continue;
            };
            let delivered = match arrival {
                Some(Arrival::Message(bytes)) => deliver(&bytes, events).await,
                Some(Arrival::Ignored) => events.send(StoreEvent::Ignored).await,
                Some(Arrival::Tested(Test::Answered)) => {
                    missed_tests = 0;
                    Ok(())
                }
                Some(Arrival::Tested(Test::Missed)) => {
                    missed_tests += 1;
                    Ok(())
                }
                Some(Arrival::Tested(Test::Failed(error))) => return self.error("ping", &error),
                Some(Arrival::Ended) | None => return self.ended(),
            };
            if delivered.is_err() {
                return self.ended();
            }
            if missed_tests == TESTS_MISSED {
                return self.timed_out("ping", PING_EVERY * TESTS_MISSED);
            }
            if inbox.take_missed() && events.send(StoreEvent::Missed).await.is_err() {
                return self.ended();
            }
        }
    }

    fn ended(&self) -> StoreError {
        StoreError::Unreachable {
            address: self.address.shown(),
            reason: "the connection ended".into(),
        }
    }
}

/// Tests the connection once.
async fn test(mut connection: MultiplexedConnection, results: mpsc::Sender<Arrival>) {
    let test = match timeout(PING_EVERY, cmd("PING").query_async::<Value>(&mut connection)).await {
        Ok(Ok(_)) => Test::Answered,
        Ok(Err(error)) => Test::Failed(error),
        Err(_) => Test::Missed,
    };
    // The connection may have ended meanwhile, and nothing waits for the result.
    let _ = results.send(Arrival::Tested(test)).await;
}

/// Passes a message on, unless its kind is unknown.
async fn deliver(
    bytes: &[u8],
    events: &mpsc::Sender<StoreEvent>,
) -> Result<(), mpsc::error::SendError<StoreEvent>> {
    match Message::decode(bytes) {
        Ok(Some(message)) => events.send(StoreEvent::Message(message)).await,
        Ok(None) => Ok(()),
        Err(_) => events.send(StoreEvent::Ignored).await,
    }
}

/// Installs the provider of cryptography that TLS needs for the whole process.
/// One that the program chose stays.
fn install_crypto_provider() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // Another thread may have been faster, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
}

/// A link with the task that keeps it connected.
/// Dropping it ends the task and the connection.
pub(crate) struct LinkTask {
    link: Arc<Link>,
    task: JoinHandle<()>,
}

impl LinkTask {
    pub(crate) fn spawn(link: Arc<Link>, events: mpsc::Sender<StoreEvent>) -> Self {
        let task = tokio::spawn(keep_connected(link.clone(), events));
        Self { link, task }
    }
}

impl Drop for LinkTask {
    fn drop(&mut self) {
        self.task.abort();
        lock(&self.link.connection).take();
    }
}

impl Backend for LinkTask {
    fn execute(&self, command: Command) -> Boxed<'_, Result<Reply, StoreError>> {
        Box::pin(async move { self.link.execute(&command).await })
    }
}

/// Connects, watches, reconnects, until the member is gone.
async fn keep_connected(link: Arc<Link>, events: mpsc::Sender<StoreEvent>) {
    let mut pause = FIRST_PAUSE;
    let mut reported = None;
    loop {
        let (sender, arrivals) = mpsc::channel(EVENTS);
        let inbox = ArrivalQueue {
            sender,
            missed: Arc::new(AtomicU64::new(0)),
        };
        let error = match link.connect(inbox.clone()).await {
            Ok(connection) => {
                let start = Instant::now();
                reported = None;
                *lock(&link.connection) = Some(connection.clone());
                if events.send(StoreEvent::Up).await.is_err() {
                    return;
                }
                let error = link.watch(&connection, (inbox, arrivals), &events).await;
                lock(&link.connection).take();
                if start.elapsed() >= LASTING {
                    pause = FIRST_PAUSE;
                }
                error
            }
            Err(error) => error,
        };
        if reported.as_ref() != Some(&error) {
            reported = Some(error.clone());
            if events.send(StoreEvent::Down(error)).await.is_err() {
                return;
            }
        }
        sleep(shortened(pause)).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Shortens the pause by a random part of up to half of it.
///
/// A thousand instances lose a server at the same moment, and must not return to it at the same
/// moment.
fn shortened(pause: Duration) -> Duration {
    let random = RandomState::new().hash_one(pause);
    let parts = u32::try_from(random % 512).unwrap_or(0);
    pause * (1024 - parts) / 1024
}
