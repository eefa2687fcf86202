//! Tests that touch no other test.

use std::io;

use fusebox::{Registry, State, circuit_breaker, testing::Isolated, testing::isolated, testing::scope};

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
        tokio::spawn(call(false))
            .await
            .expect("no panic")
            .expect("without it the task is outside");
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
