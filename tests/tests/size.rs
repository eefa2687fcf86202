//! How much larger the attribute makes a future: at most 1 % and 64 bytes, with `timeout` a `Sleep` and 96 bytes more.

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

/// Of a body that is small, so that a part of it says nothing.
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

    macro_rules! guarded {
        ($($name:ident($($argument:tt)*);)*) => { $(
            #[circuit_breaker($($argument)*)]
            pub(super) async fn $name(id: u64) -> io::Result<u64> {
                tokio::task::yield_now().await;
                Ok(id)
            }
        )* };
    }

    guarded! {
        bare();
        ignore(ignore = Err(_));
        failure(failure = Err(_));
        classify(classify = judge);
        path(fallback = other);
        closure(fallback = |_| Ok(1));
        path_on_failure(fallback = other, fallback_on = "failure");
        closure_on_failure(fallback = |_| Ok(1), fallback_on = "failure");
        timed(timeout = "1s");
        timed_path(timeout = "1s", fallback = other);
        timed_ignore(timeout = "1s", ignore = Err(_));
        kept(last_good = "1s");
        kept_path(last_good = "1s", fallback = other);
        kept_closure(last_good = "1s", fallback = |_| Ok(1));
        kept_on_failure(last_good = "1s", fallback = |_| Ok(1), fallback_on = "failure");
        classify_closure(classify = judge, fallback = |_| Ok(1));
    }
}

fn size<F>(_: fn(Big) -> F) -> usize {
    size_of::<F>()
}

#[track_caller]
fn assert_small<F>(guarded: fn(Big) -> F, timeout: bool) {
    let plain = size(plain);
    let sleep = if timeout {
        size_of::<tokio::time::Sleep>() + 96
    } else {
        0
    };
    let most = plain + plain / 100 + 64 + sleep;
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
    fn bytes<F>(_: fn(u64) -> F) -> usize {
        size_of::<F>()
    }
    let plain = bytes(small::plain);
    let sleep = size_of::<tokio::time::Sleep>() + 96;
    for (name, size, most) in [
        ("bare", bytes(small::bare), 64),
        ("ignore", bytes(small::ignore), 64),
        ("failure", bytes(small::failure), 64),
        ("classify", bytes(small::classify), 64),
        ("path", bytes(small::path), 64),
        ("closure", bytes(small::closure), 64),
        ("path_on_failure", bytes(small::path_on_failure), 64),
        ("closure_on_failure", bytes(small::closure_on_failure), 64),
        ("kept", bytes(small::kept), 64),
        ("kept_path", bytes(small::kept_path), 64),
        ("kept_closure", bytes(small::kept_closure), 64),
        ("kept_on_failure", bytes(small::kept_on_failure), 64),
        ("classify_closure", bytes(small::classify_closure), 64),
        ("timed", bytes(small::timed), sleep),
        ("timed_path", bytes(small::timed_path), sleep),
        ("timed_ignore", bytes(small::timed_ignore), sleep),
    ] {
        assert!(size <= plain + most, "{name}: {size} bytes, plain {plain}");
    }
}

#[test]
fn a_timeout_costs_a_sleep() {
    assert_small(timed, true);
    assert_small(closure_after_failure, true);
}
