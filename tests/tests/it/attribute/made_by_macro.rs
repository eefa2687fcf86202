//! Functions of one `macro_rules!` call, which all have one location.

use std::io;

use fusebox::{Registry, State, Threshold, circuit_breaker, testing::isolated};

macro_rules! entities {
    ($($entity:ident $threshold:literal),*) => { $(
        struct $entity;

        impl $entity {
            #[circuit_breaker(threshold = $threshold)]
            async fn load(id: u64) -> io::Result<u64> {
                if id == 0 { Err(io::ErrorKind::BrokenPipe.into()) } else { Ok(id) }
            }

            #[circuit_breaker(name = "entities", threshold = $threshold)]
            async fn store() -> io::Result<()> {
                Ok(())
            }
        }
    )* };
}

entities!(User 1, Order 100, Invoice 50);

#[tokio::test]
async fn two_functions_of_one_macro_call_have_a_breaker_each() {
    isolated(async {
        User::load(0).await.expect_err("its own error");
        User::load(7).await.expect_err("open");
        assert_eq!(Order::load(7).await.expect("closed"), 7);
        assert_eq!(Invoice::load(7).await.expect("closed"), 7);
        let mut thresholds: Vec<_> = Registry::current()
            .into_iter()
            .map(|breaker| breaker.settings().threshold().to_string())
            .collect();
        thresholds.sort();
        assert_eq!(thresholds, ["1", "100", "50"]);
        assert_eq!(Registry::current().conflicts().len(), 2, "one entry per loser");
    })
    .await;
}

#[cfg_attr(
    not(feature = "catalog"),
    ignore = "the name is looked up in a registry without calls"
)]
#[tokio::test]
async fn get_finds_each_of_them_by_its_own_name() {
    isolated(async {
        User::load(0).await.expect_err("its own error");
        let open = Registry::current().into_iter().next().expect("made");
        assert_eq!(open.state(), State::Open);
        let fresh = Registry::new();
        let made = fresh.get(open.name()).expect("declared");
        assert_eq!((made.name(), made.settings()), (open.name(), open.settings()));
    })
    .await;
}

#[tokio::test]
async fn an_explicit_name_that_one_macro_call_gives_to_several_is_a_conflict() {
    isolated(async {
        for _ in 0..2 {
            Order::store().await.expect("closed");
            User::store().await.expect("closed");
            Invoice::store().await.expect("closed");
        }
        let registry = Registry::current();
        assert_eq!(registry.conflicts().len(), 2, "one entry per loser");
        let winner = registry.get("entities").expect("made").settings();
        assert!(
            [1, 100, 50]
                .map(Threshold::failures)
                .contains(&winner.threshold())
        );
    })
    .await;
}
