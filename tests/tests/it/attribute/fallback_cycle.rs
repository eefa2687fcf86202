//! Annotated fallbacks of annotated functions: long chains, and cycles.

use std::{future::Future, io, pin::Pin};

use fusebox::{Cause, Registry, Rejected, circuit_breaker, testing::isolated};

fn all(change: impl Fn(&fusebox::CircuitBreaker)) {
    let registry = Registry::current();
    for declaration in registry
        .catalog()
        .filter(|one| one.location().module() == module_path!())
    {
        change(&registry.get(&declaration.name()).expect("declared"));
    }
}

macro_rules! chain {
    ($last:ident) => {
        async fn $last() -> Result<u32, Down> {
            Ok(41)
        }
    };
    ($first:ident $next:ident $($rest:ident)*) => {
        #[circuit_breaker(fallback = $next)]
        async fn $first() -> Result<u32, Down> {
            Ok(0)
        }
        chain!($next $($rest)*);
    };
}

/// An error type that no rejection can be made of.
#[derive(Debug, PartialEq)]
struct Down;

chain!(f0 f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 f11 f12 f13 f14 f15 f16 f17 f18 f19 f20 f21 f22 f23 f24 f25 f26 f27 f28 f29
    f30 f31 f32 f33 f34 f35 f36 f37 f38 f39 f40 last);

#[tokio::test]
async fn a_chain_of_41_functions_ends_with_the_last_answer() {
    isolated(async {
        all(fusebox::CircuitBreaker::force_open);
        assert_eq!(f0().await, Ok(41));
    })
    .await;
}

type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

#[circuit_breaker(fallback = thither)]
async fn hither() -> io::Result<&'static str> {
    Ok("hither")
}

#[circuit_breaker(fallback = boxed_hither)]
async fn thither() -> io::Result<&'static str> {
    Ok("thither")
}

fn boxed_hither() -> Boxed<io::Result<&'static str>> {
    Box::pin(hither())
}

#[tokio::test]
async fn a_cycle_answers_while_one_of_it_can_and_ends_with_the_rejection() {
    isolated(async {
        let hither_is = |change: fn(&fusebox::CircuitBreaker)| {
            change(
                &Registry::current()
                    .get(concat!(module_path!(), "::hither"))
                    .expect("declared"),
            );
        };
        hither_is(fusebox::CircuitBreaker::trip);
        assert_eq!(hither().await.expect("the fallback"), "thither");
        all(fusebox::CircuitBreaker::force_open);
        for _ in 0..2 {
            let error = hither().await.expect_err("nothing can answer");
            let inner = error.get_ref().expect("the rejection");
            assert!(inner.is::<Rejected>(), "{inner}");
        }
        hither_is(fusebox::CircuitBreaker::release_override);
        hither_is(fusebox::CircuitBreaker::reset);
        assert_eq!(thither().await.expect("the fallback"), "hither");
    })
    .await;
}

#[circuit_breaker(fallback = |_| boxed_alone(depth - 1).await)]
async fn alone(depth: u32) -> io::Result<u32> {
    Ok(depth)
}

/// Answers at the end, which is soon enough.
fn boxed_alone(depth: u32) -> Boxed<io::Result<u32>> {
    if depth == 0 {
        return Box::pin(async { Ok(0) });
    }
    Box::pin(alone(depth))
}

#[tokio::test]
async fn a_fallback_may_call_its_own_function_again() {
    isolated(async {
        all(fusebox::CircuitBreaker::force_open);
        assert_eq!(alone(30).await.expect("the end"), 0);
    })
    .await;
}

#[circuit_breaker(fallback_on = "failure", fallback = |cause: Cause<_>| { let _ = cause; boxed_strict().await })]
async fn strict() -> Result<(), Down> {
    Err(Down)
}

fn boxed_strict() -> Boxed<Result<(), Down>> {
    Box::pin(strict())
}

#[tokio::test]
async fn a_cycle_that_cannot_return_a_rejection_panics_with_the_name() {
    let calls = tokio::spawn(isolated(async {
        all(fusebox::CircuitBreaker::force_open);
        strict().await
    }));
    let panic = calls.await.expect_err("nothing can answer").into_panic();
    let message = panic.downcast_ref::<String>().expect("a message");
    let name = concat!(module_path!(), "::strict");
    assert_eq!(
        *message,
        format!("fallback cycle: every breaker starting at `{name}` rejected the call")
    );
}
