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
fn a_timeout_costs_a_sleep() {
    assert_small(timed, true);
    assert_small(closure_after_failure, true);
}
