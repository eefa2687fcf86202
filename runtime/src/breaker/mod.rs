//! The public face of one breaker.

pub(crate) mod call;
mod operator;
pub(crate) mod permit;

use std::{convert::Infallible, fmt, future::Future, pin::pin, sync::Arc, time::Duration};

use crate::{
    breaker::{
        call::{protect, protect_within, within},
        permit::{Guard, judge_result},
    },
    classify::classifier::By,
    config::Settings,
    engine::{Engine, Snapshot},
    error::{CallError, Rejected},
    event::{Event, EventReceiver, Subscription},
    outcome::Verdict,
    state::State,
};

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
        Self {
            engine,
            timeout: None,
        }
    }

    pub(crate) fn with_timeout(self, timeout: Option<Duration>) -> Self {
        Self { timeout, ..self }
    }

    #[inline]
    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The breaker's name.
    pub fn name(&self) -> &'static str {
        self.engine.name()
    }

    /// Runs a call: `Ok` is a success, `Err` a failure, a panic too. Admitted when the returned future is first polled.
    ///
    /// # Errors
    /// [`Rejected`](CallError::Rejected) without polling `call`, [`TimedOut`](CallError::TimedOut) after the handle's timeout, or the
    /// call's own error, also for the call that trips the breaker.
    ///
    /// # Cancel safety
    /// Dropping the future counts as [`cancelled`](crate::Totals::cancelled) and frees a trial slot; dropped before its first poll,
    /// it does nothing.
    ///
    /// # Panics
    /// With a timeout, outside of a tokio runtime. A panic of the call itself is counted and goes on.
    ///
    /// # Cost
    /// The returned future is twice the given one and 400 bytes at the most.
    #[inline]
    #[allow(
        clippy::manual_async_fn,
        reason = "an `async fn` keeps its argument once more"
    )]
    pub fn call<T, E>(
        &self,
        call: impl Future<Output = Result<T, E>>,
    ) -> impl Future<Output = Result<T, CallError<E>>> {
        async move {
            let permit = self.try_acquire().map_err(CallError::Rejected)?;
            let judge = By(judge_result);
            let call = pin!(call);
            let result = match self.timeout {
                None => protect(permit, call, judge).await.into_answer(),
                Some(limit) => {
                    let call = pin!(within(limit, call));
                    let verdict = protect_within(permit, call, limit, judge).await;
                    verdict.into_answer_in_time().map_err(CallError::TimedOut)?
                }
            };
            result.map_err(CallError::Inner)
        }
    }

    /// Runs a call of any type; `classify` says how what it returns counts, by an [`Outcome`](crate::Outcome) or a [`Verdict`].
    ///
    /// # Errors
    /// [`Rejected`](CallError::Rejected) or [`TimedOut`](CallError::TimedOut), and nothing else.
    ///
    /// # Cancel safety
    /// As [`call`](Self::call).
    #[inline]
    #[allow(
        clippy::manual_async_fn,
        reason = "an `async fn` keeps its argument once more"
    )]
    pub fn call_classified<R, V: Into<Verdict>>(
        &self,
        call: impl Future<Output = R>,
        classify: impl FnOnce(&R) -> V,
    ) -> impl Future<Output = Result<R, CallError<Infallible>>> {
        async move {
            let permit = self.try_acquire().map_err(CallError::Rejected)?;
            let judge = By(classify);
            let call = pin!(call);
            match self.timeout {
                None => Ok(protect(permit, call, judge).await.into_answer()),
                Some(limit) => {
                    let call = pin!(within(limit, call));
                    let verdict = protect_within(permit, call, limit, judge).await;
                    verdict.into_answer_in_time().map_err(CallError::TimedOut)
                }
            }
        }
    }

    /// Admits a call now, or refuses it. What becomes of the call is told to the permit.
    ///
    /// # Errors
    /// [`Rejected`] while open, while all trial calls are out, and while forced open.
    ///
    /// # Cost
    /// Closed: one load. Open: one reading of the clock and three loads. No lock, no allocation.
    #[inline]
    pub fn try_acquire(&self) -> Result<Permit<'_>, Rejected> {
        self.engine
            .admit()
            .map(|ticket| Permit(Guard::new(&*self.engine, ticket)))
    }

    /// As [`try_acquire`](Self::try_acquire), with a permit that can be moved into a task.
    ///
    /// # Errors
    /// As [`try_acquire`](Self::try_acquire).
    #[inline]
    pub fn try_acquire_owned(&self) -> Result<OwnedPermit, Rejected> {
        self.engine
            .admit()
            .map(|ticket| OwnedPermit(Guard::new(Arc::clone(&self.engine), ticket)))
    }

    /// Waits until a call is admitted.
    ///
    /// Waiting is no rejection and is not counted. A trial slot that is freed wakes one waiter, a change of state wakes all; those
    /// who then find no slot go on waiting. The clock of the permit's call starts when the permit is first
    /// [run](Permit::run); dropped unused, the permit is neutral.
    ///
    /// # Cancel safety
    /// Nothing is taken until the future completes.
    ///
    /// # Panics
    /// While open on the default clock, outside of a tokio runtime with a timer; a registry with another clock needs none.
    pub async fn ready(&self) -> Permit<'_> {
        Permit(Guard::new(&*self.engine, self.engine.ready().await))
    }

    /// Waits until the breaker is closed, by itself or by an operator.
    ///
    /// Nothing closes a breaker but calls: somebody must make them.
    ///
    /// # Cancel safety
    /// It only looks.
    pub async fn closed(&self) {
        self.engine.closed().await;
    }

    /// The effective state: [`HalfOpen`](State::HalfOpen) once the cooldown is over. Reading it changes nothing.
    pub fn state(&self) -> State {
        self.engine.state()
    }

    /// The number of changes so far: of state, by [`trip`](Self::trip) and [`reset`](Self::reset), of override and of settings.
    pub fn generation(&self) -> u64 {
        self.engine.generation()
    }

    /// State, totals and window counts at this moment.
    pub fn snapshot(&self) -> Snapshot {
        self.engine.snapshot()
    }

    /// The settings in force.
    pub fn settings(&self) -> Settings {
        self.engine.settings()
    }

    /// Calls `listener` after each change of this breaker: in order, once each, outside of any lock, on the thread that made it or
    /// on one that is telling already.
    ///
    /// A listener may use the breaker; what that causes is told after it returns. A panic in it is caught and
    /// [counted](crate::Registry::subscriber_panics).
    pub fn on_event(&self, listener: impl Fn(&Event) + Send + Sync + 'static) -> Subscription {
        self.engine.hub().subscribe(Some(self.name()), Arc::new(listener))
    }

    /// An asynchronous receiver of this breaker's events.
    pub fn events(&self) -> EventReceiver {
        self.engine.hub().receive(Some(self.name()))
    }
}

impl fmt::Debug for CircuitBreaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.engine.fmt(f)
    }
}
