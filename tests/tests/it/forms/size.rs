//! The attribute makes a future at most 1 % and 64 bytes larger.
//! With `timeout`, by a `Sleep` and 96 bytes more.

#![allow(clippy::large_types_passed_by_value, reason = "that is what is measured")]

use std::{io, time::Duration};

use fusebox::{Registry, circuit_breaker};

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

async fn send(order: Order) -> u64 {
    tokio::task::yield_now().await;
    order.len() as u64
}

/// The sizes of one body, plain and annotated: without a `timeout`, and with
/// one.
macro_rules! sizes {
    (($parameter:tt: $type:ty) $body:block) => {{
        async fn plain($parameter: $type) -> io::Result<u64> $body
        async fn instead(_: $type) -> io::Result<u64> { Ok(1) }
        #[circuit_breaker]
        async fn bare($parameter: $type) -> io::Result<u64> $body
        #[circuit_breaker(fallback = |_| Ok(1))]
        async fn closure($parameter: $type) -> io::Result<u64> $body
        #[circuit_breaker(fallback = instead)]
        async fn path($parameter: $type) -> io::Result<u64> $body
        #[circuit_breaker(fallback = instead, fallback_on = "failure")]
        async fn path_on_failure($parameter: $type) -> io::Result<u64> $body
        #[circuit_breaker(timeout = "1s")]
        async fn timed($parameter: $type) -> io::Result<u64> $body
        #[circuit_breaker(timeout = "1s", fallback = |_| Ok(1), fallback_on = "failure")]
        async fn timed_closure($parameter: $type) -> io::Result<u64> $body
        Sizes {
            plain: size(plain),
            untimed: vec![
                ("bare", size(bare)),
                ("closure", size(closure)),
                ("path", size(path)),
                ("path_on_failure", size(path_on_failure)),
            ],
            timed: vec![("timed", size(timed)), ("timed_closure", size(timed_closure))],
        }
    }};
}

struct Sizes {
    plain: usize,
    untimed: Vec<(&'static str, usize)>,
    timed: Vec<(&'static str, usize)>,
}

impl Sizes {
    /// Asserts that no form is larger than the README promises, and `more`.
    #[track_caller]
    fn assert_at_most(self, more: usize) {
        let Self {
            plain,
            untimed,
            timed,
        } = self;
        let most = plain + plain / 100 + 64 + more;
        for (form, size) in untimed {
            assert!(
                size <= most,
                "{form}: {size} bytes, plain {plain}, at most {most}"
            );
        }
        let most = most + TIMEOUT;
        for (form, size) in timed {
            assert!(
                size <= most,
                "{form}: {size} bytes, plain {plain}, at most {most}"
            );
        }
    }
}

#[test]
fn an_argument_that_the_body_keeps_while_it_waits_costs_nothing() {
    sizes!((order: Order) {
        tokio::task::yield_now().await;
        Ok(to_json(order))
    })
    .assert_at_most(0);
    sizes!((order: Order) {
        let length = order.len() as u64;
        tokio::task::yield_now().await;
        Ok(length)
    })
    .assert_at_most(0);
}

#[test]
fn an_unused_argument_costs_nothing() {
    sizes!((_ctx: [u64; 64]) { tokio::task::yield_now().await; Ok(1) }).assert_at_most(0);
    sizes!((_: [u8; 4096]) { tokio::task::yield_now().await; Ok(1) }).assert_at_most(0);
    sizes!((_order: Order) { tokio::task::yield_now().await; Ok(1) }).assert_at_most(0);
    sizes!((_: Order) { tokio::task::yield_now().await; Ok(1) }).assert_at_most(0);
}

/// The futures of the function and of its body each reserve room for it.
///
/// rustc keeps the room of captured arguments until a future ends. The plain function needs it once
/// if it does not hold the argument across an `.await`. A `Box` or an `Arc` makes it small.
#[test]
fn an_argument_that_the_body_no_longer_has_while_it_waits_is_held_once_more() {
    sizes!((order: Order) {
        let body = to_json(order);
        tokio::task::yield_now().await;
        Ok(body)
    })
    .assert_at_most(size_of::<Order>());
    sizes!((order: Order) { Ok(send(order).await) }).assert_at_most(size_of::<Order>());
    sizes!((order: Order) { Ok(to_json(order)) }).assert_at_most(size_of::<Order>());
    sizes!((numbers: [u64; 64]) {
        let first = numbers[0];
        tokio::task::yield_now().await;
        Ok(first)
    })
    .assert_at_most(size_of::<[u64; 64]>());
    sizes!((order: Box<Order>) { Ok(send(*order).await) }).assert_at_most(0);
}

#[test]
fn by_hand_a_call_is_its_future_and_at_most_one_percent_and_64_bytes() {
    let breaker = Registry::new().breaker("sizes").build().expect("it is the first");
    let future = || plain([0; 192]);
    let most = size_of_val(&future()) * 101 / 100 + 64;
    let timed = breaker.with_timeout(Duration::from_secs(1));
    for (way, size) in [
        ("call", size_of_val(&breaker.call(future()))),
        ("call with a timeout", size_of_val(&timed.call(future()))),
        (
            "call_classified",
            size_of_val(&breaker.call_classified(future(), fusebox::classify::io)),
        ),
    ] {
        assert!(size <= most, "{way}: {size} bytes, at most {most}");
    }
}

/// An `async` block keeps what it captures and what it pins.
#[test]
fn by_hand_a_permit_holds_its_future_twice() {
    let breaker = Registry::new().breaker("sizes").build().expect("it is the first");
    let future = || plain([0; 192]);
    let most = 2 * size_of_val(&future()) + 256;
    let permit = || breaker.try_acquire().expect("closed");
    for (way, size) in [
        ("run", size_of_val(&permit().run(future()))),
        (
            "run_classified",
            size_of_val(&permit().run_classified(future(), fusebox::classify::io)),
        ),
    ] {
        assert!(size <= most, "{way}: {size} bytes, at most {most}");
    }
}
