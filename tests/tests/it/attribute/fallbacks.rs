//! Fallbacks: paths, strings and closures, and fallbacks that fail.

use std::{rc::Rc, time::Duration};

use fusebox::{Cause, Registry, circuit_breaker, testing::Isolated};
use fusebox_tests::called;
use fusebox_tests::error::Error;
use tokio::task::yield_now;

type Answer = Result<String, Error>;

/// Trips a breaker before its function is called.
fn open(name: &str) {
    Registry::current()
        .breaker(name)
        .build()
        .expect("only a name")
        .trip();
}

/// Not `Clone`, to show what is moved.
#[derive(Debug)]
struct Unique(String);

#[circuit_breaker(name = "moved", fallback = moved_fallback)]
async fn moved(unique: Unique, (left, right): (u8, u8)) -> Answer {
    Ok(format!("{}{left}{right}", unique.0))
}

async fn moved_fallback(unique: Unique, (left, right): (u8, u8)) -> Answer {
    Ok(format!("fallback {}{left}{right}", unique.0))
}

#[tokio::test]
async fn on_rejection_the_arguments_are_moved_and_need_no_clone() {
    fusebox::testing::isolated(async {
        assert_eq!(moved(Unique("a".into()), (1, 2)).await, Ok("a12".into()));
        open("moved");
        assert_eq!(moved(Unique("a".into()), (1, 2)).await, Ok("fallback a12".into()));
    })
    .await;
}

#[circuit_breaker(name = "failing", threshold = 100, fallback = failing_fallback, fallback_on = "failure", timeout = "1s")]
async fn failing(words: Vec<String>, log: &mut Vec<&'static str>) -> Answer {
    log.push("body");
    match words.first().map(String::as_str) {
        Some("hang") => std::future::pending().await,
        Some("down") => Err(Error::Down),
        _ => Ok(words.concat()),
    }
}

async fn failing_fallback(words: Vec<String>, log: &mut Vec<&'static str>) -> Answer {
    log.push("fallback");
    Ok(format!("fallback {}", words.concat()))
}

#[tokio::test(start_paused = true)]
async fn on_failure_error_timeout_and_rejection_are_answered() {
    fusebox::testing::isolated(async {
        let mut log = Vec::new();
        assert_eq!(
            failing(vec!["a".into(), "b".into()], &mut log).await,
            Ok("ab".into())
        );
        assert_eq!(
            failing(vec!["down".into()], &mut log).await,
            Ok("fallback down".into())
        );
        assert_eq!(
            failing(vec!["hang".into()], &mut log).await,
            Ok("fallback hang".into())
        );
        open("failing");
        assert_eq!(failing(vec!["c".into()], &mut log).await, Ok("fallback c".into()));
        assert_eq!(log, ["body", "body", "fallback", "body", "fallback", "fallback"]);
        let totals = called::totals(&Registry::current(), "failing");
        assert_eq!((totals.failures, totals.timed_out, totals.fallback_ok), (2, 1, 3));
    })
    .await;
}

#[circuit_breaker(name = "closure", fallback_on = "failure", timeout = "1s", fallback = |cause| {
    let kind = match cause {
        Cause::Rejected(rejected) => format!("rejected by {}", rejected.name()),
        Cause::TimedOut(timed_out) => format!("timed out after {:?}", timed_out.after()),
        Cause::Failed(result) => format!("failed with {:?}", result?),
    };
    tokio::task::yield_now().await;
    if id == 7 {
        return Err(Error::NotFound);
    }
    Ok(format!("{id}: {kind}"))
})]
async fn closure(id: u8, hang: bool) -> Answer {
    if hang {
        std::future::pending().await
    } else {
        Err(Error::Down)
    }
}

#[tokio::test(start_paused = true)]
async fn a_closure_sees_the_parameters_and_the_cause() {
    fusebox::testing::isolated(async {
        assert_eq!(closure(1, true).await, Ok("1: timed out after 1s".into()));
        assert_eq!(
            closure(1, false).await,
            Err(Error::Down),
            "`?` leaves the fallback with the error"
        );
        open("closure");
        assert_eq!(closure(2, true).await, Ok("2: rejected by closure".into()));
        assert_eq!(closure(7, true).await, Err(Error::NotFound), "so does `return`");
    })
    .await;
}

#[circuit_breaker(name = "bad-fallback", fallback = bad_fallback)]
async fn with_bad_fallback(how: &str) -> Answer {
    Ok(how.to_owned())
}

