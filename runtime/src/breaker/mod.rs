//! A handle of one breaker.

pub(crate) mod call;
mod call_future;
pub(crate) mod error_text;
mod explanation;
pub(crate) mod guard;
mod operator;
pub(crate) mod permit;
pub(crate) mod policy;

use std::{fmt, future::Future, pin::pin, sync::Arc, time::Duration};

use crate::{
    breaker::{
        call::{run_blocking, run_within, within},
        call_future::CallFuture,
        guard::Guard,
        policy::{CallPolicy, ClassifiedPolicy, TimedPolicy},
    },
    classify::classifier::ByFunction,
    config::{Name, Settings},
    engine::{Engine, Snapshot},
    error::{CallError, Refusal, Rejected},
    event::{Event, EventReceiver, Subscription},
    outcome::Verdict,
    state::State,
};

pub use explanation::Explanation;
pub use permit::{OwnedPermit, Permit};

/// A handle of one circuit breaker. Cheap to clone; all clones are one breaker.
///
/// ```
/// # tokio_test();
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn tokio_test() {
/// use fusebox::{CallError, CircuitBreaker, State, Threshold};
///
/// let orders = CircuitBreaker::builder("breaker-doc").threshold(Threshold::failures(1)).build().unwrap();
///
/// let down = orders.call(async { Err::<(), _>("connection refused") }).await;
/// assert_eq!(down, Err(CallError::Inner("connection refused")), "the call that trips gets its own error");
/// assert_eq!(orders.state(), State::Open);
///
/// let refused = orders.call(async { Ok::<_, &str>(1) }).await;
/// assert!(matches!(refused, Err(CallError::Rejected(_))), "the future was never polled");
/// # }
/// ```
#[derive(Clone)]
pub struct CircuitBreaker {
    engine: Arc<Engine>,
    timeout: Option<Duration>,
}

impl CircuitBreaker {
    pub(crate) fn new(engine: Arc<Engine>) -> Self {
        Self::with(engine, None)
    }

    #[inline]
    pub(crate) fn with(engine: Arc<Engine>, timeout: Option<Duration>) -> Self {
        Self { engine, timeout }
    }

    /// Returns the timeout of configuration, which replaces the one in the code of
    /// a function that has one.
    #[cfg_attr(not(feature = "dashboard"), allow(dead_code, reason = "the page shows it"))]
    pub(crate) fn configured_timeout(&self) -> Option<Duration> {
        self.engine.configured_timeout()
    }

    /// Returns a handle of the same breaker that drops each
    /// [`call`](Self::call) after this long, and counts it as a failure.
    ///
    /// The timeout belongs to this handle and its clones, not to the breaker. It replaces the
    /// timeout that the handle has. A zero timeout ends each call that is not ready at its first
    /// poll. [Permits](Self::try_acquire) and [synchronous calls](Self::call_blocking) have no
    /// timeout.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// use std::{future::pending, time::Duration};
    /// use fusebox::{CallError, CircuitBreaker};
    ///
    /// let orders = CircuitBreaker::builder("with-timeout-doc").build().unwrap().with_timeout(Duration::from_millis(1));
    /// let late = orders.call(pending::<Result<(), ()>>()).await;
    /// assert!(matches!(late, Err(CallError::TimedOut(_))));
    /// # }
    /// ```
    #[must_use = "the timeout belongs to the returned handle"]
    pub fn with_timeout(&self, timeout: Duration) -> Self {
        Self {
            engine: Arc::clone(&self.engine),
            timeout: Some(timeout),
        }
    }

    #[inline]
    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Returns whether the two are handles of one breaker.
    #[cfg(feature = "last-good")]
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.engine, &other.engine)
    }

    /// Returns whether there is another handle of this breaker.
    #[cfg(feature = "last-good")]
    pub(crate) fn is_shared(&self) -> bool {
        Arc::strong_count(&self.engine) > 1
    }

    /// Returns the breaker's name.
    pub fn name(&self) -> &str {
        self.full_name()
    }

    /// Returns the name of the group, if this is a [keyed](Self::keyed)
    /// breaker.
    pub fn group(&self) -> Option<&str> {
        self.full_name().group()
    }

    /// Returns the key, if this is a [keyed](Self::keyed) breaker.
    pub fn key(&self) -> Option<&str> {
        self.full_name().key()
    }

    pub(crate) fn full_name(&self) -> &Name {
        self.engine.name().name()
    }

    /// Runs a call: `Ok` is a success, `Err` or a panic a failure.
    ///
    /// Admitted at the first poll.
    ///
    /// # Errors
    /// [`Rejected`](CallError::Rejected) without polling `call`, [`TimedOut`](CallError::TimedOut)
    /// after the handle's timeout, or the call's own error, also for the call that trips the
    /// breaker.
    ///
    /// # Cancel safety
    /// Dropping the future counts as [`cancelled`](crate::Totals::cancelled) and frees a trial
    /// slot. Dropped before its first poll, it does nothing.
    ///
    /// # Panics
    /// With a timeout, outside of a tokio runtime. A panic of the call itself is counted and goes
    /// on.
    ///
    /// # Cost
    /// The returned future is the given one and at most 64 bytes. With a timeout it is a box: one
    /// allocation.
    #[inline]
    pub fn call<T, E>(
        &self,
        call: impl Future<Output = Result<T, E>>,
    ) -> impl Future<Output = Result<T, CallError<E>>> {
        match self.timeout {
            None => CallFuture::untimed(&self.engine, call, CallPolicy),
            Some(timeout) => CallFuture::limited(self.call_within(timeout, call, CallPolicy)),
        }
    }

    /// Runs a call of any type; `classify` decides by an
    /// [`Outcome`](crate::Outcome) or a [`Verdict`] how its return value
    /// counts.
    ///
    /// # Errors
    /// A [`Refusal`]: the call was rejected, or it timed out.
    ///
    /// # Cancel safety
    /// Like [`call`](Self::call).
    #[inline]
    pub fn call_classified<R, V: Into<Verdict>>(
        &self,
        call: impl Future<Output = R>,
        classify: impl FnOnce(&R) -> V,
    ) -> impl Future<Output = Result<R, Refusal>> {
        let policy = ClassifiedPolicy(ByFunction::new(classify));
        match self.timeout {
            None => CallFuture::untimed(&self.engine, call, policy),
            Some(timeout) => CallFuture::limited(self.call_within(timeout, call, policy)),
        }
    }

    /// Runs a call with this timeout, or with the one of configuration.
    async fn call_within<R, P, T, E>(
        &self,
        timeout: Duration,
        call: impl Future<Output = R>,
        policy: P,
    ) -> Result<T, E>
    where
        P: TimedPolicy<R, Answer = Result<T, E>>,
        E: From<Rejected>,
    {
        let Permit(guard) = self.try_acquire()?;
        let limit = self.engine.timeout(timeout);
        run_within(guard, within(limit, pin!(call)), limit, policy).await
    }

    /// Runs a synchronous call: `Ok` is a success, `Err` or a panic a failure.
    ///
    /// It blocks the thread as long as the call does. A timeout of the handle does not apply,
    /// because a running thread cannot be stopped.
    ///
    /// ```
    /// use fusebox::{CircuitBreaker, State, Threshold};
    ///
    /// let disk = CircuitBreaker::builder("call-blocking-doc").threshold(Threshold::failures(1)).build()?;
    /// let failed = disk.call_blocking(|| std::fs::read("/does/not/exist"));
    /// assert!(failed.is_err());
    /// assert_eq!(disk.state(), State::Open);
    /// # Ok::<(), fusebox::ConfigError>(())
    /// ```
    ///
    /// # Errors
    /// [`Rejected`](CallError::Rejected) without running `call`, or the call's own error, also for
    /// the call that trips the breaker.
    ///
    /// # Panics
    /// A panic of the call is counted and goes on.
    pub fn call_blocking<T, E>(&self, call: impl FnOnce() -> Result<T, E>) -> Result<T, CallError<E>> {
        let Permit(guard) = self.try_acquire()?;
        run_blocking(guard, call, CallPolicy)
    }

    /// Admits or rejects a call now.
    ///
    /// The caller reports the end of the call to the permit.
    ///
    /// # Errors
    /// [`Rejected`] while open, while all trial slots are taken, and while forced open.
    ///
    /// # Cost
    /// Closed: one load. Open: one reading of the clock and three loads. No lock, no allocation.
    #[inline]
    pub fn try_acquire(&self) -> Result<Permit<'_>, Rejected> {
        self.engine
            .acquire()
            .map(|ticket| Permit(Guard::new(&*self.engine, ticket)))
    }

    /// Like [`try_acquire`](Self::try_acquire), but the permit can be moved
    /// into a task.
    ///
    /// # Errors
    /// Like [`try_acquire`](Self::try_acquire).
    #[inline]
    pub fn try_acquire_owned(&self) -> Result<OwnedPermit, Rejected> {
        self.engine
            .acquire()
            .map(|ticket| OwnedPermit(Guard::new(Arc::clone(&self.engine), ticket)))
    }

    /// Waits until a call is admitted.
    ///
    /// Waiting is not a rejection and is not counted. A freed trial slot and a change of state
    /// notify all waiters, and those that are not admitted go on waiting. The time of the permit's
    /// call starts when the permit is first [run](Permit::run). Dropped unused, the permit is
    /// neutral.
    ///
    /// # Cancel safety
    /// Nothing is taken until the future completes.
    ///
    /// # Panics
    /// While open on the default clock, outside of a tokio runtime with a timer; a registry with
    /// another clock needs none.
    pub async fn ready(&self) -> Permit<'_> {
        Permit(Guard::new(&*self.engine, self.engine.ready().await))
    }

    /// Waits until the breaker is closed, by itself or by an operator.
    ///
    /// Only calls close a breaker without an operator, so this waits until other tasks make them.
    ///
    /// # Cancel safety
    /// It changes nothing.
    pub async fn closed(&self) {
        self.engine.closed().await;
    }

    /// Returns the effective state: [`HalfOpen`](State::HalfOpen) once the
    /// cooldown has elapsed. Reading it changes nothing.
    pub fn state(&self) -> State {
        self.engine.state()
    }

    /// Returns the number of changes so far: of state, by [`trip`](Self::trip)
    /// and [`reset`](Self::reset), of override and of settings.
    pub fn generation(&self) -> u64 {
        self.engine.generation()
    }

    /// Returns state, totals and window counts at this moment.
    pub fn snapshot(&self) -> Snapshot {
        self.engine.snapshot()
    }

    /// Returns the settings in force.
    pub fn settings(&self) -> Settings {
        self.engine.settings()
    }

    /// Calls `subscriber` after each change of this breaker: in order, once
    /// each, outside any lock, one call at a time.
    ///
    /// The thread that made the change calls it, unless another thread is calling it already: then
    /// that thread delivers the event too. After one change, a thread delivers at most 1,024
    /// events, and begins none after 50 ms; if more are left, a thread of their own delivers them.
    ///
    /// A subscriber may use the breaker; it gets the events of what it does after it returns. If it
    /// changes the breaker on every event, the events never end. If a subscriber falls more than
    /// 1,024 events behind, the oldest events are dropped. It then gets [`Dropped`](Event::Dropped)
    /// and the present state of each affected breaker. A panic in a subscriber is caught and
    /// [counted](crate::Registry::subscriber_panics).
    pub fn on_event(&self, subscriber: impl Fn(&Event) + Send + Sync + 'static) -> Subscription {
        self.engine
            .dispatcher()
            .subscribe(Some(self.full_name().clone()), subscriber)
    }

    /// Returns an asynchronous receiver of this breaker's events.
    pub fn events(&self) -> EventReceiver {
        self.engine.dispatcher().receive(Some(self.full_name().clone()))
    }
}

impl fmt::Debug for CircuitBreaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.engine.fmt(f)
    }
}
