//! How much larger the attribute makes a future: at most 1 % and 64 bytes, with `timeout` a `Sleep` and 96 bytes more.

use std::{convert::Infallible, io};

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

#[test]
fn print() {
    let _: Option<Infallible> = None;
    println!("plain {}", size(plain));
    println!("guarded {}", size(guarded));
    println!("timed {} (sleep {})", size(timed), size_of::<tokio::time::Sleep>());
    println!("path {}", size(with_path));
    println!("closure {}", size(with_closure));
    println!("failure {}", size(after_failure));
    println!("failure closure timed {}", size(closure_after_failure));
}
