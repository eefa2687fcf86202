//! Bodies and the attributes in and on them.
#![deny(warnings)]
#![allow(
    clippy::unused_async,
    clippy::many_single_char_names,
    clippy::never_loop,
    clippy::double_must_use
)]

use std::cell::RefCell;

use fusebox::circuit_breaker;
use fusebox_tests::error::Error;

#[circuit_breaker(name = "control-flow", fallback = control_flow_else)]
async fn control_flow(n: u64) -> Result<u64, Error> {
    let parsed: u64 = async { "1".parse::<u64>().map_err(|_| Error::Down) }.await?;
    let found = 'search: {
        for i in 0.. {
            if i == n {
                break 'search i;
            }
        }
        0
    };
    if found > 10 {
        return Err(Error::NotFound);
    }
    loop {
        tokio::task::yield_now().await;
        break Ok(found + parsed);
    }
}

async fn control_flow_else(_: u64) -> Result<u64, Error> {
    Ok(0)
}

#[tokio::test]
async fn question_mark_return_and_labels_work_in_the_body() {
    assert_eq!(control_flow(3).await, Ok(4));
    assert_eq!(control_flow(11).await, Err(Error::NotFound));
}

#[circuit_breaker]
async fn to_do() -> Result<u64, Error> {
    todo!()
}

#[circuit_breaker]
async fn never_reached(yes: bool) -> Result<u64, Error> {
    if yes {
        return Ok(1);
    }
    unreachable!("{}", 1)
}

#[circuit_breaker]
async fn inner_attributes() -> Result<u64, Error> {
    #![allow(unused_variables)]
    #![allow(unused_mut)]
    let mut unused = 1;
    Ok(1)
}

#[circuit_breaker]
async fn one_literal() -> Result<u64, std::io::Error> {
    Ok(1)
}

#[tokio::test]
async fn diverging_bodies_and_inner_attributes_compile() {
    assert!(tokio::spawn(to_do()).await.unwrap_err().is_panic());
    assert_eq!(never_reached(true).await, Ok(1));
    assert_eq!(inner_attributes().await, Ok(1));
    assert_eq!(one_literal().await.unwrap(), 1);
}

mod shadowed {
    use fusebox::circuit_breaker;

    pub(crate) mod core {}
    pub(crate) mod std {}
    pub(crate) mod fusebox_ {}
    #[allow(dead_code)]
    enum Result {}
    #[allow(dead_code, non_snake_case)]
    fn Ok() {}
    #[allow(dead_code, non_snake_case)]
    fn Err() {}

    #[circuit_breaker(fallback = |_| ::core::result::Result::Ok(__permit + __rejected))]
    pub(crate) async fn items_inside(
        __permit: u8,
        __rejected: u8,
    ) -> ::core::result::Result<u8, super::Error> {
        const OFFSET: u8 = 1;
        #[allow(unused_macros)]
        macro_rules! double {
            ($e:expr) => {
                $e * 2
            };
        }
        fn inside(n: u8) -> u8 {
            double!(n)
        }
        let __answer = inside(__permit);
        let __out = __answer + __rejected;
        let __verdict = __out + OFFSET;
        ::core::result::Result::Ok(__verdict)
    }
}

#[tokio::test]
async fn names_in_the_body_do_not_clash_with_generated_names() {
    assert_eq!(shadowed::items_inside(2, 3).await, Ok(8));
}

/// Documented.
#[circuit_breaker]
#[must_use]
#[inline]
#[doc(hidden)]
#[cfg_attr(all(), allow(dead_code))]
#[expect(unused_variables, reason = "to see that it still is one")]
async fn with_attributes(unused: u64) -> Result<u64, Error> {
    Ok(1)
}

#[circuit_breaker]
#[deprecated]
async fn old() -> Result<u64, Error> {
    Ok(1)
}

#[tracing::instrument]
#[circuit_breaker]
async fn instrumented_above(n: u64) -> Result<u64, Error> {
    Ok(n)
}

#[circuit_breaker]
#[tracing::instrument]
async fn instrumented_below(n: u64) -> Result<u64, Error> {
    Ok(n)
}

#[tokio::test]
async fn other_attributes_stay_on_the_function() {
    assert_eq!(with_attributes(1).await, Ok(1));
    #[allow(deprecated)]
    let old = old();
    assert_eq!(old.await, Ok(1));
    assert_eq!(instrumented_above(1).await, Ok(1));
    assert_eq!(instrumented_below(2).await, Ok(2));
}

thread_local! {
    static LOG: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
}

struct Logged(&'static str);

impl Drop for Logged {
    fn drop(&mut self) {
        LOG.with_borrow_mut(|log| log.push(self.0));
    }
}

impl Logged {
    fn touch(&self) -> u64 {
        u64::from(self.0.is_empty())
    }
}

macro_rules! drops {
    ($(#[$attr:meta])? $name:ident) => {
        $(#[$attr])?
        async fn $name(
            first: Logged,
            (second, third): (Logged, Logged),
            _unused: Logged,
            _: Logged,
            last: Logged,
        ) -> Result<u64, Error> {
            let _local = Logged("local");
            let _touched = third.touch() + first.touch();
            drop(second);
            tokio::task::yield_now().await;
            Ok(Logged("temporary").touch() + last.touch())
        }
    };
}

drops!(plain_drops);
drops!(
    #[circuit_breaker]
    guarded_drops
);
drops!(
    #[circuit_breaker(name = "drops", fallback = drops_else)]
    guarded_drops_with_fallback
);

async fn drops_else(_: Logged, _: (Logged, Logged), _: Logged, _: Logged, _: Logged) -> Result<u64, Error> {
    Ok(0)
}

#[tokio::test]
async fn drop_order_is_that_of_the_plain_function() {
    let arguments = || {
        (
            Logged("first"),
            (Logged("second"), Logged("third")),
            Logged("unused"),
            Logged("wild"),
            Logged("last"),
        )
    };
    let (a, b, c, d, e) = arguments();
    plain_drops(a, b, c, d, e).await.unwrap();
    let plain = LOG.take();
    assert_eq!(plain.len(), 8);

    let (a, b, c, d, e) = arguments();
    guarded_drops(a, b, c, d, e).await.unwrap();
    assert_eq!(LOG.take(), plain);

    let (a, b, c, d, e) = arguments();
    guarded_drops_with_fallback(a, b, c, d, e).await.unwrap();
    assert_eq!(LOG.take(), plain);
}
