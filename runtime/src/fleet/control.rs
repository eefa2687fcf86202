//! What an operator does for all instances of a service.

use std::{fmt, sync::Arc, time::Duration};

use tokio::task::JoinHandle;

use crate::{
    Operator,
    fleet::{
        ConnectError, FleetOverview, Store, StoreError,
        protocol::{Command, ForcedState, Reply, Service, name},
        store::{Backend, Connected, StoreEvent},
    },
};

/// Commands of an operator to all instances of a service, without taking part.
///
/// [`Store::control`] connects it. [`Fleet::control`](crate::fleet::Fleet::control) returns one on
/// the connection of the member.
#[derive(Clone)]
pub struct FleetControl {
    backend: Arc<dyn Backend>,
    /// Reads what arrives on the connection, which would end otherwise.
    _reader: Option<Arc<Reader>>,
}

struct Reader(JoinHandle<()>);

impl Drop for Reader {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Store {
    /// Connects an operator to the instances of a service.
    ///
    /// # Errors
    /// A name that cannot be used, or the reason why the store cannot be reached.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub async fn control(&self, service: &str) -> Result<FleetControl, ConnectError> {
        let Connected { backend, mut events } = self.connect(&Service::new(service)?);
        loop {
            match events.recv().await {
                Some(StoreEvent::Up) | None => break,
                Some(StoreEvent::Down(error)) => return Err(error.into()),
                Some(StoreEvent::Message(_) | StoreEvent::Missed | StoreEvent::Ignored) => {}
            }
        }
        let reader = tokio::spawn(async move { while events.recv().await.is_some() {} });
        Ok(FleetControl {
            backend,
            _reader: Some(Arc::new(Reader(reader))),
        })
    }
}

impl FleetControl {
    pub(crate) const fn of_member(backend: Arc<dyn Backend>) -> Self {
        Self {
            backend,
            _reader: None,
        }
    }

    /// Forces a breaker open on all instances: for this long, or until it is
    /// [released](Self::release).
    ///
    /// The name is not checked against the instances, because an instance that has the breaker may
    /// start later.
    ///
    /// # Errors
    /// [`StoreError`] if the store does not answer or refuses. The command may have taken effect
    /// nevertheless if it timed out.
    pub async fn force_open(
        &self,
        breaker: &str,
        lasting: Option<Duration>,
        operator: Operator,
    ) -> Result<(), StoreError> {
        self.force(breaker, ForcedState::Open, lasting, operator).await
    }

    /// Forces a breaker closed on all instances: every call is admitted.
    ///
    /// # Errors
    /// Like [`force_open`](Self::force_open).
    pub async fn force_closed(
        &self,
        breaker: &str,
        lasting: Option<Duration>,
        operator: Operator,
    ) -> Result<(), StoreError> {
        self.force(breaker, ForcedState::Closed, lasting, operator).await
    }

    /// Releases a forced breaker on all instances. Each one goes on in its own
    /// automatic state.
    ///
    /// # Errors
    /// Like [`force_open`](Self::force_open).
    pub async fn release(&self, breaker: &str, operator: Operator) -> Result<(), StoreError> {
        let command = Command::Release {
            breaker: checked(breaker)?.into(),
            who: operator.who.to_string(),
            reason: operator.reason.to_string(),
        };
        self.backend.execute(command).await.map(|_| ())
    }

    /// Reads everything that the store holds about the service.
    ///
    /// # Errors
    /// [`StoreError`] if the store does not answer or refuses.
    pub async fn overview(&self) -> Result<FleetOverview, StoreError> {
        match self.backend.execute(Command::Overview).await? {
            Reply::Overview(overview) => Ok(FleetOverview::new(overview)),
            other => unreachable!("the reply to an overview is one: {other:?}"),
        }
    }

    async fn force(
        &self,
        breaker: &str,
        state: ForcedState,
        lasting: Option<Duration>,
        operator: Operator,
    ) -> Result<(), StoreError> {
        let command = Command::Force {
            breaker: checked(breaker)?.into(),
            state,
            lasting,
            who: operator.who.to_string(),
            reason: operator.reason.to_string(),
        };
        self.backend.execute(command).await.map(|_| ())
    }
}

fn checked(breaker: &str) -> Result<&str, StoreError> {
    if name::is_breaker(breaker) {
        Ok(breaker)
    } else {
        Err(StoreError::Breaker {
            name: breaker.chars().take(140).collect(),
        })
    }
}

impl fmt::Debug for FleetControl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FleetControl").finish_non_exhaustive()
    }
}
