//! The attribute makes a future at most 1 % and 64 bytes larger.
//!
//! With `timeout`, a `Sleep` and 96 bytes come on top. With `key` or `breaker`, 48 bytes do.

#![allow(
    clippy::large_types_passed_by_value,
    clippy::toplevel_ref_arg,
    reason = "that is what is measured"
)]

use std::{io, time::Duration};

use fusebox::{CircuitBreaker, Registry, circuit_breaker};

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

    use fusebox::{CircuitBreaker, Outcome, circuit_breaker};

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
        latency(latency = true, slow_call = "1s");
        error(error = Into::into);
        kept_error(last_good = "1s", error = Into::into, fallback_on = "failure");
    }

    fn given() -> CircuitBreaker {
        unimplemented!("only the size is measured")
    }

    guarded! {
        of_many:
        key(name = "size.key", key = 1);
        key_and_path(name = "size.key_path", key = 1, fallback = other);
        key_on_failure(name = "size.key_failure", key = 1, fallback = other, fallback_on = "failure");
        key_with_all(
            name = "size.key_all", key = 1, ignore = Err(_), last_good = "1s", fallback = other, fallback_on = "failure"
        );
        breaker(breaker = given());
        breaker_with_all(breaker = given(), last_good = "1s", fallback = |_| Ok(1), fallback_on = "failure");
    }

    guarded! {
        timed:
        with_timeout(timeout = "1s");
        timeout_and_path(timeout = "1s", fallback = other);
        timeout_and_ignore(timeout = "1s", ignore = Err(_));
        timeout_and_error(timeout = "1s", error = Into::into);
        timeout_with_all(
            timeout = "1s", last_good = "1s", fallback_on = "failure", error = Into::into
        );
    }
}

fn size<A, F>(_: fn(A) -> F) -> usize {
    size_of::<F>()
}

/// What a `timeout` may add.
const TIMEOUT: usize = size_of::<tokio::time::Sleep>() + 96;

/// What `key` and `breaker` may add: they hold a breaker while the call runs.
const OF_MANY: usize = 48;

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
    for (sizes, most) in [
        (small::untimed(), 64),
        (small::timed(), 64 + TIMEOUT),
        (small::of_many(), 64 + OF_MANY),
    ] {
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
    (($parameter:pat_param, $type:ty) $body:block) => {{
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
        #[circuit_breaker(fallback = instead, last_good = "1s", last_good_key = 1)]
        async fn kept($parameter: $type) -> io::Result<u64> $body
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
                ("kept", size(kept)),
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
    sizes!((order, Order) {
        tokio::task::yield_now().await;
        Ok(to_json(order))
    })
    .assert_at_most(0);
    sizes!((order, Order) {
        let length = order.len() as u64;
        tokio::task::yield_now().await;
        Ok(length)
    })
    .assert_at_most(0);
    sizes!((mut order, Order) {
        order[0].push('!');
        tokio::task::yield_now().await;
        Ok(to_json(order))
    })
    .assert_at_most(0);
}

struct Parts {
    order: Order,
    number: u64,
}

impl Clone for Parts {
    fn clone(&self) -> Self {
        Self {
            order: self.order.clone(),
            number: self.number,
        }
    }
}

#[test]
fn an_argument_that_a_pattern_takes_apart_costs_nothing() {
    sizes!((Parts { order, number }, Parts) {
        tokio::task::yield_now().await;
        Ok(to_json(order) + number)
    })
    .assert_at_most(0);
    sizes!(([first, second], [Order; 2]) {
        tokio::task::yield_now().await;
        Ok(to_json(first) + to_json(second))
    })
    .assert_at_most(0);
    sizes!(((first, _), (Order, Order)) {
        tokio::task::yield_now().await;
        Ok(to_json(first))
    })
    .assert_at_most(0);
    sizes!((ref order, Order) {
        tokio::task::yield_now().await;
        Ok(order.len() as u64)
    })
    .assert_at_most(0);
}

#[test]
fn an_unused_argument_costs_nothing() {
    sizes!((_ctx, [u64; 64]) { tokio::task::yield_now().await; Ok(1) }).assert_at_most(0);
    sizes!((_, [u8; 4096]) { tokio::task::yield_now().await; Ok(1) }).assert_at_most(0);
    sizes!((_order, Order) { tokio::task::yield_now().await; Ok(1) }).assert_at_most(0);
    sizes!((_, Order) { tokio::task::yield_now().await; Ok(1) }).assert_at_most(0);
}

/// The futures of the function and of its body each reserve room for it.
///
/// rustc keeps the room of captured arguments until a future ends. The plain function needs it once
/// if it does not hold the argument across an `.await`. A `Box` or an `Arc` makes it small.
#[test]
fn an_argument_that_the_body_has_moved_while_it_waits_is_held_once_more() {
    let once = size_of::<Order>();
    sizes!((order, Order) {
        let body = to_json(order);
        tokio::task::yield_now().await;
        Ok(body)
    })
    .assert_at_most(once);
    sizes!((order, Order) { Ok(send(order).await) }).assert_at_most(once);
    sizes!((order, Order) { Ok(to_json(order)) }).assert_at_most(once);
    sizes!((order, Order) {
        let renamed = order;
        tokio::task::yield_now().await;
        Ok(to_json(renamed))
    })
    .assert_at_most(once);
    sizes!((order, Order) {
        let block = async move { send(order).await };
        Ok(block.await)
    })
    .assert_at_most(once);
    sizes!(((first, second), (Order, Order)) {
        let body = to_json(first);
        tokio::task::yield_now().await;
        Ok(body + to_json(second))
    })
    .assert_at_most(once);
    sizes!((order, Box<Order>) { Ok(send(*order).await) }).assert_at_most(0);
}

#[test]
fn plain_data_that_the_body_no_longer_reads_is_held_once_more() {
    sizes!((numbers, [u64; 64]) {
        let first = numbers[0];
        tokio::task::yield_now().await;
        Ok(first)
    })
    .assert_at_most(size_of::<[u64; 64]>());
}

#[test]
fn an_argument_that_key_or_breaker_borrows_is_held_once_more() {
    struct Shop {
        breaker: CircuitBreaker,
        order: Order,
    }
    async fn plain(shop: Shop) -> io::Result<u64> {
        tokio::task::yield_now().await;
        Ok(to_json(shop.order))
    }
    #[circuit_breaker(name = "size.borrowed", key = shop.order[0])]
    async fn keyed(shop: Shop) -> io::Result<u64> {
        tokio::task::yield_now().await;
        Ok(to_json(shop.order))
    }
    #[circuit_breaker(breaker = shop.breaker.clone())]
    async fn given(shop: Shop) -> io::Result<u64> {
        tokio::task::yield_now().await;
        Ok(to_json(shop.order))
    }
    let most = size(plain) * 101 / 100 + 64 + OF_MANY + size_of::<Shop>();
    assert!(size(keyed) <= most && size(given) <= most);
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
