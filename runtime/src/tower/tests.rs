//! The layer alone and between tower's own layers, in both orders.

use std::{
    future::{Ready, pending, ready},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use tower::{
    Layer, Service, ServiceBuilder, ServiceExt, buffer::BufferLayer, limit::ConcurrencyLimitLayer,
    retry::Policy, service_fn, timeout::TimeoutLayer,
};

use super::{BoxError, CircuitBreakerLayer};
use crate::{CircuitBreaker, Outcome, Registry, Rejected, State, Threshold, classify};

fn breaker(name: &str) -> CircuitBreaker {
    let builder = Registry::new().breaker(name).threshold(Threshold::failures(2));
    builder.build().expect("legal settings")
}

/// A service that counts its calls and fails.
fn failing() -> (
    impl Service<u32, Response = u32, Error = BoxError, Future: Send> + Clone,
    Arc<AtomicUsize>,
) {
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&calls);
    let service = service_fn(move |_: u32| {
        counter.fetch_add(1, Ordering::SeqCst);
        ready(Err::<u32, _>(BoxError::from("connection refused")))
    });
    (service, calls)
}

/// Waits until the service is ready, and calls it.
async fn call<S: Service<R, Error = BoxError>, R>(
    service: &mut S,
    request: R,
) -> Result<S::Response, BoxError> {
    service.ready().await.expect("ready").call(request).await
}

fn is_rejected(error: &BoxError) -> bool {
    error.is::<Rejected>()
}

