//! `breaker = <expression>`: a breaker of any registry, for each call.

use std::{
    io,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicU32, Ordering},
    },
};

use fusebox::{CircuitBreaker, Registry, State, Threshold, circuit_breaker};
use fusebox_tests::error::Error;

/// A breaker that trips at the first failure, in a registry of its own.
fn breaker(name: &str) -> CircuitBreaker {
    let builder = Registry::new().breaker(name).threshold(Threshold::failures(1));
    builder.build().expect("a valid breaker")
}

struct Client {
    breaker: CircuitBreaker,
    url: &'static str,
}

impl Client {
    fn new(url: &'static str) -> Self {
        Self {
            breaker: breaker("given.client"),
            url,
        }
    }

    #[circuit_breaker(breaker = &self.breaker)]
    async fn get(&self, id: u64) -> Result<u64, Error> {
        id.checked_sub(1).ok_or(Error::Down)
    }

    #[circuit_breaker(breaker = self.breaker.clone(), fallback = |_| Ok(self.url), fallback_on = "failure")]
    async fn change(&mut self, id: u64) -> Result<&'static str, Error> {
        self.url = if id == 0 {
            return Err(Error::Down);
        } else {
            "changed"
        };
        Ok(self.url)
    }

    #[circuit_breaker(breaker = &self.breaker, fallback = Self::zero)]
    fn now(&self, id: u64) -> Result<u64, Error> {
        id.checked_sub(1).ok_or(Error::Down)
    }

    fn zero(&self, _: u64) -> Result<u64, Error> {
        Ok(0)
    }

    #[circuit_breaker(breaker = &self.breaker, last_good = "1m", last_good_key = id)]
    async fn kept(&self, id: u64) -> io::Result<&'static str> {
        std::future::ready(id).await;
        Ok(self.url)
    }
}

#[tokio::test]
async fn each_client_has_its_own_breaker() {
    let (healthy, broken) = (Client::new("a"), Client::new("b"));
    assert_eq!(broken.get(0).await, Err(Error::Down));
    assert_eq!(broken.get(1).await, Err(Error::Rejected));
    assert_eq!(healthy.get(1).await, Ok(0));
    assert_eq!(
        (healthy.breaker.state(), broken.breaker.state()),
        (State::Closed, State::Open)
    );
    assert_eq!(broken.breaker.snapshot().totals.rejected, 1);
}

#[tokio::test]
async fn a_given_breaker_counts_what_the_fallback_answers() {
    let mut client = Client::new("a");
    assert_eq!(client.change(1).await, Ok("changed"));
    assert_eq!(client.change(0).await, Ok("changed"));
    assert_eq!(client.breaker.state(), State::Open);
    assert_eq!(client.now(5), Ok(0));
    assert_eq!(client.breaker.snapshot().totals.fallback_ok, 2);
}

/// The name is the same, and so is the key. The breaker is not.
#[tokio::test]
async fn two_breakers_share_no_last_good_value() {
    let (first, second) = (Client::new("first"), Client::new("second"));
    assert_eq!(first.kept(1).await.expect("healthy"), "first");
    second.breaker.trip();
    first.breaker.trip();
    second.kept(1).await.expect_err("nothing was kept");
    assert_eq!(first.kept(1).await.expect("kept"), "first");
    assert_eq!(first.breaker.snapshot().totals.last_good, 1);
}

static SHARED: LazyLock<CircuitBreaker> = LazyLock::new(|| breaker("given.shared"));
static EVALUATED: AtomicU32 = AtomicU32::new(0);

fn shared() -> Arc<CircuitBreaker> {
    EVALUATED.fetch_add(1, Ordering::Relaxed);
    Arc::new(SHARED.clone())
}

#[circuit_breaker(breaker = &SHARED, fallback = of_other)]
async fn of_static(id: u64) -> Result<u64, Error> {
    Ok(id)
}

#[circuit_breaker(breaker = shared(), fallback_on = "failure", fallback = |_| Ok(7), timeout = "1s")]
async fn of_other(id: u64) -> Result<u64, Error> {
    Ok(id)
}

#[tokio::test]
async fn the_expression_is_evaluated_once_per_call() {
    assert_eq!((of_static(1).await, of_other(2).await), (Ok(1), Ok(2)));
    assert_eq!(EVALUATED.load(Ordering::Relaxed), 1);
    SHARED.force_open();
    assert_eq!(of_other(2).await, Ok(7));
    assert_eq!(EVALUATED.load(Ordering::Relaxed), 2);
    assert_eq!(of_static(1).await, Ok(7));
    SHARED.release_override();
}

#[tokio::test]
async fn a_given_breaker_is_in_no_registry_and_no_catalogue() {
    Client::new("a").get(1).await.expect("healthy");
    let is_ours = |name: &str| name.contains("given");
    assert!(
        !Registry::global()
            .catalog()
            .any(|declared| is_ours(&declared.name()))
    );
    assert!(
        !Registry::global()
            .into_iter()
            .any(|breaker| is_ours(breaker.name()))
    );
}
