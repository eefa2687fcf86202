//! The commands of an operator to all instances of a service.

use std::{fmt, sync::Arc, time::Duration};

use tokio::task::JoinHandle;

use crate::{
    Operator,
    fleet::{
        ConnectError, FleetOverview, Store, StoreError,
        protocol::{
            Command, ForcedState, NotTaken, Reply, Service, SharedName,
            limits::{LONGEST_NAME, shortened},
            name,
        },
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
    /// [released](Self::release). It ends what was forced on single instances before.
    ///
    /// The name is not checked against the instances, because an instance that has the breaker may
    /// start later.
    /// A duration of more than 366 days counts as 366 days.
    ///
    /// # Errors
    /// [`StoreError`] if the store does not answer or refuses. After a timeout, the command may
    /// still have taken effect.
    ///
    /// # Cancel safety
    /// If this future is dropped, the command may or may not take effect. Repeating it is harmless.
    pub async fn force_open(
        &self,
        breaker: &str,
        lasting: Option<Duration>,
        operator: Operator,
    ) -> Result<(), StoreError> {
        self.force((breaker, None), ForcedState::Open, lasting, operator)
            .await
    }

    /// Forces a breaker closed on all instances: every call is admitted.
    ///
    /// # Errors
    /// Like [`force_open`](Self::force_open), and with the same cancel safety.
    pub async fn force_closed(
        &self,
        breaker: &str,
        lasting: Option<Duration>,
        operator: Operator,
    ) -> Result<(), StoreError> {
        self.force((breaker, None), ForcedState::Closed, lasting, operator)
            .await
    }

    /// Releases a forced breaker on all instances. Each one continues in its own
    /// automatic state.
    ///
    /// # Errors
    /// Like [`force_open`](Self::force_open), and with the same cancel safety.
    pub async fn release(&self, breaker: &str, operator: Operator) -> Result<(), StoreError> {
        self.release_on((breaker, None), operator).await
    }

    /// Reads everything that the store holds about the service.
    ///
    /// Dropping the future is harmless.
    ///
    /// # Errors
    /// [`StoreError`] if the store does not answer or refuses.
    pub async fn overview(&self) -> Result<FleetOverview, StoreError> {
        match self.backend.execute(Command::Overview).await? {
            Reply::Overview(overview) => Ok(FleetOverview::new(overview)),
            other => unreachable!("the reply to an overview is one: {other:?}"),
        }
    }

    /// Forces a breaker on one instance, or on all if `on` is `None`.
    pub(super) async fn force(
        &self,
        (breaker, on): (&str, Option<&str>),
        state: ForcedState,
        lasting: Option<Duration>,
        operator: Operator,
    ) -> Result<(), StoreError> {
        let command = Command::Force {
            breaker: checked(breaker)?.into(),
            on: on.map(checked_instance).transpose()?,
            state,
            lasting,
            who: operator.who.to_string(),
            reason: operator.reason.to_string(),
        };
        self.send(command, on).await
    }

    pub(super) async fn release_on(
        &self,
        (breaker, on): (&str, Option<&str>),
        operator: Operator,
    ) -> Result<(), StoreError> {
        let command = Command::Release {
            breaker: checked(breaker)?.into(),
            on: on.map(checked_instance).transpose()?,
            who: operator.who.to_string(),
            reason: operator.reason.to_string(),
        };
        self.send(command, on).await
    }

    async fn send(&self, command: Command, on: Option<&str>) -> Result<(), StoreError> {
        let instance = || Box::from(on.unwrap_or_default());
        match self.backend.execute(command).await? {
            Reply::NotTaken(NotTaken::Unknown) => Err(StoreError::UnknownInstance { instance: instance() }),
            Reply::NotTaken(NotTaken::Earlier) => Err(StoreError::EarlierInstance { instance: instance() }),
            _ => Ok(()),
        }
    }
}

fn checked_instance(name: &str) -> Result<SharedName, StoreError> {
    name::instance(name).map_err(|_| StoreError::UnknownInstance {
        instance: shortened(name, LONGEST_NAME).into(),
    })
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
