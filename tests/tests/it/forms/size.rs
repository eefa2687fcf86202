//! The attribute makes a future at most 1 % and 64 bytes larger.
//! With `timeout`, by a `Sleep` and 96 bytes more.

#![allow(clippy::large_types_passed_by_value, reason = "that is what is measured")]

use std::io;

use fusebox::circuit_breaker;

type Big = [u64; 192];

async fn work(value: &mut Big) {
    tokio::task::yield_now().await;
    value[0] += 1;
}

async fn plain(mut value: Big) -> io::Result<u64> {
    work(&mut value).await;
    Ok(value[0])
}

#[circuit_breaker]
async fn guarded(mut value: Big) -> io::Result<u64> {
    work(&mut value).await;
    Ok(value[0])
}

#[circuit_breaker(timeout = "1s")]
async fn timed(mut value: Big) -> io::Result<u64> {
    work(&mut value).await;
    Ok(value[0])
}

async fn other(_: Big) -> io::Result<u64> {
    tokio::task::yield_now().await;
    Ok(1)
}

#[circuit_breaker(fallback = other)]
async fn with_path(mut value: Big) -> io::Result<u64> {
    work(&mut value).await;
    Ok(value[0])
}

#[circuit_breaker(fallback = |_| Ok(value[0]))]
async fn with_closure(mut value: Big) -> io::Result<u64> {
    work(&mut value).await;
    Ok(value[0])
}

#[circuit_breaker(fallback = other, fallback_on = "failure")]
async fn after_failure(mut value: Big) -> io::Result<u64> {
    work(&mut value).await;
    Ok(value[0])
}

#[circuit_breaker(fallback = |_| Ok(value[0]), fallback_on = "failure", timeout = "1s")]
async fn closure_after_failure(mut value: Big) -> io::Result<u64> {
    work(&mut value).await;
    Ok(value[0])
}

/// Of a small body, a percentage means nothing.
mod small {
    use std::io;

    use fusebox::{Outcome, circuit_breaker};

    pub(super) async fn plain(id: u64) -> io::Result<u64> {
        tokio::task::yield_now().await;
        Ok(id)
    }

    async fn other(id: u64) -> io::Result<u64> {
        plain(id).await
    }

    fn judge(_: &io::Result<u64>) -> Outcome {
        Outcome::Success
    }

    /// The functions, and what they are called with the sizes of their futures.
    macro_rules! guarded {
        ($sizes:ident: $($name:ident($($argument:tt)*);)*) => {
            $(
                #[circuit_breaker($($argument)*)]
                async fn $name(id: u64) -> io::Result<u64> {
                    tokio::task::yield_now().await;
                    Ok(id)
                }
            )*

            pub(super) fn $sizes() -> Vec<(&'static str, usize)> {
                vec![$((stringify!($name), super::size($name))),*]
            }
        };
    }

    guarded! {
        untimed:
        bare();
        ignore(ignore = Err(_));
        failure(failure = Err(_));
        classify(classify = judge);
        path(fallback = other);
        closure(fallback = |_| Ok(1));
        path_on_failure(fallback = other, fallback_on = "failure");
        closure_on_failure(fallback = |_| Ok(1), fallback_on = "failure");
        kept(last_good = "1s");
        kept_path(last_good = "1s", fallback = other);
        kept_closure(last_good = "1s", fallback = |_| Ok(1));
        kept_on_failure(last_good = "1s", fallback = |_| Ok(1), fallback_on = "failure");
        classify_closure(classify = judge, fallback = |_| Ok(1));
    }

    guarded! {
        timed:
        with_timeout(timeout = "1s");
        timeout_and_path(timeout = "1s", fallback = other);
        timeout_and_ignore(timeout = "1s", ignore = Err(_));
    }
}

fn size<A, F>(_: fn(A) -> F) -> usize {
    size_of::<F>()
}

/// What a `timeout` may add.
const TIMEOUT: usize = size_of::<tokio::time::Sleep>() + 96;

#[track_caller]
fn assert_small<F>(guarded: fn(Big) -> F, timeout: bool) {
    let plain = size(plain);
    let most = plain + plain / 100 + 64 + if timeout { TIMEOUT } else { 0 };
    let size = size(guarded);
    assert!(size <= most, "{size} bytes, plain {plain}, at most {most}");
}

#[test]
fn a_guarded_future_is_hardly_larger_than_a_plain_one() {
    assert_small(guarded, false);
    assert_small(with_path, false);
    assert_small(with_closure, false);
    assert_small(after_failure, false);
}

#[test]
fn a_small_future_is_hardly_larger_in_any_form() {
    let plain = size(small::plain);
    for (sizes, most) in [(small::untimed(), 64), (small::timed(), TIMEOUT)] {
        for (name, size) in sizes {
            assert!(size <= plain + most, "{name}: {size} bytes, plain {plain}");
        }
    }
}

#[test]
fn a_timeout_costs_a_sleep() {
    assert_small(timed, true);
    assert_small(closure_after_failure, true);
}

/// 384 bytes that own something.
type Order = [String; 16];

#[allow(clippy::needless_pass_by_value, reason = "the argument is dead after it")]
fn to_json(order: Order) -> u64 {
    order.concat().len() as u64
}

/// The sizes of one body, plain and annotated in two ways.
macro_rules! sizes {
    (($($parameters:tt)*) $body:block) => {{
        async fn plain($($parameters)*) -> io::Result<u64> $body
        #[circuit_breaker]
        async fn guarded($($parameters)*) -> io::Result<u64> $body
        #[circuit_breaker(timeout = "1s")]
        async fn timed($($parameters)*) -> io::Result<u64> $body
        (size(plain), size(guarded), size(timed))
    }};
}

#[track_caller]
fn assert_at_most(plain: usize, guarded: usize, more: usize) {
    let most = plain + plain / 100 + 64 + more;
    assert!(guarded <= most, "{guarded} bytes, plain {plain}, at most {most}");
}

#[test]
fn an_unused_argument_without_a_destructor_costs_nothing() {
    let (plain, guarded, timed) = sizes! {(_ctx: [u64; 64]) { tokio::task::yield_now().await; Ok(1) }};
    assert_at_most(plain, guarded, 0);
    assert_at_most(plain, timed, TIMEOUT);
    let (plain, guarded, timed) = sizes! {(_: [u8; 4096]) { tokio::task::yield_now().await; Ok(1) }};
    assert_at_most(plain, guarded, 0);
    assert_at_most(plain, timed, TIMEOUT);
}

/// The futures of the function and of its body each reserve room for it.
///
/// rustc keeps the room of captured arguments until a future ends. The plain function needs it once
/// if it does not hold the argument across an `.await`. A `Box` or an `Arc` makes it small.
#[test]
fn an_argument_that_is_dead_at_the_first_await_is_held_twice() {
    let (plain, guarded, timed) = sizes! {(order: Order) {
        let body = to_json(order);
        tokio::task::yield_now().await;
        Ok(body)
    }};
    assert_at_most(plain, guarded, size_of::<Order>());
    assert_at_most(plain, timed, size_of::<Order>() + TIMEOUT);
    let (plain, guarded, _) = sizes! {(order: Box<Order>) {
        let body = to_json(*order);
        tokio::task::yield_now().await;
        Ok(body)
    }};
    assert_at_most(plain, guarded, 0);
}
