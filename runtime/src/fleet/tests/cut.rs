//! A connection to a store that a test cuts and restores.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::sync::mpsc;

use crate::fleet::{
    Store, StoreError,
    protocol::{Command, Reply, Service},
    store::{Backend, Boxed, Connected, StoreEvent},
};

/// The switch of one connection.
#[derive(Clone)]
pub(crate) struct Switch {
    is_cut: Arc<AtomicBool>,
    events: mpsc::Sender<StoreEvent>,
}

struct Cut {
    inner: Arc<dyn Backend>,
    is_cut: Arc<AtomicBool>,
}

/// Connects through a switch.
pub(crate) fn connect(store: &Store, service: &Service) -> (Connected, Switch) {
    let Connected { backend, mut events } = store.connect(service);
    let (sender, receiver) = mpsc::channel(64);
    let is_cut = Arc::new(AtomicBool::new(false));
    let switch = Switch {
        is_cut: is_cut.clone(),
        events: sender.clone(),
    };
    let forwarded = is_cut.clone();
    tokio::spawn(async move {
        while let Some(event) = events.recv().await {
            if !forwarded.load(Ordering::SeqCst) && sender.send(event).await.is_err() {
                return;
            }
        }
    });
    let backend = Arc::new(Cut {
        inner: backend,
        is_cut,
    });
    (
        Connected {
            backend,
            events: receiver,
        },
        switch,
    )
}

impl Switch {
    pub(crate) async fn cut(&self) {
        self.is_cut.store(true, Ordering::SeqCst);
        self.events
            .send(StoreEvent::Down(gone()))
            .await
            .expect("the member runs");
    }

    pub(crate) async fn restore(&self) {
        self.is_cut.store(false, Ordering::SeqCst);
        self.events.send(StoreEvent::Up).await.expect("the member runs");
    }
}

impl Backend for Cut {
    fn execute(&self, command: Command) -> Boxed<'_, Result<Reply, StoreError>> {
        if self.is_cut.load(Ordering::SeqCst) {
            return Box::pin(std::future::ready(Err(gone())));
        }
        self.inner.execute(command)
    }
}

fn gone() -> StoreError {
    StoreError::Unreachable {
        address: "the switch".into(),
        reason: "the test cut it".into(),
    }
}
