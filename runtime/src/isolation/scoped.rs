//! A registry for what is polled inside one future, by a thread-local that is set for the time of each poll.

use std::{
    cell::RefCell,
    collections::HashMap,
    future::Future,
    pin::{Pin, pin},
    sync::{LazyLock, Mutex, PoisonError},
    task::{Context, Poll},
};

use crate::{breaker::CircuitBreaker, call_site::CallSite, clock::Clock, registry::Registry};

thread_local! {
    static CURRENT: RefCell<Option<Registry>> = const { RefCell::new(None) };
}

/// The registry of the isolation that is being polled on this thread.
#[inline]
pub(crate) fn current() -> Option<Registry> {
    CURRENT
        .try_with(|current| current.borrow().clone())
        .ok()
        .flatten()
}

type Found = HashMap<(usize, usize), (&'static CircuitBreaker, Registry)>;

/// The breakers that call sites found in isolated registries: kept, like the breakers of the global one, for the life of the
/// process. A call site wants a reference without end, and a test process ends soon. The registry is kept with it, so that its address
/// is never another one's.
static FOUND: LazyLock<Mutex<Found>> = LazyLock::new(Mutex::default);

pub(crate) fn breaker_of(registry: &Registry, site: &'static CallSite) -> &'static CircuitBreaker {
    let key = (registry.address(), std::ptr::from_ref(site).addr());
    if let Some((breaker, _)) = FOUND.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
        return breaker;
    }
    let breaker: &'static CircuitBreaker = Box::leak(Box::new(registry.resolve(site.declaration())));
    FOUND
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .insert(key, (breaker, registry.clone()));
    breaker
}

/// Runs a future with a registry of its own, on tokio's clock: annotated functions polled inside start Closed and touch no other test.
///
/// Use [`scope`] to carry it into `tokio::spawn`, and [`Isolated`] for a clock of your own.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// use fusebox::{CircuitBreaker, Registry, State};
///
/// fusebox::isolated(async {
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

    /// With an empty registry on this clock, for example a [`ManualClock`](crate::ManualClock).
    pub fn with_clock(clock: impl Clock) -> Self {
        Self {
            registry: Registry::with_clock(clock),
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

/// Carries the isolation of the caller, if there is one, into a future that is polled elsewhere.
///
/// ```no_run
/// # async fn background() {}
/// # async fn f() {
/// tokio::spawn(fusebox::scope(async { background().await }));
/// # }
/// ```
pub fn scope<F: Future>(future: F) -> Scope<F> {
    Scope {
        registry: current(),
        future: Box::pin(future),
    }
}

/// The future of [`scope`].
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct Scope<F> {
    registry: Option<Registry>,
    future: Pin<Box<F>>,
}

impl<F: Future> Future for Scope<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = &mut *self;
        let future = this.future.as_mut();
        within(this.registry.as_ref(), || future.poll(context))
    }
}

/// Runs `poll` with this registry as the current one, and puts the one before back, also when it panics.
fn within<R>(registry: Option<&Registry>, poll: impl FnOnce() -> R) -> R {
    struct Restore(Option<Registry>);
    impl Drop for Restore {
        fn drop(&mut self) {
            CURRENT.set(self.0.take());
        }
    }
    let _restore = Restore(CURRENT.replace(registry.cloned()));
    poll()
}
