//! Reports to a caller that its answer is a kept value.

use std::{
    cell::RefCell,
    future::Future,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use crate::{
    config::Name,
    poll_scope,
    sync::{Mutex, const_thread_local, lock},
};

const_thread_local! {
    static CURRENT: RefCell<Option<Arc<Observer>>> = RefCell::new(None);
}

/// A kept value that was served in place of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Served {
    name: Name,
    age: Duration,
}

impl Served {
    /// Returns the name of the breaker.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns how old the value was.
    pub const fn age(&self) -> Duration {
        self.age
    }
}

/// One observed future, and the observed future around it.
#[derive(Debug)]
struct Observer {
    served: Mutex<Vec<Served>>,
    outer: Option<Arc<Observer>>,
}

impl Observer {
    fn report(&self, served: &Served) {
        lock(&self.served).push(served.clone());
        if let Some(outer) = &self.outer {
            outer.report(served);
        }
    }
}

/// Runs a future, and returns also which kept values were served inside.
///
/// The list is empty if every answer is fresh. It holds what is served while the future is polled:
/// to calls that it awaits, in sequence or side by side (`join!`, `select!`). A task that the
/// future spawns is not observed, unless [`carry`] wraps it. If an observed future is inside
/// another one, both lists get the value.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// # use std::time::Duration;
/// # use fusebox::{CircuitBreaker, last_good::{LastGood, observe}};
/// # let profiles = CircuitBreaker::builder("observe-doc").build().unwrap();
/// # let kept = LastGood::new(&profiles, Duration::from_secs(300));
/// # kept.keep(7, "Ada");
/// let (profile, served) = observe(async { kept.serve(&7) }).await;
/// assert!(profile.is_some());
/// assert_eq!(served[0].name(), "observe-doc");
/// # }
/// ```
///
/// # Cancel safety
/// That of the future itself.
pub async fn observe<F: Future>(future: F) -> (F::Output, Vec<Served>) {
    let observer = Arc::new(Observer {
        served: Mutex::default(),
        outer: current(),
    });
    let mut future = pin!(future);
    let output =
        std::future::poll_fn(|context| within(Some(&observer), || future.as_mut().poll(context))).await;
    let served = std::mem::take(&mut *lock(&observer.served));
    (output, served)
}

/// Carries the caller's observation into a future that is polled elsewhere.
///
/// Values that are served after the observed future has ended are not reported.
///
/// ```no_run
/// # async fn page() {}
/// # async fn f() {
/// use fusebox::last_good::{carry, observe};
/// let (_, served) = observe(async { tokio::spawn(carry(page())).await }).await;
/// # }
/// ```
pub fn carry<F: Future>(future: F) -> Carried<F> {
    Carried {
        observer: current(),
        future: Box::pin(future),
    }
}

/// The future of [`carry`].
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct Carried<F> {
    observer: Option<Arc<Observer>>,
    future: Pin<Box<F>>,
}

impl<F: Future> Future for Carried<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = &mut *self;
        let future = this.future.as_mut();
        match &this.observer {
            None => future.poll(context),
            observer => within(observer.as_ref(), || future.poll(context)),
        }
    }
}

/// Reports to the observed future that is being polled on this thread.
pub(super) fn report(name: &Name, age: Duration) {
    if let Some(observer) = current() {
        observer.report(&Served {
            name: name.clone(),
            age,
        });
    }
}

fn current() -> Option<Arc<Observer>> {
    poll_scope::current(&CURRENT)
}

/// Runs `poll` with this observer, and then restores the previous one.
fn within<R>(observer: Option<&Arc<Observer>>, poll: impl FnOnce() -> R) -> R {
    poll_scope::within(&CURRENT, observer.cloned(), poll)
}