async fn bad_fallback(how: &str) -> Answer {
    match how {
        "fails" => Err(Error::NotFound),
        "is slow" => {
            tokio::time::sleep(Duration::from_secs(60)).await;
            Ok("slow".into())
        }
        _ => panic!("the fallback panics"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_fallback_that_fails_is_slow_or_panics_leaves_the_breaker_alone() {
    let isolated = Isolated::new();
    isolated
        .run(async {
            open("bad-fallback");
            assert_eq!(with_bad_fallback("fails").await, Err(Error::NotFound));
            assert_eq!(
                with_bad_fallback("is slow").await,
                Err(Error::Rejected).or(Ok("slow".into()))
            );
        })
        .await;
    isolated.registry().get("bad-fallback").expect("made").trip();
    let inside = isolated.clone();
    let task = tokio::spawn(async move { inside.run(with_bad_fallback("panics")).await });
    assert!(task.await.expect_err("it goes on").is_panic());
    let breaker = isolated.registry().get("bad-fallback").expect("made");
    let totals = breaker.snapshot().totals;
    assert_eq!(
        (totals.calls(), totals.rejected),
        (0, 3),
        "a fallback is not a call of the breaker"
    );
    assert_eq!((totals.fallback_ok, totals.fallback_failed), (1, 1));
    assert_eq!(breaker.state(), fusebox::State::Open);
}

struct Client {
    prefix: &'static str,
}

impl Client {
    #[circuit_breaker(name = "Client::get", fallback = Self::cached)]
    async fn get(&self, id: u32) -> Answer {
        Ok(format!("{}{id}", self.prefix))
    }

    async fn cached(&self, id: u32) -> Answer {
        Ok(format!("cached {}{id}", self.prefix))
    }
}

#[tokio::test]
async fn a_method_falls_back_to_a_method() {
    fusebox::testing::isolated(async {
        let client = Client { prefix: "#" };
        assert_eq!(client.get(1).await, Ok("#1".into()));
        open("Client::get");
        assert_eq!(client.get(1).await, Ok("cached #1".into()));
    })
    .await;
}

#[circuit_breaker(name = "numbers", fallback = |_| Ok(vec![0].into_iter()))]
async fn numbers(last: u64) -> Result<impl Iterator<Item = u64>, Error> {
    Ok((1..=last).collect::<Vec<_>>().into_iter())
}

#[circuit_breaker(name = "numbers.waiting", fallback = |cause| {
    yield_now().await;
    if cause.rejected().is_none() { return Err(Error::NotFound) }
    Ok(vec![0].into_iter())
})]
async fn numbers_waiting(last: u64) -> Result<impl Iterator<Item = u64>, Error> {
    Ok((1..=last).collect::<Vec<_>>().into_iter())
}

#[circuit_breaker(name = "numbers.failed", threshold = 2, fallback_on = "failure", timeout = "1s", fallback = |cause| match cause {
    Cause::Failed(failed) => failed,
    _ => Ok(vec![0].into_iter()),
})]
async fn numbers_failed(last: u64) -> Result<impl Iterator<Item = u64>, Error> {
    let last = last.checked_sub(1).ok_or(Error::Down)?;
    Ok((1..=last).collect::<Vec<_>>().into_iter())
}

#[circuit_breaker(name = "numbers.kept", last_good = "1m", fallback = |_| Ok(vec![0].into_iter()))]
async fn numbers_kept(last: u64) -> Result<impl Iterator<Item = u64> + Clone, Error> {
    Ok((1..=last).collect::<Vec<_>>().into_iter())
}

#[circuit_breaker(name = "opaque.error", last_good = "1m", fallback = |_| Ok(0))]
async fn opaque_error(id: u64) -> Result<u64, impl std::fmt::Debug> {
    if id == 0 { Err("zero") } else { Ok(id) }
}

#[tokio::test]
async fn a_closure_answers_for_a_function_that_returns_impl_trait() {
    let isolated = Isolated::new();
    isolated
        .run(async {
            for name in [
                "numbers",
                "numbers.waiting",
                "numbers.failed",
                "numbers.kept",
                "opaque.error",
            ] {
                open(name);
            }
            let zero = [0];
            assert!(numbers(2).await.expect("answered").eq(zero));
            assert!(numbers_waiting(2).await.expect("answered").eq(zero));
            assert!(numbers_kept(2).await.expect("answered").eq(zero));
            assert_eq!(opaque_error(2).await.expect("answered"), 0);
        })
        .await;
}

#[tokio::test]
async fn a_closure_gets_a_failed_answer_of_an_opaque_type() {
    let isolated = Isolated::new();
    isolated
        .run(async {
            assert!(numbers_failed(3).await.expect("healthy").eq([1, 2]));
            for _ in 0..2 {
                assert!(matches!(numbers_failed(0).await, Err(Error::Down)));
            }
            assert!(numbers_failed(3).await.expect("answered").eq([0]));
        })
        .await;
}

/// Neither future holds the answer while it waits.
#[tokio::test]
async fn a_closure_keeps_the_future_send() {
    #[circuit_breaker(name = "not.send", fallback = |_| Ok(Rc::new(0)))]
    async fn guarded(id: u64) -> Result<Rc<u64>, Error> {
        yield_now().await;
        Ok(Rc::new(id))
    }
    #[circuit_breaker(name = "not.send.waiting", fallback = |_| { yield_now().await; Ok(Rc::new(0)) })]
    async fn waiting(id: u64) -> Result<Rc<u64>, Error> {
        yield_now().await;
        Ok(Rc::new(id))
    }
    #[circuit_breaker(name = "not.send.failed", fallback = |_| Ok(Rc::new(0)), fallback_on = "failure")]
    async fn on_failure(id: u64) -> Result<Rc<u64>, Error> {
        yield_now().await;
        Ok(Rc::new(id))
    }
    fn send<T: Send>(future: T) -> T {
        future
    }
    let isolated = Isolated::new();
    isolated
        .run(async {
            for name in ["not.send", "not.send.waiting", "not.send.failed"] {
                open(name);
            }
            let answers = (
                send(guarded(7)).await,
                send(waiting(7)).await,
                send(on_failure(7)).await,
            );
            assert_eq!(answers, (Ok(Rc::new(0)), Ok(Rc::new(0)), Ok(Rc::new(0))));
        })
        .await;
}
