//! Signatures: receivers, generics, borrows, patterns, return types.
#![deny(warnings)]
#![allow(
    clippy::unused_async,
    clippy::trivially_copy_pass_by_ref,
    clippy::needless_pass_by_value
)]

use std::{io, pin::Pin, sync::Arc};

use fusebox::circuit_breaker;
use fusebox_tests::called::open;
use fusebox_tests::error::Error;

struct Service {
    calls: u64,
}

impl Service {
    #[circuit_breaker(name = "receiver.by_ref", fallback = Self::by_ref_else)]
    async fn by_ref(&self, by: u64) -> Result<u64, Error> {
        Ok(self.calls + by)
    }

    async fn by_ref_else(&self, by: u64) -> Result<u64, Error> {
        Ok(100 + self.calls + by)
    }

    #[circuit_breaker(name = "receiver.by_mut", fallback = Self::by_mut_else)]
    async fn by_mut(&mut self) -> Result<u64, Error> {
        self.calls += 1;
        Ok(self.calls)
    }

    async fn by_mut_else(&mut self) -> Result<u64, Error> {
        self.calls += 100;
        Ok(self.calls)
    }

    #[circuit_breaker(name = "receiver.by_arc", fallback = Self::by_arc_else)]
    async fn by_arc(self: Arc<Self>) -> Result<u64, Error> {
        Ok(self.calls)
    }

    async fn by_arc_else(self: Arc<Self>) -> Result<u64, Error> {
        Ok(100 + self.calls)
    }

    #[circuit_breaker(name = "receiver.by_pin")]
    async fn by_pin(self: Pin<&mut Self>) -> Result<u64, Error> {
        self.get_mut().calls += 1;
        Ok(1)
    }

    #[circuit_breaker(name = "receiver.by_value", fallback = |_| Ok(100 + self.calls))]
    async fn by_value(mut self) -> Result<u64, Error> {
        self.calls += 1;
        Ok(self.calls)
    }

    #[circuit_breaker(fallback = Self::create_else)]
    async fn create(calls: u64) -> Result<Self, Error> {
        Ok(Self { calls })
    }

    async fn create_else(calls: u64) -> Result<Self, Error> {
        Ok(Self { calls: calls + 100 })
    }
}

#[tokio::test]
async fn a_method_with_any_receiver_is_guarded() {
    let mut service = Service::create(1).await.unwrap();
    assert_eq!(service.by_ref(2).await, Ok(3));
    assert_eq!(service.by_mut().await, Ok(2));
    assert_eq!(Pin::new(&mut service).by_pin().await, Ok(1));
    assert_eq!(service.by_value().await, Ok(4));
    assert_eq!(Arc::new(Service { calls: 7 }).by_arc().await, Ok(7));

    for name in ["by_ref", "by_mut", "by_arc", "by_value"] {
        open(&format!("receiver.{name}"));
    }
    let mut service = Service { calls: 1 };
    assert_eq!(service.by_ref(2).await, Ok(103));
    assert_eq!(service.by_mut().await, Ok(101));
    assert_eq!(service.by_value().await, Ok(201));
    assert_eq!(Arc::new(Service { calls: 7 }).by_arc().await, Ok(107));
}

#[circuit_breaker]
async fn generic<'a, T, const N: usize, F>(values: &'a [T; N], test: F) -> Result<Option<&'a T>, Error>
where
    T: PartialEq + 'a,
    F: for<'b> Fn(&'b T) -> bool + Send,
{
    Ok(values.iter().find(|value| test(value)))
}

#[tokio::test]
async fn a_generic_function_may_return_a_borrow_of_its_argument() {
    assert_eq!(generic(&[1, 2, 3], |value| *value > 1).await, Ok(Some(&2)));
}

#[circuit_breaker(fallback = elided_else)]
async fn elided(text: &str) -> Result<&str, Error> {
    Ok(&text[1..])
}

async fn elided_else(text: &str) -> Result<&str, Error> {
    Ok(text)
}

#[circuit_breaker]
async fn impl_argument(
    text: impl Into<String> + Send,
    items: impl IntoIterator<Item = u8>,
) -> Result<String, Error> {
    let sum: u8 = items.into_iter().sum();
    Ok(format!("{}{sum}", text.into()))
}

#[circuit_breaker]
async fn impl_return(n: u64) -> Result<impl Iterator<Item = u64> + use<>, Error> {
    if n == 0 {
        return Err(Error::Down);
    }
    Ok(0..n)
}

