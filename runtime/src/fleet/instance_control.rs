//! The commands of an operator to one instance of a service.

use std::{fmt, time::Duration};

use crate::{
    Operator,
    fleet::{FleetControl, StoreError, protocol::ForcedState},
};

/// Commands of an operator to one instance of a service, through the store.
///
/// [`FleetControl::on_instance`] returns one. The instance follows within milliseconds, or when
/// it reaches the store again, and takes each command once. The newest command decides: a later one
/// to all instances ends what is forced on one. When a state of one instance ends, what is forced
/// on all decides there again.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use std::time::Duration;
/// use fusebox::{Operator, Registry, State, fleet::{Fleet, FleetOptions, Store, StoreError}};
///
/// let store = Store::local();
/// let (one, two) = (Registry::new(), Registry::new());
/// let breakers = [one.breaker("stock").build()?, two.breaker("stock").build()?];
/// let options = FleetOptions::new("orders");
/// let fleet = Fleet::join(&one, &store, options.clone().instance("pod-1"))?;
/// let other = Fleet::join(&two, &store, options.instance("pod-2"))?;
/// # fleet.joined().await;
/// # other.joined().await;
///
/// let anna = Operator::new("anna", "is it this host?");
/// let ten_minutes = Some(Duration::from_secs(600));
/// fleet.on_instance("pod-2").force_open("stock", ten_minutes, anna.clone()).await?;
/// # tokio::time::sleep(Duration::from_millis(50)).await;
/// assert_eq!(breakers.map(|breaker| breaker.state()), [State::Closed, State::ForcedOpen]);
///
/// let unknown = fleet.on_instance("pod-9").release("stock", anna).await;
/// assert!(matches!(unknown, Err(StoreError::UnknownInstance { .. })));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct InstanceControl {
    fleet: FleetControl,
    instance: String,
}

impl FleetControl {
    /// Returns the commands to one instance alone.
    ///
    /// The name is checked with each command: [`StoreError::UnknownInstance`] if no live instance
    /// has it.
    pub fn on_instance(&self, name: impl Into<String>) -> InstanceControl {
        InstanceControl {
            fleet: self.clone(),
            instance: name.into(),
        }
    }
}

impl InstanceControl {
    /// Returns the name of the instance.
    pub fn instance(&self) -> &str {
        &self.instance
    }

    /// Forces a breaker open on this instance: for this long, or until it is
    /// released, for this instance or for all.
    ///
    /// An instance that starts again under the same name within a day takes the state over.
    ///
    /// # Errors
    /// [`StoreError::UnknownInstance`] if no live instance has this name,
    /// [`StoreError::EarlierInstance`] if it runs a version without these commands, otherwise like
    /// [`FleetControl::force_open`], and with the same cancel safety.
    pub async fn force_open(
        &self,
        breaker: &str,
        lasting: Option<Duration>,
        operator: Operator,
    ) -> Result<(), StoreError> {
        self.force(breaker, ForcedState::Open, lasting, operator).await
    }

    /// Forces a breaker closed on this instance: every call is admitted.
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

    /// Releases a breaker that is forced on this instance, even by its own
    /// operator. What is forced on all instances decides again.
    ///
    /// # Errors
    /// Like [`force_open`](Self::force_open).
    pub async fn release(&self, breaker: &str, operator: Operator) -> Result<(), StoreError> {
        let target = (breaker, Some(self.instance.as_str()));
        self.fleet.release_on(target, operator).await
    }

    async fn force(
        &self,
        breaker: &str,
        state: ForcedState,
        lasting: Option<Duration>,
        operator: Operator,
    ) -> Result<(), StoreError> {
        let target = (breaker, Some(self.instance.as_str()));
        self.fleet.force(target, state, lasting, operator).await
    }
}

impl fmt::Debug for InstanceControl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InstanceControl")
            .field("instance", &self.instance)
            .finish_non_exhaustive()
    }
}
