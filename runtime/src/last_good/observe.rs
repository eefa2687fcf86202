//! How a caller learns that it was served a kept value, without another return type.

use std::{
    cell::RefCell,
    future::Future,
    pin::{Pin, pin},
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

thread_local! {
    static CURRENT: RefCell<Option<Arc<Watcher>>> = const { RefCell::new(None) };
}

/// A kept value that was served in place of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Served {
    name: &'static str,
    age: Duration,
}

impl Served {
    /// The name of the breaker.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// How old the value was.
    pub const fn age(&self) -> Duration {
        self.age
    }
}

/// Who is told, and who watches around it.
#[derive(Debug)]
struct Watcher {
    served: Mutex<Vec<Served>>,
    outer: Option<Arc<Watcher>>,
}

impl Watcher {
    fn note(&self, served: Served) {
        self.served
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(served);
        if let Some(outer) = &self.outer {
            outer.note(served);
        }
    }
}

/// Runs a future, and tells which kept values were served inside, in order: none if every answer is fresh.
///
/// Sees what is polled inside the future: calls that it awaits, in sequence or side by side (`join!`, `select!`), and nothing of other
/// tasks. What the future spawns is another task; [`carry`] lets it tell this watcher. A watcher inside a watcher tells both.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// # use std::time::Duration;
/// # use fusebox::{CircuitBreaker, last_good::{LastGood, watch}};
/// # let profiles = CircuitBreaker::builder("watch-doc").build().unwrap();
/// # let kept = LastGood::new(&profiles, Duration::from_secs(300));
/// # kept.keep(7, "Ada");
/// let (profile, served) = watch(async { kept.serve(&7) }).await;
/// assert!(profile.is_some());
/// assert_eq!(served[0].name(), "watch-doc");
/// # }
/// ```
///
/// # Cancel safety
/// As the future itself.
pub async fn watch<F: Future>(future: F) -> (F::Output, Vec<Served>) {
    let outer = current();
    let watcher = Arc::new(Watcher {
        served: Mutex::default(),
        outer,
    });
    let mut future = pin!(future);
    let output =
        std::future::poll_fn(|context| within(Some(&watcher), || future.as_mut().poll(context))).await;
    let served = std::mem::take(&mut *watcher.served.lock().unwrap_or_else(PoisonError::into_inner));
    (output, served)
}

/// Carries the watcher of the caller, if there is one, into a future that is polled elsewhere.
///
/// What it serves after the watched future has ended is not seen any more.
///
/// ```no_run
/// # async fn page() {}
/// # async fn f() {
/// use fusebox::last_good::{carry, watch};
/// let (_, served) = watch(async { tokio::spawn(carry(page())).await }).await;
/// # }
/// ```
pub fn carry<F: Future>(future: F) -> Carried<F> {
    Carried {
        watcher: current(),
        future: Box::pin(future),
    }
}

/// The future of [`carry`].
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct Carried<F> {
    watcher: Option<Arc<Watcher>>,
    future: Pin<Box<F>>,
}

impl<F: Future> Future for Carried<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = &mut *self;
        let future = this.future.as_mut();
        match &this.watcher {
            None => future.poll(context),
            watcher => within(watcher.as_ref(), || future.poll(context)),
        }
    }
}

/// Tells who watches here.
pub(super) fn note(name: &'static str, age: Duration) {
    if let Some(watcher) = current() {
        watcher.note(Served { name, age });
    }
}

fn current() -> Option<Arc<Watcher>> {
    CURRENT
        .try_with(|current| current.borrow().clone())
        .ok()
        .flatten()
}

/// Runs `poll` with this watcher, and puts the one before back, also when it panics.
fn within<R>(watcher: Option<&Arc<Watcher>>, poll: impl FnOnce() -> R) -> R {
    struct Restore(Option<Arc<Watcher>>);
    impl Drop for Restore {
        fn drop(&mut self) {
            CURRENT.set(self.0.take());
        }
    }
    let _restore = Restore(CURRENT.replace(watcher.cloned()));
    poll()
}
