//! Tests that touch no other test.

use std::io;

use fusebox::{
    CircuitBreaker, LazyBreaker, Registry, State, circuit_breaker,
    last_good::{carry, observe},
    testing::{Isolated, isolated, scope},
};

#[circuit_breaker(name = "isolation", threshold = 1)]
async fn call(fail: bool) -> io::Result<()> {
    if fail {
        Err(io::ErrorKind::Other.into())
    } else {
        Ok(())
    }
}

#[tokio::test]
async fn each_isolation_has_breakers_of_its_own() {
    isolated(async {
        call(true).await.expect_err("fails");
        call(false).await.expect_err("open in here");
        isolated(async { call(false).await.expect("closed further in") }).await;
        call(false).await.expect_err("still open in here");
    })
    .await;
    call(false).await.expect("closed out here");
}

/// Code that spawns, and has no test in mind.
async fn handler(fail: bool) -> bool {
    let spawned = tokio::spawn(async move { tokio::spawn(call(fail)).await.expect("no panic") });
    spawned.await.expect("no panic").is_ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_code_under_test_spawns_is_isolated_too() {
    isolated(async {
        assert!(!handler(true).await, "its own error");
        assert!(!handler(false).await, "open for tasks of tasks");
        let blocking =
            tokio::task::spawn_blocking(|| Registry::current().get("isolation").expect("made").state());
        assert_eq!(blocking.await.expect("no panic"), State::Open);
    })
    .await;
    isolated(async { assert!(handler(false).await, "closed for the next test") }).await;
    assert!(handler(false).await, "closed out here");
}

#[tokio::test]
async fn an_isolation_ends_with_its_future() {
    let mut dropped = Box::pin(isolated(async {
        let _ = call(true).await;
        std::future::pending::<()>().await;
    }));
    assert!(futures_poll(dropped.as_mut()).is_pending());
    let other = Isolated::new();
    let inside = other.run(async {
        assert!(
            handler(false).await,
            "two isolations, so the task is in the global registry"
        );
    });
    inside.await;
    drop(dropped);
    other
        .run(async {
            assert!(!handler(true).await, "its own error");
            assert!(
                !handler(false).await,
                "one isolation is left, and it has the task"
            );
        })
        .await;
}

fn futures_poll<F: Future>(future: std::pin::Pin<&mut F>) -> std::task::Poll<F::Output> {
    future.poll(&mut std::task::Context::from_waker(std::task::Waker::noop()))
}

#[tokio::test]
async fn two_isolated_futures_with_one_registry_share_what_they_spawn() {
    let one = Isolated::new();
    let two = one.clone();
    let (first, second) = tokio::join!(one.run(handler(true)), two.run(handler(false)));
    assert!(!first && !second, "the second task finds the breaker open");
}

/// A worker of another runtime and a plain thread belong to no test.
#[tokio::test]
async fn other_threads_are_outside() {
    isolated(async {
        let _ = call(true).await;
        let outside = std::thread::spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .build()
                .expect("a runtime");
            runtime.block_on(async { tokio::spawn(call(false)).await.expect("no panic") })
        });
        outside.join().expect("no panic").expect("closed out there");
    })
    .await;
}

static LAZY: LazyBreaker = LazyBreaker::new(|| CircuitBreaker::builder("lazy").threshold(1));

#[tokio::test]
async fn a_lazy_breaker_belongs_to_each_registry_that_uses_it() {
    isolated(async {
        LAZY.trip();
        assert_eq!(LAZY.state(), State::Open);
        let other = tokio::spawn(async { LAZY.state() });
        assert_eq!(other.await.expect("no panic"), State::Open);
    })
    .await;
    isolated(async { assert_eq!(LAZY.state(), State::Closed) }).await;
    assert_eq!(LAZY.state(), State::Closed);
}

#[test]
#[should_panic(expected = "a `LazyBreaker` cannot be built: `trial_calls` is 0; use 1 to 100")]
fn a_lazy_breaker_with_wrong_settings_panics_with_the_rule() {
    static WRONG: LazyBreaker = LazyBreaker::new(|| CircuitBreaker::builder("wrong").trial_calls(0));
    let _ = WRONG.state();
}

/// Uses everything thread-local while thread-local values are destroyed.
struct AtTheEndOfTheThread(std::sync::mpsc::Sender<bool>);

impl Drop for AtTheEndOfTheThread {
    fn drop(&mut self) {
        let mut inside = Box::pin(isolated(observe(scope(carry(call(false))))));
        let answer = futures_poll(inside.as_mut());
        let worked = matches!(answer, std::task::Poll::Ready((Ok(()), _)));
        let _ = self.0.send(worked && Registry::current().conflicts().is_empty());
    }
}

#[test]
fn a_destructor_of_a_thread_may_call_and_isolate() {
    thread_local! {
        static LAST: std::cell::RefCell<Option<AtTheEndOfTheThread>> = const { std::cell::RefCell::new(None) };
    }
    let (ended, end) = std::sync::mpsc::channel();
    let thread = std::thread::spawn(move || {
        // Registered first, so destroyed last.
        LAST.set(Some(AtTheEndOfTheThread(ended)));
        let mut before = Box::pin(isolated(observe(call(false))));
        assert!(futures_poll(before.as_mut()).is_ready());
    });
    assert_eq!(end.recv(), Ok(true));
    thread.join().expect("no panic in the destructor");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scope_carries_it_into_a_task() {
    isolated(async {
        tokio::spawn(scope(call(true)))
            .await
            .expect("no panic")
            .expect_err("fails");
        assert_eq!(
            Registry::current().get("isolation").expect("made").state(),
            State::Open
        );
    })
    .await;
}

#[tokio::test]
async fn futures_side_by_side_do_not_mix() {
    let (one, two) = (Isolated::new(), Isolated::new());
    let (first, second) = tokio::join!(
        one.run(async {
            tokio::task::yield_now().await;
            let _ = call(true).await;
            tokio::task::yield_now().await;
            call(false).await
        }),
        two.run(async {
            let _ = call(false).await;
            tokio::task::yield_now().await;
            call(false).await
        }),
    );
    assert!(first.is_err() && second.is_ok());
}
