//! The closure of `error` uses the parameters of the function, like a fallback.

use std::{
    future::{Future, pending},
    mem::size_of_val,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use fusebox::{Refusal, Registry, circuit_breaker, testing::isolated};
use fusebox_tests::called::open;

#[derive(Debug, PartialEq)]
enum Error {
    Unavailable { id: u64, source: Refusal },
    Text(String),
}

fn word(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::Rejected(_) => "rejected",
        Refusal::TimedOut(_) => "late",
    }
}

/// An argument that cannot be cloned, and counts how often it is dropped.
struct Whole(u64, Arc<AtomicUsize>);

impl Drop for Whole {
    fn drop(&mut self) {
        self.1.fetch_add(1, Relaxed);
    }
}

#[circuit_breaker(name = "with.id", error = |refusal| Error::Unavailable { id, source: refusal })]
async fn by_id(id: u64) -> Result<u64, Error> {
    Ok(id)
}

#[circuit_breaker(name = "with.sync", error = |refusal| format!("{} {id}", word(&refusal)))]
fn synchronous(id: u64) -> Result<u64, String> {
    Ok(id)
}

#[circuit_breaker(name = "with.moved", error = move |_| Error::Text(text))]
async fn moved(mut text: String, whole: Whole) -> Result<usize, Error> {
    text.push('!');
    drop(whole);
    Ok(text.len())
}

#[circuit_breaker(name = "with.borrowed", error = |_| { let Whole(number, _) = &whole; *number })]
async fn borrowed(whole: Whole) -> Result<u64, u64> {
    Ok(whole.0)
}

#[circuit_breaker(name = "with.timed", threshold = 1, timeout = "1s", error = |refusal| format!("{} {text}", word(&refusal)))]
async fn timed(mut text: String, wait: bool) -> Result<String, String> {
    text.push('!');
    if wait {
        pending::<()>().await;
    }
    Ok(text)
}