#[tokio::test]
async fn elided_lifetimes_and_impl_trait_stay_as_they_are() {
    assert_eq!(elided("abc").await, Ok("bc"));
    assert_eq!(impl_argument("a", [1, 2]).await, Ok("a3".to_owned()));
    assert_eq!(impl_return(3).await.map(Iterator::sum::<u64>), Ok(3));
    assert!(impl_return(0).await.is_err());
}

#[circuit_breaker(name = "never-returns", fallback = never_else)]
async fn never(stop: bool) -> ! {
    assert!(!stop, "stopped");
    std::future::pending().await
}

async fn never_else(_: bool) -> ! {
    panic!("the fallback never returns either")
}

#[tokio::test]
async fn a_function_that_never_returns_is_guarded() {
    let stopped = tokio::spawn(never(true)).await.unwrap_err().into_panic();
    assert_eq!(stopped.downcast_ref(), Some(&"stopped"));
    open("never-returns");
    let refused = tokio::spawn(never(true)).await.unwrap_err().into_panic();
    assert_eq!(refused.downcast_ref(), Some(&"the fallback never returns either"));
}

/// A pattern may call a function by its path.
mod service {
    pub(crate) fn is_down() -> bool {
        false
    }
}

#[circuit_breaker(name = "unit", failure = () if service::is_down(), fallback = |_| ())]
async fn unit() {}

#[circuit_breaker(failure = (), fallback = unit)]
async fn explicit_unit() -> () {}

#[circuit_breaker(failure = None, ignore = Some(0), fallback = |_| Some(1))]
async fn optional(value: Option<u8>) -> Option<u8> {
    value
}

#[tokio::test]
async fn a_function_with_any_return_type_is_guarded() {
    unit().await;
    explicit_unit().await;
    assert_eq!(optional(Some(3)).await, Some(3));
    assert_eq!(optional(None).await, None);
}

#[derive(Clone)]
struct Point {
    x: u64,
    y: u64,
}

#[circuit_breaker(name = "patterns.without")]
async fn patterns(
    (a, mut b): (u64, u64),
    Point { x, ref y }: Point,
    [first, .., last]: [u64; 3],
    whole @ Point { .. }: Point,
    _: u64,
) -> Result<u64, Error> {
    b += 1;
    Ok(a + b + x + *y + first + last + whole.x)
}

#[circuit_breaker(name = "patterns.rejection", fallback = patterns_else)]
async fn patterns_and_rejection(
    (a, mut b): (u64, u64),
    Point { x, ref y }: Point,
    _: u64,
) -> Result<u64, Error> {
    b += 1;
    Ok(a + b + x + *y)
}

#[circuit_breaker(name = "patterns.failure", fallback = patterns_else, fallback_on = "failure")]
async fn patterns_and_failure(
    (a, mut b): (u64, u64),
    Point { x, ref y }: Point,
    _: u64,
) -> Result<u64, Error> {
    b += 1;
    if b == 1 {
        Err(Error::Down)
    } else {
        Ok(a + b + x + *y)
    }
}

async fn patterns_else(pair: (u64, u64), point: Point, last: u64) -> Result<u64, Error> {
    Ok(1_000 + pair.0 + pair.1 + point.x + point.y + last)
}

#[circuit_breaker(name = "patterns.closure", fallback = |_| Ok(b * 1_000 + x), fallback_on = "failure")]
async fn patterns_and_closure((_a, mut b): (u64, u64), Point { x, .. }: Point) -> Result<u64, Error> {
    b += 1;
    if x == 0 { Err(Error::Down) } else { Ok(b) }
}

#[tokio::test]
async fn parameters_that_are_patterns_reach_the_fallback() {
    let point = || Point { x: 10, y: 20 };
    assert_eq!(patterns((1, 2), point(), [3, 4, 5], point(), 6).await, Ok(52));
    assert_eq!(patterns_and_rejection((1, 2), point(), 6).await, Ok(34));
    assert_eq!(patterns_and_failure((1, 2), point(), 6).await, Ok(34));
    assert_eq!(patterns_and_failure((1, 0), point(), 6).await, Ok(1_037));
    assert_eq!(patterns_and_closure((1, 2), point()).await, Ok(3));
    assert_eq!(
        patterns_and_closure((1, 2), Point { x: 0, y: 0 }).await,
        Ok(2_000)
    );
    open("patterns.rejection");
    assert_eq!(patterns_and_rejection((1, 2), point(), 6).await, Ok(1_039));
}

