//! Runs a future with a registry of its own.

use std::{future::Future, pin::pin};

use crate::{
    clock::Clock,
    registry::{
        Registry,
        current::{OnRuntime, within},
    },
};

/// Runs a future with a registry of its own; every breaker starts Closed.
///
/// The registry is on tokio's clock; [`Isolated`] has others. Everything on the same tokio runtime
/// uses it until the future ends: spawned tasks, the connection tasks of a server and
/// `spawn_blocking` included. `#[tokio::test]` gives each test a runtime of its own.
///
/// | what runs | which registry it uses |
/// |---|---|
/// | code that is polled inside the future | that of this call |
/// | a task, while one `isolated` runs on its runtime | that of this call |
/// | a task, while several run on its runtime | the global one, unless [`scope`] wraps the task |
/// | a thread of `std::thread::spawn` | the global one |
///
/// [`scope`]: crate::testing::scope
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// use fusebox::{CircuitBreaker, Registry, State};
///
/// fusebox::testing::isolated(async {
///     let task = tokio::spawn(async {
///         CircuitBreaker::builder("isolated-doc").build().unwrap().trip();
///     });
///     task.await.unwrap();
///     assert_eq!(Registry::current().get("isolated-doc").unwrap().state(), State::Open);
/// })
/// .await;
/// assert!(Registry::global().get("isolated-doc").is_none());
/// # }
/// ```
///
/// A `LazyLock<CircuitBreaker>` belongs to the registry of its first user, which may be another
/// test's. Use a [`LazyBreaker`](crate::LazyBreaker) in its place.
pub async fn isolated<F: Future>(future: F) -> F::Output {
    Isolated::new().run(future).await
}

/// A registry that the test can read, on a clock that the test chooses.
#[derive(Debug, Clone, Default)]
pub struct Isolated {
    registry: Registry,
}

impl Isolated {
    /// Makes an empty registry on tokio's clock.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes an empty registry on this clock.
    ///
    /// Tests often use a [`ManualClock`](crate::testing::ManualClock).
    #[must_use]
    pub fn with_clock(clock: impl Clock) -> Self {
        Self {
            registry: Registry::builder().clock(clock).build(),
        }
    }

    /// Uses this registry.
    #[must_use]
    pub fn with_registry(registry: Registry) -> Self {
        Self { registry }
    }

    /// Returns the registry that annotated functions use inside.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// Runs a future with this registry, see [`isolated`].
    pub async fn run<F: Future>(&self, future: F) -> F::Output {
        let _on_runtime = OnRuntime::enter(&self.registry);
        let mut future = pin!(future);
        std::future::poll_fn(|context| within(Some(&self.registry), || future.as_mut().poll(context))).await
    }
}
