//! Synchronous functions: the same arguments, the same rules.

use std::{
    cell::RefCell,
    io,
    panic::{catch_unwind, resume_unwind},
    time::Duration,
};

use fusebox::{Cause, CircuitBreaker, Outcome, Registry, State, circuit_breaker, testing::isolated};
use fusebox_tests::called;
use fusebox_tests::error::Error;

/// Runs synchronous code with a registry of its own.
fn scope<T>(test: impl FnOnce() -> T) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.expect("a runtime").block_on(isolated(async { test() }))
}

fn breaker(name: &str) -> CircuitBreaker {
    called::breaker(&Registry::current(), name)
}

#[circuit_breaker(name = "sync.parse", threshold = 2, ignore = Err(Error::NotFound))]
fn parse<'a>(text: &'a str, end: &str) -> Result<&'a str, Error> {
    if end == "panic" {
        resume_unwind(Box::new("a bug"));
    }
    let cut = text.strip_suffix(end).ok_or(Error::Down)?;
    if cut.is_empty() {
        return Err(Error::NotFound);
    }
    Ok(cut)
}

#[test]
fn a_synchronous_function_is_guarded() {
    scope(|| {
        assert_eq!(parse("order", "er"), Ok("ord"));
        for _ in 0..5 {
            assert_eq!(parse("order", "order"), Err(Error::NotFound));
        }
        for _ in 0..2 {
            assert_eq!(parse("order", "x"), Err(Error::Down));
        }
        assert!(matches!(parse("order", "er"), Err(Error::Rejected)));
        let totals = breaker("sync.parse").snapshot().totals;
        assert_eq!(
            (totals.successes, totals.failures, totals.ignored, totals.rejected),
            (1, 2, 5, 1)
        );
    });
}

#[test]
fn a_panic_of_a_synchronous_function_is_a_failure_and_goes_on() {
    scope(|| {
        for _ in 0..2 {
            let panicked = catch_unwind(|| parse("order", "panic")).expect_err("it goes on");
            assert_eq!(panicked.downcast_ref(), Some(&"a bug"));
        }
        let breaker = breaker("sync.parse");
        assert_eq!(
            (breaker.state(), breaker.snapshot().totals.panicked),
            (State::Open, 2)
        );
    });
}

#[circuit_breaker(name = "sync.path", threshold = 1, fallback = of_cache)]
fn with_path((user, _): (String, u8), _: &mut Vec<u8>) -> Result<String, Error> {
    Err(if user.is_empty() {
        Error::NotFound
    } else {
        Error::Down
    })
}

fn of_cache((user, page): (String, u8), seen: &mut Vec<u8>) -> Result<String, Error> {
    seen.push(page);
    Ok(user + " of the cache")
}

#[test]
fn a_path_answers_a_rejected_synchronous_call() {
    scope(|| {
        let mut seen = Vec::new();
        assert_eq!(with_path(("ann".to_owned(), 1), &mut seen), Err(Error::Down));
        assert_eq!(
            with_path(("ann".to_owned(), 2), &mut seen),
            Ok("ann of the cache".to_owned())
        );
        assert_eq!(seen, [2]);
        let totals = breaker("sync.path").snapshot().totals;
        assert_eq!((totals.fallback_ok, totals.fallback_failed), (1, 0));
    });
}

struct Client {
    calls: u64,
}

impl Client {
    #[circuit_breaker(
        name = "sync.client", threshold = 2, fallback_on = "failure",
        fallback = |cause| match cause {
            Cause::Failed(Err(error)) => Ok(format!("{error:?}: {user} after {} calls", self.calls)),
            _ => Ok(user),
        },
    )]
    fn get(&mut self, user: String) -> Result<String, Error> {
        self.calls += 1;
        drop(user);
        Err(Error::Down)
    }

    #[circuit_breaker(name = "sync.end", threshold = 1, fallback = Self::not_ended, fallback_on = "failure")]
    fn end(self) -> Result<u64, Error> {
        Err(Error::Down)
    }

    fn not_ended(self) -> Result<u64, Error> {
        Ok(self.calls)
    }
}

