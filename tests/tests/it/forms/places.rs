//! Returned futures, recursion, modules and macros.
#![deny(warnings)]
#![allow(clippy::unused_async)]

use std::{future::Future, pin::Pin};

use fusebox::circuit_breaker;
use fusebox_tests::by_hand::assert_send;
use fusebox_tests::called::open;
use fusebox_tests::error::Error;

#[circuit_breaker(name = "returns.impl", fallback = future_else)]
fn returns_impl(id: u64) -> impl Future<Output = Result<u64, Error>> + Send {
    let before = id + 1;
    async move { Ok(before) }
}

async fn future_else(id: u64) -> Result<u64, Error> {
    Ok(100 + id)
}

#[circuit_breaker(name = "returns.box", fallback = future_else)]
fn returns_box<'a>(id: u64) -> Pin<Box<dyn Future<Output = Result<u64, Error>> + Send + 'a>> {
    Box::pin(async move {
        if id == 0 {
            return Err(Error::Down);
        }
        Ok(id)
    })
}

#[tokio::test]
async fn a_function_that_returns_a_future_is_guarded() {
    assert_eq!(returns_impl(1).await, Ok(2));
    assert_eq!(returns_box(1).await, Ok(1));
    assert_eq!(returns_box(0).await, Err(Error::Down));
    open("returns.impl");
    open("returns.box");
    assert_eq!(returns_impl(1).await, Ok(101));
    assert_eq!(returns_box(0).await, Ok(100));
}

#[tokio::test]
async fn futures_stay_send() {
    assert_eq!(assert_send(recursive(3)).await, Ok(6));
}

#[circuit_breaker(name = "recursive")]
async fn recursive(n: u64) -> Result<u64, Error> {
    if n == 0 {
        return Ok(0);
    }
    Ok(n + Box::pin(recursive(n - 1)).await?)
}

#[tokio::test]
async fn recursive_and_nested_functions_are_guarded() {
    #[circuit_breaker]
    async fn outer(n: u64) -> Result<u64, Error> {
        #[circuit_breaker]
        async fn inner(n: u64) -> Result<u64, Error> {
            Ok(n + 1)
        }
        inner(n).await
    }
    assert_eq!(recursive(4).await, Ok(10));
    assert_eq!(outer(1).await, Ok(2));
    assert_eq!(IN_A_CONSTANT(1), 2);
    let in_a_closure = |n: u64| {
        #[circuit_breaker]
        async fn inner(n: u64) -> Result<u64, Error> {
            Ok(n + 3)
        }
        inner(n)
    };
    assert_eq!(in_a_closure(1).await, Ok(4));
}

/// The block of a constant, with a function in it.
const IN_A_CONSTANT: fn(u64) -> u64 = {
    #[circuit_breaker]
    async fn inner(n: u64) -> Result<u64, Error> {
        Ok(n + 1)
    }
    |n| size_of_val(&inner(n)).min(1) as u64 + n
};

mod renamed {
    pub(crate) use ::fusebox as breakers;
    /// A user's module that is called like the crate.
    pub(crate) mod fusebox {}

    #[breakers::circuit_breaker(crate = breakers, threshold = LIMIT, name = NAME, trial_calls = self::LIMIT)]
    pub(crate) async fn guarded() -> Result<u64, super::Error> {
        Ok(1)
    }

    pub(crate) const LIMIT: u32 = 3;
    pub(crate) const NAME: &str = "renamed-dependency";
}

#[tokio::test]
async fn the_path_of_the_crate_survives_shadowing_and_renaming() {
    assert_eq!(renamed::guarded().await, Ok(1));
    let settings = fusebox::Registry::global().get(renamed::NAME).unwrap().settings();
    assert_eq!(settings.threshold(), fusebox::Threshold::failures(3));
    assert_eq!(settings.trial_calls(), 3);
}

macro_rules! made {
    ($vis:vis $name:ident, $ret:ty, $body:block, $limit:literal, $every:expr, $fallback:path, $count:tt) => {
        #[circuit_breaker(threshold = $limit, cooldown = $every, fallback = $fallback, trial_calls = $count)]
        $vis async fn $name() -> $ret $body
    };
}

async fn made_else() -> Result<u64, Error> {
    Ok(2)
}

made!(pub(crate) made_by_macro, Result<u64, Error>, { Ok(1) }, 5, "10s", made_else, 2);

macro_rules! item {
    ($item:item) => {
        #[circuit_breaker]
        $item
    };
}

item! {
    async fn made_of_item() -> Result<u64, Error> {
        Ok(3)
    }
}

#[tokio::test]
async fn functions_made_by_macro_rules_are_guarded() {
    assert_eq!(made_by_macro().await, Ok(1));
    assert_eq!(made_of_item().await, Ok(3));
}

#[circuit_breaker(name = "left", fallback = right)]
async fn left(id: u64) -> Result<u64, Error> {
    Ok(id)
}

#[circuit_breaker(name = "right", fallback = left)]
async fn right(id: u64) -> Result<u64, Error> {
    Ok(id + 100)
}

macro_rules! with_crate_path {
    ($name:ident) => {
        #[circuit_breaker(name = "dollar-crate", fallback = $crate::forms::places::future_else)]
        async fn $name(id: u64) -> Result<u64, Error> {
            Ok(id)
        }
    };
}

with_crate_path!(made_with_crate_path);

#[tokio::test]
async fn two_functions_may_be_fallbacks_of_each_other() {
    assert_eq!(assert_send(left(1)).await, Ok(1));
    open("left");
    assert_eq!(left(1).await, Ok(101));
    assert_eq!(made_with_crate_path(1).await, Ok(1));
    open("dollar-crate");
    assert_eq!(made_with_crate_path(1).await, Ok(101));
}

/// `#[circuit_breaker]` above: the function is still an `async fn` then.
#[circuit_breaker]
#[tokio::main(flavor = "current_thread")]
async fn guarded_main() -> Result<u64, Error> {
    Ok(12)
}

#[test]
fn a_main_function_is_guarded() {
    assert_eq!(guarded_main(), Ok(12));
}

#[circuit_breaker(last_good = "1s")]
async fn impl_kept(n: u64) -> Result<impl Clone + Send + Into<u64>, Error> {
    Ok(n)
}

#[circuit_breaker(fallback = |_| Ok(0..9), fallback_on = "failure", timeout = "1s")]
async fn impl_answered(n: u64) -> Result<impl Iterator<Item = u64> + use<>, Error> {
    if n == 0 {
        return Err(Error::Down);
    }
    Ok(0..n)
}

#[circuit_breaker(fallback = any_else, fallback_on = "failure", timeout = "1s")]
async fn any_answered(n: u64) -> Result<u64, Error> {
    if n == 0 { Err(Error::Down) } else { Ok(n) }
}

async fn any_else<T: From<u64>>(_: u64) -> Result<T, Error> {
    Ok(T::from(7))
}

#[tokio::test]
async fn an_impl_trait_return_type_has_fallbacks_too() {
    assert_eq!(impl_kept(3).await.map(Into::into), Ok(3));
    assert_eq!(impl_answered(0).await.map(Iterator::count), Ok(9));
    assert_eq!(any_answered(0).await, Ok(7));
}
