//! The store in the memory of this process.

use std::{collections::HashMap, sync::Arc, time::Duration};

use tokio::{sync::mpsc, time::Instant};

use crate::{
    Clock,
    fleet::{
        protocol::{Command, Reply, Service},
        store::{Backend, Boxed, Connected, StoreError, StoreEvent, backend::EVENTS, table::Table},
    },
    sync::{Mutex, lock},
};

/// A store for several registries of one process.
pub(crate) struct LocalStore {
    time: Time,
    services: Mutex<HashMap<Service, Arc<LocalService>>>,
}

/// The server's clock of a local store, in milliseconds.
#[derive(Clone)]
enum Time {
    Tokio(Instant),
    Custom(Arc<dyn Clock>),
}

/// The states of one service and its members.
struct LocalService {
    time: Time,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    table: Table,
    subscribers: Vec<Subscriber>,
}

struct Subscriber {
    sender: mpsc::Sender<StoreEvent>,
    /// Whether a message did not fit: the member must read a snapshot.
    missed: bool,
}

impl LocalStore {
    pub(crate) fn new(clock: Option<Arc<dyn Clock>>) -> Self {
        let time = clock.map_or_else(|| Time::Tokio(Instant::now()), Time::Custom);
        Self {
            time,
            services: Mutex::new(HashMap::new()),
        }
    }

    pub(crate) fn connect(&self, service: &Service) -> Connected {
        let (sender, events) = mpsc::channel(EVENTS);
        sender.try_send(StoreEvent::Up).expect("a new channel has room");
        let mut services = lock(&self.services);
        let service = services.entry(service.clone()).or_insert_with(|| {
            Arc::new(LocalService {
                time: self.time.clone(),
                inner: Mutex::new(Inner::default()),
            })
        });
        lock(&service.inner).subscribers.push(Subscriber {
            sender,
            missed: false,
        });
        Connected {
            backend: service.clone(),
            events,
        }
    }
}

impl Backend for LocalService {
    fn execute(&self, command: Command) -> Boxed<'_, Result<Reply, StoreError>> {
        let mut inner = lock(&self.inner);
        let (reply, messages) = inner.table.execute(self.time.now(), &command);
        // Under the lock, so that every member receives the messages in the order of the changes.
        for message in messages {
            inner
                .subscribers
                .retain_mut(|subscriber| subscriber.send(StoreEvent::Message(message.clone())));
        }
        Box::pin(std::future::ready(Ok(reply)))
    }
}

impl Subscriber {
    /// Queues an event; `false` if the member is gone.
    fn send(&mut self, event: StoreEvent) -> bool {
        if self.missed {
            match self.sender.try_send(StoreEvent::Missed) {
                Ok(()) => self.missed = false,
                Err(error) => return matches!(error, mpsc::error::TrySendError::Full(_)),
            }
        }
        match self.sender.try_send(event) {
            Ok(()) => true,
            Err(mpsc::error::TrySendError::Full(_)) => {
                self.missed = true;
                true
            }
            Err(mpsc::error::TrySendError::Closed(_)) => false,
        }
    }
}

impl Time {
    fn now(&self) -> u64 {
        let elapsed = match self {
            Self::Tokio(start) => start.elapsed(),
            Self::Custom(clock) => clock.now(),
        };
        // Not zero at the start: an epoch of zero would look like no epoch.
        u64::try_from((elapsed + Duration::from_secs(1)).as_millis()).unwrap_or(u64::MAX)
    }
}