#[tokio::test]
async fn an_open_breaker_rejects_without_calling_the_service() {
    let (inner, calls) = failing();
    let mut service = CircuitBreakerLayer::new(breaker("open")).layer(inner);
    for _ in 0..2 {
        let answer = call(&mut service, 1).await;
        assert!(!is_rejected(&answer.expect_err("it fails")));
    }
    let answer = call(&mut service, 1).await;
    assert!(is_rejected(&answer.expect_err("the breaker is open")));
    assert_eq!(calls.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_classifier_counts_responses() {
    let breaker = breaker("classified");
    let inner = service_fn(|status: u16| ready(Ok::<_, BoxError>(status)));
    let classify = |result: &Result<u16, BoxError>| {
        result
            .as_ref()
            .map_or(Outcome::Failure, |s| classify::http_status(*s))
    };
    let mut service = CircuitBreakerLayer::new(breaker.clone())
        .classify(classify)
        .layer(inner);
    for status in [500, 503] {
        assert_eq!(call(&mut service, status).await.expect("a response"), status);
    }
    assert_eq!(breaker.state(), State::Open);
}

#[tokio::test]
async fn a_closure_selects_the_breaker_of_each_request() {
    let registry = Registry::new();
    let select = {
        let registry = registry.clone();
        move |shard: &u32| {
            let breaker = registry
                .breaker(format!("shard {shard}"))
                .threshold(Threshold::failures(1));
            breaker.build().expect("legal settings")
        }
    };
    let (inner, _) = failing();
    let mut service = CircuitBreakerLayer::select(select).layer(inner);
    call(&mut service, 1).await.expect_err("it fails");
    assert_eq!(
        registry.get("shard 1").expect("it was called").state(),
        State::Open
    );
    let other = call(&mut service, 2).await;
    assert!(
        !is_rejected(&other.expect_err("it fails")),
        "another breaker admits it"
    );
}

#[tokio::test]
async fn a_dropped_response_is_a_cancelled_call() {
    let breaker = breaker("cancelled");
    let inner = service_fn(|(): ()| pending::<Result<(), BoxError>>());
    let mut service = CircuitBreakerLayer::new(breaker.clone()).layer(inner);
    drop(service.ready().await.expect("ready").call(()));
    assert_eq!(breaker.snapshot().totals.cancelled, 1);
}

fn calls_are_fine() -> bool {
    false
}

#[tokio::test]
async fn a_panic_in_call_and_a_panic_in_the_response_are_failures() {
    let breaker = breaker("panics");
    let in_call = service_fn(|(): ()| -> Ready<Result<(), BoxError>> { panic!("in call") });
    let in_response = service_fn(|(): ()| async {
        assert!(calls_are_fine(), "in the response");
        Ok::<_, BoxError>(())
    });
    let mut first = CircuitBreakerLayer::new(breaker.clone()).layer(in_call);
    let mut second = CircuitBreakerLayer::new(breaker.clone()).layer(in_response);
    let first = tokio::spawn(async move { first.ready().await.expect("ready").call(()).await });
    first.await.expect_err("the panic goes on");
    let second = tokio::spawn(async move { second.ready().await.expect("ready").call(()).await });
    second.await.expect_err("the panic goes on");
    assert_eq!(breaker.snapshot().totals.panicked, 2);
    assert_eq!(breaker.state(), State::Open);
}

#[tokio::test]
async fn the_readiness_of_the_service_is_passed_on() {
    #[derive(Debug)]
    struct NeverReady;
    impl Service<()> for NeverReady {
        type Response = ();
        type Error = BoxError;
        type Future = Ready<Result<(), BoxError>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
            Poll::Ready(Err("shut down".into()))
        }

        fn call(&mut self, (): ()) -> Self::Future {
            ready(Ok(()))
        }
    }
    let mut service = CircuitBreakerLayer::new(breaker("readiness")).layer(NeverReady);
    let error = service.ready().await.expect_err("it is shut down");
    assert_eq!(error.to_string(), "shut down");
}

#[tokio::test(start_paused = true)]
async fn a_timeout_inside_is_a_failure_and_a_timeout_outside_is_a_cancellation() {
    let hung = || service_fn(|(): ()| pending::<Result<(), BoxError>>());
    let (inside, outside) = (breaker("timeout inside"), breaker("timeout outside"));
    let limit = TimeoutLayer::new(Duration::from_secs(1));
    let mut timeout_inside = ServiceBuilder::new()
        .layer(CircuitBreakerLayer::new(inside.clone()))
        .layer(limit.clone())
        .service(hung());
    let mut timeout_outside = ServiceBuilder::new()
        .layer(limit)
        .layer(CircuitBreakerLayer::new(outside.clone()))
        .service(hung());
    for _ in 0..2 {
        call(&mut timeout_inside, ()).await.expect_err("it hangs");
        call(&mut timeout_outside, ()).await.expect_err("it hangs");
    }
    assert_eq!(inside.state(), State::Open);
    let totals = outside.snapshot().totals;
    assert_eq!(
        (outside.state(), totals.cancelled),
        (State::Closed, 2),
        "as the module's table says"
    );
}

/// Repeats up to three times, but never a rejection.
#[derive(Clone)]
struct Retries(usize);

impl Policy<u32, u32, BoxError> for Retries {
    type Future = Ready<()>;

    fn retry(&mut self, _: &mut u32, result: &mut Result<u32, BoxError>) -> Option<Ready<()>> {
        let error = result.as_ref().err()?;
        if self.0 == 0 || is_rejected(error) {
            return None;
        }
        self.0 -= 1;
        Some(ready(()))
    }

    fn clone_request(&mut self, request: &u32) -> Option<u32> {
        Some(*request)
    }
}

#[tokio::test]
async fn retries_outside_end_at_the_rejection_and_retries_inside_are_one_call() {
    let outside = breaker("retries outside");
    let (inner, calls) = failing();
    let mut service = ServiceBuilder::new()
        .retry(Retries(9))
        .layer(CircuitBreakerLayer::new(outside.clone()))
        .service(inner);
    let error = call(&mut service, 1).await.expect_err("it fails");
    assert!(is_rejected(&error), "{error}");
    assert_eq!(calls.load(Ordering::SeqCst), 2, "two attempts trip it");

    let inside = breaker("retries inside");
    let (inner, calls) = failing();
    let mut service = ServiceBuilder::new()
        .layer(CircuitBreakerLayer::new(inside.clone()))
        .retry(Retries(3))
        .service(inner);
    call(&mut service, 1).await.expect_err("it fails");
    assert_eq!(
        (calls.load(Ordering::SeqCst), inside.snapshot().totals.failures),
        (4, 1)
    );
}

#[tokio::test]
async fn it_works_behind_a_buffer_and_in_front_of_one() {
    let (inner, calls) = failing();
    let mut behind = ServiceBuilder::new()
        .layer(BufferLayer::new(8))
        .layer(CircuitBreakerLayer::new(breaker("behind a buffer")))
        .service(inner.clone());
    let mut in_front = ServiceBuilder::new()
        .layer(CircuitBreakerLayer::new(breaker("in front of a buffer")))
        .layer(BufferLayer::new(8))
        .service(inner);
    for _ in 0..5 {
        call(&mut behind, 1).await.expect_err("it fails");
        call(&mut in_front, 1).await.expect_err("it fails");
    }
    assert_eq!(calls.load(Ordering::SeqCst), 4, "two calls each until it trips");
}

#[tokio::test]
async fn a_rejection_frees_the_slot_of_a_limit_outside() {
    let open = breaker("limit outside");
    open.trip();
    let (inner, _) = failing();
    let mut service = ServiceBuilder::new()
        .layer(ConcurrencyLimitLayer::new(1))
        .layer(CircuitBreakerLayer::new(open))
        .service(inner);
    for _ in 0..3 {
        let answer = service.ready().await.expect("the slot is free").call(1).await;
        assert!(is_rejected(&answer.expect_err("the breaker is open")));
    }
}

#[tokio::test]
async fn a_rejection_keeps_the_slot_of_a_limit_inside_for_the_next_call_of_the_same_value() {
    let open = breaker("limit inside");
    open.trip();
    let (inner, _) = failing();
    let mut service = ServiceBuilder::new()
        .layer(CircuitBreakerLayer::new(open))
        .layer(ConcurrencyLimitLayer::new(1))
        .service(inner);
    let mut other = service.clone();
    call(&mut service, 1).await.expect_err("rejected");
    service
        .ready()
        .await
        .expect("the same value has the slot")
        .call(1)
        .await
        .expect_err("rejected");
    let mut waiting = poll_once(other.ready());
    assert!(waiting.is_none(), "the slot is reserved by the first value");
    drop(service);
    waiting = poll_once(other.ready());
    assert!(waiting.is_some(), "dropping the value frees it");
}

/// Polls once; `None` if the future is pending.
fn poll_once<F: Future>(future: F) -> Option<()> {
    let mut context = Context::from_waker(std::task::Waker::noop());
    match std::pin::pin!(future).as_mut().poll(&mut context) {
        Poll::Ready(_) => Some(()),
        Poll::Pending => None,
    }
}
