//! Wherever futures are polled: several runtimes, and none.

use std::{
    future::Future,
    pin::pin,
    task::{Context, Poll, Waker},
};

use fusebox::{CallError, CircuitBreaker, Registry, State, Threshold};
use fusebox_tests::by_hand::assert_send;

/// The smallest executor that is not tokio.
fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
        std::thread::yield_now();
    }
}

fn breaker() -> CircuitBreaker {
    Registry::new()
        .breaker("runtimes")
        .threshold(Threshold::failures(1))
        .build()
        .expect("legal")
}

async fn trips_and_rejects(breaker: CircuitBreaker) {
    assert_eq!(breaker.call(async { Ok::<_, &str>(1) }).await, Ok(1));
    assert_eq!(
        breaker.call(async { Err::<(), _>("down") }).await,
        Err(CallError::Inner("down"))
    );
    assert!(matches!(
        breaker.call(async { Ok::<_, &str>(1) }).await,
        Err(CallError::Rejected(_))
    ));
    breaker.reset();
    breaker.ready().await.success();
    breaker.closed().await;
}

#[test]
fn an_executor_that_is_not_tokio_needs_no_timer() {
    block_on(trips_and_rejects(breaker()));
}

#[tokio::test(flavor = "current_thread")]
async fn a_current_thread_runtime() {
    trips_and_rejects(breaker()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_multi_thread_runtime() {
    tokio::spawn(trips_and_rejects(breaker()))
        .await
        .expect("it is Send");
}

#[test]
fn a_breaker_serves_two_runtimes_at_once() {
    let breaker = breaker();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .build()
                    .expect("a runtime");
                runtime.block_on(async {
                    for _ in 0..1000 {
                        let _ = breaker.call(async { Ok::<_, ()>(()) }).await;
                    }
                });
            });
        }
    });
    assert_eq!(breaker.state(), State::Closed);
    assert_eq!(breaker.snapshot().totals.successes, 2000);
}

#[test]
fn futures_of_calls_are_send_if_the_call_is() {
    let breaker = breaker();
    drop(assert_send(breaker.call(async { Ok::<_, ()>(()) })));
    drop(assert_send(breaker.ready()));
    drop(assert_send(breaker.closed()));
}