#[tokio::test]
async fn the_closure_has_the_parameters_of_a_rejected_call() {
    isolated(async {
        let drops = Arc::new(AtomicUsize::new(0));
        let whole = || Whole(9, Arc::clone(&drops));
        assert_eq!((by_id(1).await, synchronous(2)), (Ok(1), Ok(2)));
        assert_eq!(moved("a".to_owned(), whole()).await, Ok(2));
        assert_eq!(borrowed(whole()).await, Ok(9));
        for name in ["with.id", "with.sync", "with.moved", "with.borrowed"] {
            open(name);
        }
        let Err(Error::Unavailable { id: 3, source }) = by_id(3).await else {
            panic!("it has the id");
        };
        assert_eq!(source.name(), "with.id");
        assert_eq!(synchronous(4), Err("rejected 4".to_owned()));
        assert_eq!(
            moved("b".to_owned(), whole()).await,
            Err(Error::Text("b".to_owned()))
        );
        assert_eq!(borrowed(whole()).await, Err(9));
        assert_eq!(drops.load(Relaxed), 4, "each argument is dropped once");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn after_a_timeout_the_closure_has_what_the_body_got() {
    isolated(async {
        assert_eq!(timed("a".to_owned(), false).await, Ok("a!".to_owned()));
        assert_eq!(timed("a".to_owned(), true).await, Err("late a".to_owned()));
        assert_eq!(timed("b".to_owned(), true).await, Err("rejected b".to_owned()));
    })
    .await;
}

#[derive(Clone)]
struct Clones(Arc<AtomicUsize>);

impl Clones {
    fn made() -> (Self, Arc<AtomicUsize>) {
        let count = Arc::new(AtomicUsize::new(0));
        (Self(Arc::clone(&count)), count)
    }
}

/// Counts its clones in place of a derived `Clone`.
struct Counted(Clones);

impl Clone for Counted {
    fn clone(&self) -> Self {
        self.0.0.fetch_add(1, Relaxed);
        Self(self.0.clone())
    }
}

#[circuit_breaker(name = "cost.rejected", error = |_| drop(counted))]
async fn untimed(counted: Counted) -> Result<(), ()> {
    drop(counted);
    Ok(())
}

#[circuit_breaker(name = "cost.both", timeout = "1s", error = |_| drop(counted))]
async fn timed_both(counted: Counted) -> Result<(), ()> {
    drop(counted);
    Ok(())
}

#[circuit_breaker(name = "cost.error", timeout = "1s", error = |_| drop(counted))]
async fn timed_error_only(counted: Counted) -> Result<(), ()> {
    Ok(())
}

struct Named {
    counted: u64,
}

#[circuit_breaker(name = "cost.field", timeout = "1s", error = |refusal| Named { counted: refusal.name().len() as u64 }.counted)]
async fn timed_field(counted: Counted) -> Result<(), u64> {
    drop(counted);
    Ok(())
}

#[circuit_breaker(name = "cost.shadowed", timeout = "1s", error = |counted| { let _ = counted; })]
async fn timed_shadowed(counted: Counted) -> Result<(), ()> {
    drop(counted);
    Ok(())
}

#[tokio::test]
async fn an_admitted_call_clones_only_what_body_and_closure_use_after_a_timeout() {
    isolated(async {
        let (clones, count) = Clones::made();
        let counted = || Counted(clones.clone());
        untimed(counted()).await.expect("closed");
        timed_error_only(counted()).await.expect("closed");
        timed_field(counted()).await.expect("closed");
        timed_shadowed(counted()).await.expect("closed");
        assert_eq!(count.load(Relaxed), 0);
        timed_both(counted()).await.expect("closed");
        assert_eq!(count.load(Relaxed), 1);
        for name in ["cost.rejected", "cost.both", "cost.error"] {
            open(name);
        }
        untimed(counted()).await.expect_err("open");
        timed_both(counted()).await.expect_err("open");
        timed_error_only(counted()).await.expect_err("open");
        assert_eq!(count.load(Relaxed), 1, "a rejection clones nothing");
    })
    .await;
}

struct Client {
    host: String,
}

trait Api {
    fn host(&self) -> String;

    #[circuit_breaker(name = "with.default", error = |_| format!("{} {id}", self.host()))]
    async fn default_body(&self, id: u64) -> Result<u64, String> {
        Ok(id)
    }
}

impl Api for Client {
    fn host(&self) -> String {
        self.host.clone()
    }
}

impl Client {
    #[circuit_breaker(name = "with.self", timeout = "1s", error = |refusal| format!("{} {}", self.host, word(&refusal)))]
    async fn shared(&self) -> Result<usize, String> {
        Ok(self.host.len())
    }

    #[circuit_breaker(name = "with.mutable", threshold = 1, timeout = "1s", error = |refusal| format!("{} {}", self.host, word(&refusal)))]
    async fn mutable(&mut self, wait: bool) -> Result<usize, String> {
        self.host.push('!');
        if wait {
            pending::<()>().await;
        }
        Ok(self.host.len())
    }

    #[circuit_breaker(name = "with.owned", error = |_| self.host)]
    fn owned(self) -> Result<usize, String> {
        Ok(self.host.len())
    }
}

#[tokio::test(start_paused = true)]
async fn the_closure_of_a_method_has_self() {
    isolated(async {
        let client = || Client { host: "h".to_owned() };
        assert_eq!(client().shared().await, Ok(1));
        assert_eq!(client().default_body(1).await, Ok(1));
        assert_eq!(client().owned(), Ok(1));
        let mut once = client();
        assert_eq!(once.mutable(true).await, Err("h! late".to_owned()));
        assert_eq!(once.mutable(true).await, Err("h! rejected".to_owned()));
        for name in ["with.self", "with.default", "with.owned"] {
            open(name);
        }
        assert_eq!(client().shared().await, Err("h rejected".to_owned()));
        assert_eq!(client().default_body(2).await, Err("h 2".to_owned()));
        assert_eq!(client().owned(), Err("h".to_owned()));
    })
    .await;
}

#[circuit_breaker(name = "with.generic", error = |_| value.into())]
async fn generic<T: Into<String> + Clone, const N: usize>(value: T) -> Result<usize, String> {
    Ok(value.into().len() + N)
}

#[circuit_breaker(name = "with.lifetime", timeout = "1s", error = |_| name)]
async fn lifetime<'a>(name: &'a str, other: &str) -> Result<&'a str, &'a str> {
    if other.is_empty() { Ok(name) } else { Err("other") }
}

#[circuit_breaker(name = "with.pattern", timeout = "1s", error = |_| format!("{left} {right}"))]
async fn pattern((left, mut right): (String, u64)) -> Result<u64, String> {
    right += 1;
    Ok(right + left.len() as u64)
}

#[circuit_breaker(name = "with.mut_ref", threshold = 1, timeout = "1s", error = |_| log.len())]
async fn mut_ref(log: &mut Vec<u8>) -> Result<(), usize> {
    log.push(1);
    pending().await
}

#[circuit_breaker(name = "with.opaque", error = |_| id)]
async fn opaque(id: u64) -> Result<impl Iterator<Item = u64>, u64> {
    Ok(Some(id).into_iter())
}

#[circuit_breaker(name = "with.returned", error = |refusal| { if id == 0 { return "zero".to_owned(); } word(&refusal).to_owned() })]
async fn returned(id: u64) -> Result<u64, String> {
    Ok(id)
}

macro_rules! pair {
    ($left:ident, $right:ident) => {
        ($left, $right)
    };
}

#[circuit_breaker(name = "with.macro", threshold = 1, timeout = "1s", error = |_| format!("{left} {right}"))]
async fn pattern_by_macro(pair!(left, right): (String, u64)) -> Result<(), String> {
    drop((left, right));
    pending().await
}

#[tokio::test(start_paused = true)]
async fn the_closure_has_the_parameters_in_every_form_of_function() {
    isolated(async {
        assert_eq!(generic::<_, 1>("a").await, Ok(2));
        assert_eq!(lifetime("a", "").await, Ok("a"));
        assert_eq!(pattern(("a".to_owned(), 1)).await, Ok(3));
        assert!(opaque(1).await.is_ok());
        assert_eq!(returned(1).await, Ok(1));
        let mut log = Vec::new();
        assert_eq!(mut_ref(&mut log).await, Err(1));
        assert_eq!(mut_ref(&mut log).await, Err(1), "a rejection runs no body");
        assert_eq!(pattern_by_macro(("a".to_owned(), 1)).await, Err("a 1".to_owned()));
        assert_eq!(pattern_by_macro(("b".to_owned(), 2)).await, Err("b 2".to_owned()));
        for name in [
            "with.generic",
            "with.lifetime",
            "with.pattern",
            "with.opaque",
            "with.returned",
        ] {
            open(name);
        }
        assert_eq!(generic::<_, 1>("b").await, Err("b".to_owned()));
        assert_eq!(lifetime("b", "").await, Err("b"));
        assert_eq!(pattern(("b".to_owned(), 2)).await, Err("b 2".to_owned()));
        assert_eq!(opaque(2).await.err(), Some(2));
        assert_eq!(returned(0).await, Err("zero".to_owned()));
        assert_eq!(returned(1).await, Err("rejected".to_owned()));
    })
    .await;
}

async fn zero(_: (u64, String)) -> Result<u64, String> {
    Ok(0)
}

#[circuit_breaker(name = "with.fallback", threshold = 1, timeout = "1s", fallback = zero, error = |_| format!("{id} {text}"))]
async fn beside_a_path((id, text): (u64, String)) -> Result<u64, String> {
    drop(text);
    if id == 0 {
        pending::<()>().await;
    }
    Ok(id)
}

#[circuit_breaker(name = "with.closures", threshold = 1, timeout = "1s", fallback = |_| Ok(text.len() as u64), error = |_| text)]
async fn beside_a_closure(text: String) -> Result<u64, String> {
    drop(text);
    pending().await
}

#[circuit_breaker(
    name = "with.kept", threshold = 1, timeout = "1s", last_good = "1m", last_good_key = id, error = |refusal| format!("{} {text}", word(&refusal))
)]
async fn beside_a_last_good_value(id: u64, text: String) -> Result<u64, String> {
    if text.is_empty() {
        pending::<()>().await;
    }
    Ok(id)
}

