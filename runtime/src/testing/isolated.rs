//! A registry for what is polled inside one future.

use std::{future::Future, pin::pin};

use crate::{
    clock::Clock,
    registry::{Registry, current::within},
};

/// Runs a future with a registry of its own, on tokio's clock: annotated functions polled inside start Closed and touch no other test.
///
/// Use [`scope`](crate::testing::scope) to carry it into `tokio::spawn`, and [`Isolated`] for a clock of your own.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// use fusebox::{CircuitBreaker, Registry, State};
///
/// fusebox::testing::isolated(async {
///     CircuitBreaker::builder("isolated-doc").build().unwrap().trip();
///     assert_eq!(Registry::current().get("isolated-doc").unwrap().state(), State::Open);
/// })
/// .await;
/// assert!(Registry::global().get("isolated-doc").is_none());
/// # }
/// ```
pub async fn isolated<F: Future>(future: F) -> F::Output {
    Isolated::new().run(future).await
}

/// An isolation that can be looked into, and that can have a clock of its own.
#[derive(Debug, Clone, Default)]
pub struct Isolated {
    registry: Registry,
}

impl Isolated {
    /// With an empty registry on tokio's clock.
    pub fn new() -> Self {
        Self::default()
    }

    /// With an empty registry on this clock, for example a [`ManualClock`](crate::testing::ManualClock).
    pub fn with_clock(clock: impl Clock) -> Self {
        Self {
            registry: Registry::builder().clock(clock).build(),
        }
    }

    /// With this registry.
    pub fn with_registry(registry: Registry) -> Self {
        Self { registry }
    }

    /// The registry that annotated functions find inside.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// Runs a future inside.
    pub async fn run<F: Future>(&self, future: F) -> F::Output {
        let mut future = pin!(future);
        std::future::poll_fn(|context| within(Some(&self.registry), || future.as_mut().poll(context))).await
    }
}