#[test]
fn a_closure_answers_a_failed_synchronous_call() {
    scope(|| {
        let mut client = Client { calls: 0 };
        assert_eq!(
            client.get("ann".to_owned()),
            Ok("Down: ann after 1 calls".to_owned())
        );
        assert_eq!(
            client.get("ann".to_owned()),
            Ok("Down: ann after 2 calls".to_owned())
        );
        assert_eq!(client.get("ann".to_owned()), Ok("ann".to_owned()));
        assert_eq!((client.calls, client.end()), (2, Ok(2)));
    });
}

#[circuit_breaker(name = "sync.kept", threshold = 1, last_good = "5m", last_good_key = id)]
fn kept(id: u64, healthy: bool) -> io::Result<u64> {
    if healthy {
        Ok(id + 1)
    } else {
        Err(io::ErrorKind::Other.into())
    }
}

#[test]
fn the_last_good_value_of_a_synchronous_function_is_served() {
    scope(|| {
        assert_eq!(kept(7, true).expect("healthy"), 8);
        kept(7, false).expect_err("it trips");
        assert_eq!(breaker("sync.kept").state(), State::Open);
        assert_eq!(kept(7, false).expect("kept"), 8);
        kept(8, true).expect_err("nothing was kept");
    });
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "a classifier takes a reference")]
fn is_slow(answer: &u64) -> Outcome {
    if *answer > 1 {
        Outcome::Failure
    } else {
        Outcome::Success
    }
}

#[circuit_breaker(name = "sync.plain", threshold = 1, classify = is_slow, fallback = |_| id)]
fn of_any_type(id: u64) -> u64 {
    id * 2
}

#[test]
fn a_synchronous_function_may_return_any_type() {
    scope(|| {
        assert_eq!([of_any_type(1), of_any_type(1)], [2, 1]);
    });
}

#[circuit_breaker(name = "sync.numbers", fallback = |_| Ok(Some(0).into_iter()))]
fn numbers(last: u64) -> io::Result<impl Iterator<Item = u64>> {
    Ok(Some(last).into_iter())
}

#[allow(clippy::diverging_sub_expression, reason = "neither of them returns")]
#[circuit_breaker(name = "sync.never", fallback = |_| resume_unwind(Box::new("rejected")))]
fn never() -> ! {
    resume_unwind(Box::new("a bug"))
}

#[test]
fn a_synchronous_function_may_return_impl_trait_or_never() {
    scope(|| {
        assert_eq!(numbers(5).expect("closed").collect::<Vec<_>>(), [5]);
        breaker("sync.numbers").trip();
        assert_eq!(numbers(5).expect("answered").collect::<Vec<_>>(), [0]);
        catch_unwind(|| never()).expect_err("it panics");
    });
}

thread_local! {
    static DROPPED: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
}

struct Noted(&'static str);

impl Drop for Noted {
    fn drop(&mut self) {
        DROPPED.with_borrow_mut(|dropped| dropped.push(self.0));
    }
}

fn plain(_first: Noted, _: Noted, third: Noted, _fourth: Noted) -> Result<(), Error> {
    let _local = Noted("local");
    drop(third);
    Ok(())
}

#[circuit_breaker]
fn guarded(_first: Noted, _: Noted, third: Noted, _fourth: Noted) -> Result<(), Error> {
    let _local = Noted("local");
    drop(third);
    Ok(())
}

#[test]
fn arguments_are_dropped_in_the_order_of_the_plain_function() {
    let arguments = || (Noted("first"), Noted("second"), Noted("third"), Noted("fourth"));
    let dropped = |function: fn(Noted, Noted, Noted, Noted) -> Result<(), Error>| {
        let (a, b, c, d) = arguments();
        function(a, b, c, d).expect("it succeeds");
        DROPPED.take()
    };
    assert_eq!(scope(|| dropped(guarded)), dropped(plain));
}

#[circuit_breaker(name = "sync.recursive", cooldown = "10s")]
fn factorial(n: u64) -> Result<u64, Error> {
    if n == 0 { Ok(1) } else { Ok(n * factorial(n - 1)?) }
}

/// A call inside a trial call is a part of it (R20).
#[tokio::test(start_paused = true)]
async fn a_recursive_synchronous_function_recovers() {
    isolated(async {
        assert_eq!(factorial(5), Ok(120));
        breaker("sync.recursive").trip();
        assert_eq!(factorial(5), Err(Error::Rejected));
        tokio::time::advance(Duration::from_secs(10)).await;
        assert_eq!(factorial(5), Ok(120));
        assert_eq!(breaker("sync.recursive").state(), State::Closed);
    })
    .await;
}