#[circuit_breaker(
    name = "with.kept_failure", threshold = 1, timeout = "1s", last_good = "1m", fallback_on = "failure", error = |refusal| format!("{} {id}", word(&refusal))
)]
async fn kept_on_failure(id: u64, text: &str) -> Result<u64, String> {
    if text.is_empty() {
        pending::<()>().await;
    }
    Ok(id)
}

#[circuit_breaker(name = "with.key", key = region, timeout = "1s", error = |refusal| format!("{} {region} {text}", refusal.name()))]
async fn keyed(region: &str, text: String) -> Result<usize, String> {
    if text.is_empty() {
        pending::<()>().await;
    }
    Ok(region.len())
}

#[tokio::test(start_paused = true)]
async fn the_closure_has_the_parameters_beside_every_other_argument() {
    isolated(async {
        let a = || "a".to_owned();
        assert_eq!(beside_a_path((0, a())).await, Err("0 a".to_owned()));
        assert_eq!(beside_a_path((1, a())).await, Ok(0));
        assert_eq!(beside_a_closure(a()).await, Err(a()));
        assert_eq!(beside_a_closure(a()).await, Ok(1));
        assert_eq!(beside_a_last_good_value(1, a()).await, Ok(1));
        assert_eq!(
            beside_a_last_good_value(1, String::new()).await,
            Err("late ".to_owned())
        );
        assert_eq!(beside_a_last_good_value(1, a()).await, Ok(1));
        assert_eq!(
            beside_a_last_good_value(2, a()).await,
            Err("rejected a".to_owned())
        );
        assert_eq!(kept_on_failure(2, "").await, Err("late 2".to_owned()));
        assert_eq!(kept_on_failure(3, "").await, Err("rejected 3".to_owned()));
        assert_eq!(keyed("r", a()).await, Ok(1));
        for _ in 0..5 {
            assert_eq!(keyed("r", String::new()).await, Err("with.key[r] r ".to_owned()));
        }
        assert_eq!(keyed("r", a()).await, Err("with.key[r] r a".to_owned()));
    })
    .await;
}

