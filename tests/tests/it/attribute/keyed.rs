//! `key = <expression>`: one breaker per value.

use std::sync::atomic::{AtomicU32, Ordering};

use fusebox::{Registry, State, circuit_breaker, testing::isolated};
use fusebox_tests::error::Error;

#[circuit_breaker(name = "stock", key = region, max_keys = 2, threshold = 1, fallback = none)]
async fn stock(region: &str, fails: bool) -> Result<u32, Error> {
    if fails { Err(Error::Down) } else { Ok(3) }
}

async fn none(_: &str, _: bool) -> Result<u32, Error> {
    Ok(0)
}

#[tokio::test]
async fn one_shard_that_is_down_leaves_the_others_alone() {
    isolated(async {
        assert_eq!(stock("eu", true).await, Err(Error::Down));
        assert_eq!(stock("eu", false).await, Ok(0), "the fallback");
        assert_eq!(stock("us", false).await, Ok(3));
        let group = Registry::current().group("stock").expect("it was called");
        let snapshot = group.snapshot();
        assert_eq!((snapshot.keys, snapshot.open, group.max_keys()), (2, 1, 2));
        assert_eq!(group.get("eu").name(), "stock[eu]");
    })
    .await;
}

#[tokio::test]
async fn a_group_is_bounded_and_its_open_breakers_stay() {
    isolated(async {
        assert_eq!(stock("down", true).await, Err(Error::Down));
        for region in 0..100 {
            assert_eq!(stock(&region.to_string(), false).await, Ok(3));
        }
        let group = Registry::current().group("stock").expect("it was called");
        assert_eq!(group.get("down").state(), State::Open);
        assert_eq!(group.snapshot().totals.successes, 100);
    })
    .await;
}

struct Client {
    tenant: u64,
}

impl Client {
    #[circuit_breaker(name = "keyed.client", key = self.tenant, threshold = 1)]
    fn get(&self, id: u64) -> Result<u64, Error> {
        id.checked_sub(1).ok_or(Error::Down)
    }

    #[circuit_breaker(name = "keyed.owned", key = format_args!("{}-{id}", self.tenant), threshold = 1)]
    async fn into(self, id: String) -> Result<String, Error> {
        if id.is_empty() { Err(Error::Down) } else { Ok(id) }
    }
}

#[tokio::test]
async fn a_key_may_be_made_of_self_and_of_arguments_that_move() {
    isolated(async {
        let (one, two) = (Client { tenant: 1 }, Client { tenant: 2 });
        assert_eq!(one.get(0), Err(Error::Down));
        assert_eq!((one.get(1), two.get(1)), (Err(Error::Rejected), Ok(0)));
        assert_eq!(one.into(String::new()).await, Err(Error::Down));
        assert_eq!(two.into("x".to_owned()).await, Ok("x".to_owned()));
        let registry = Registry::current();
        assert_eq!(
            registry.get("keyed.owned[1-]").expect("called").state(),
            State::Open
        );
        assert_eq!(
            registry.get("keyed.owned[2-x]").expect("called").state(),
            State::Closed
        );
    })
    .await;
}

#[tokio::test]
async fn the_key_is_evaluated_once_per_call() {
    static EVALUATED: AtomicU32 = AtomicU32::new(0);

    #[circuit_breaker(key = { EVALUATED.fetch_add(1, Ordering::Relaxed); id }, timeout = "1s", latency = true)]
    async fn counted(id: u64) -> Result<u64, Error> {
        Ok(id)
    }

    isolated(async {
        assert_eq!(counted(7).await, Ok(7));
        assert_eq!(EVALUATED.load(Ordering::Relaxed), 1);
        drop(counted(8));
        assert_eq!(EVALUATED.load(Ordering::Relaxed), 1, "never polled");
    })
    .await;
}

#[circuit_breaker(name = "keyed twice", key = id, max_keys = 5)]
fn first(id: u64) -> Result<u64, Error> {
    Ok(id)
}

#[circuit_breaker(name = "keyed twice", key = id, max_keys = 6)]
fn second(id: u64) -> Result<u64, Error> {
    Ok(id)
}

#[tokio::test]
async fn functions_of_one_name_share_a_group_and_other_bounds_are_reported() {
    isolated(async {
        assert_eq!((second(1), first(2)), (Ok(1), Ok(2)));
        let registry = Registry::current();
        let group = registry.group("keyed twice").expect("called");
        assert_eq!((group.snapshot().keys, group.max_keys()), (2, 5));
        let conflicts = registry.conflicts();
        assert_eq!(conflicts.len(), 1);
        let text = conflicts[0].to_string();
        assert!(text.ends_with("its `max_keys` is 5, not 6"), "{text}");
        let error = registry
            .keyed("keyed twice")
            .max_keys(7)
            .build()
            .expect_err("declared");
        assert_eq!(
            error.to_string(),
            "circuit breaker `keyed twice` already exists with `max_keys` 5, not 7"
        );
        let single = registry.breaker("keyed twice").build().expect_err("a group");
        assert!(single.to_string().contains("has keys"));
    })
    .await;
}

#[tokio::test]
async fn a_declared_group_exists_before_its_first_call() {
    isolated(async {
        let registry = Registry::current();
        assert_eq!(registry.group("stock").expect("declared").max_keys(), 2);
        assert!(registry.get("stock").is_none(), "a group is not a breaker");
        assert!(registry.group("nobody").is_none());
        let of_keyed = registry
            .catalog()
            .filter(|declaration| declaration.explicit_name() == Some("stock"));
        assert_eq!(
            of_keyed.map(fusebox::Declaration::max_keys).collect::<Vec<_>>(),
            [Some(2)]
        );
    })
    .await;
}