macro_rules! both {
    ($a:pat, $b:pat) => {
        ($a, $b)
    };
}

type Words = (String, String);

#[circuit_breaker(name = "macros.closure", fallback = |_| Ok(format!("{a} or {b}")), fallback_on = "failure")]
async fn macro_and_closure(both!(a, mut b): Words, _: u8, limit: usize) -> Result<String, Error> {
    b.push('!');
    let all = a + &b;
    if all.len() > limit {
        Err(Error::Down)
    } else {
        Ok(all)
    }
}

#[circuit_breaker(name = "macros.synchronous", fallback = |_| Ok(last), fallback_on = "failure")]
fn macro_and_synchronous((_first, both!(_, last)): (String, Words)) -> Result<String, Error> {
    drop(last);
    Err(Error::Down)
}

#[circuit_breaker(name = "macros.path", fallback = first_word, fallback_on = "failure")]
async fn macro_and_path(both!(a, b): Words) -> Result<String, Error> {
    drop((a, b));
    Err(Error::Down)
}

async fn first_word(words: Words) -> Result<String, Error> {
    Ok(words.0)
}

#[circuit_breaker(name = "macros.key", last_good = "5m", last_good_key = a, fallback = |_| Ok(b), fallback_on = "failure")]
async fn macro_and_key(both!(a, b): Words) -> Result<String, Error> {
    if b == "now" { Ok(a) } else { Err(Error::Down) }
}

#[circuit_breaker(name = "macros.guard", failure = Ok(n) if *n > limit, fallback = |_| Ok(limit), fallback_on = "failure")]
async fn macro_and_guard(both!(limit, n): (u64, u64)) -> Result<u64, Error> {
    Ok(n)
}

#[tokio::test]
async fn a_macro_as_a_pattern_binds_for_body_closure_and_key() {
    let words = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    let text = |text: &str| Ok(text.to_owned());
    assert_eq!(macro_and_closure(words("a", "b"), 1, 9).await, text("ab!"));
    assert_eq!(macro_and_closure(words("a", "b"), 1, 0).await, text("a or b"));
    assert_eq!(
        macro_and_synchronous(("a".to_owned(), words("b", "c"))),
        text("c")
    );
    assert_eq!(macro_and_path(words("a", "b")).await, text("a"));
    assert_eq!(macro_and_key(words("a", "first")).await, text("first"));
    assert_eq!(macro_and_key(words("a", "now")).await, text("a"));
    assert_eq!(macro_and_key(words("a", "later")).await, text("a"));
    assert_eq!(macro_and_key(words("b", "later")).await, text("later"));
    assert_eq!(macro_and_guard((5, 9)).await, Ok(5));
    assert_eq!(macro_and_guard((5, 4)).await, Ok(4));
}

#[circuit_breaker]
async fn mutable(mut a: u64, #[allow(unused_variables)] unused: u64) -> io::Result<u64> {
    a += 1;
    Ok(a)
}

#[circuit_breaker(name = "cfg-on-parameters", fallback = with_cfg_else, fallback_on = "failure")]
async fn with_cfg(a: u64, #[cfg(any())] b: Missing, #[cfg(any(test, unix))] c: u64) -> Result<u64, Error> {
    if a == 0 { Err(Error::Down) } else { Ok(a + c) }
}

async fn with_cfg_else(a: u64, c: u64) -> Result<u64, Error> {
    Ok(100 + a + c)
}

#[tokio::test]
async fn parameters_keep_mut_and_cfg() {
    assert_eq!(mutable(1, 2).await.unwrap(), 2);
    assert_eq!(with_cfg(1, 2).await, Ok(3));
    assert_eq!(with_cfg(0, 2).await, Ok(102));
    open("cfg-on-parameters");
    assert_eq!(with_cfg(0, 2).await, Ok(102));
}

struct NotClone(u64);

#[circuit_breaker(name = "only-the-fallback-uses-it", fallback = kept_else, fallback_on = "failure")]
async fn kept(id: u64, _only_for_the_fallback: NotClone, lent: &mut u64) -> Result<u64, Error> {
    *lent += id;
    Err(Error::Down)
}

async fn kept_else(id: u64, only: NotClone, lent: &mut u64) -> Result<u64, Error> {
    Ok(id + only.0 + *lent)
}

#[tokio::test]
async fn what_only_the_fallback_uses_needs_no_clone() {
    assert_eq!(kept(1, NotClone(10), &mut 100).await, Ok(112));
}