#[async_trait::async_trait]
trait Remote {
    async fn get(&self, id: u64) -> Result<u64, String>;
    async fn take(&mut self, id: String) -> Result<u64, String>;
}

#[async_trait::async_trait]
impl Remote for Client {
    #[circuit_breaker(name = "with.boxed", error = |_| format!("{} {id}", self.host))]
    async fn get(&self, id: u64) -> Result<u64, String> {
        Ok(id)
    }

    #[circuit_breaker(name = "with.boxed_mut", threshold = 1, timeout = "1s", error = |refusal| format!("{} {id}", word(&refusal)))]
    async fn take(&mut self, mut id: String) -> Result<u64, String> {
        id.push('!');
        self.host = id;
        pending().await
    }
}

#[circuit_breaker(name = "with.future", error = |_| id)]
fn boxed(id: u64) -> Pin<Box<dyn Future<Output = Result<u64, u64>> + Send>> {
    Box::pin(async move { Ok(id) })
}

#[tokio::test(start_paused = true)]
async fn the_closure_of_a_function_that_returns_its_future_has_the_parameters() {
    isolated(async {
        let mut client = Client { host: "h".to_owned() };
        assert_eq!((client.get(1).await, boxed(1).await), (Ok(1), Ok(1)));
        open("with.boxed");
        open("with.future");
        assert_eq!(client.get(2).await, Err("h 2".to_owned()));
        assert_eq!(boxed(2).await, Err(2));
        assert_eq!(client.take("a".to_owned()).await, Err("late a".to_owned()));
        assert_eq!(client.take("b".to_owned()).await, Err("rejected b".to_owned()));
    })
    .await;
}

#[circuit_breaker(name = "size.none", error = |_| String::new())]
async fn captures_nothing(id: [u64; 16]) -> Result<u64, String> {
    tokio::time::sleep(Duration::ZERO).await;
    Ok(id[0])
}

#[circuit_breaker(name = "size.captured", error = |_| format!("{id:?}"))]
async fn captures(id: [u64; 16]) -> Result<u64, String> {
    tokio::time::sleep(Duration::ZERO).await;
    Ok(id[0])
}

#[test]
fn a_captured_parameter_does_not_enlarge_the_future() {
    let (nothing, captured) = (captures_nothing([0; 16]), captures([0; 16]));
    assert!(size_of_val(&captured) <= size_of_val(&nothing));
}

#[tokio::test]
async fn the_closure_is_not_counted_as_a_fallback() {
    isolated(async {
        by_id(1).await.expect("closed");
        open("with.id");
        by_id(1).await.expect_err("rejected");
        let breaker = Registry::current().get("with.id").expect("called");
        let totals = breaker.snapshot().totals;
        assert_eq!(
            (totals.rejected, totals.fallback_ok, totals.fallback_failed),
            (1, 0, 0)
        );
    })
    .await;
}
