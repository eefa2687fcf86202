//! What keeping values costs the future of the function.

#![allow(clippy::large_types_passed_by_value, reason = "that is what is measured")]

use std::{io, mem::size_of_val};

use fusebox::circuit_breaker;

type Large = [u8; 4096];

async fn plain(tenant: &str, large: Large) -> io::Result<u8> {
    tokio::task::yield_now().await;
    Ok(large[tenant.len()])
}

#[circuit_breaker(name = "size.rejection", last_good = "5m")]
async fn on_rejection(tenant: &str, large: Large) -> io::Result<u8> {
    tokio::task::yield_now().await;
    Ok(large[tenant.len()])
}

#[circuit_breaker(
    name = "size.failure",
    last_good = "5m",
    last_good_key = (tenant.to_owned(), large[0]),
    fallback_on = "failure",
)]
async fn on_failure(tenant: &str, large: Large) -> io::Result<u8> {
    tokio::task::yield_now().await;
    Ok(large[tenant.len()])
}

#[test]
fn a_key_keeps_no_argument_twice() {
    let plain = size_of_val(&plain("a", [0; 4096]));
    let most = plain + plain / 100 + 64;
    let sizes = [
        size_of_val(&on_rejection("a", [0; 4096])),
        size_of_val(&on_failure("a", [0; 4096])),
    ];
    assert!(
        sizes.iter().all(|size| *size <= most),
        "{sizes:?}, at most {most}"
    );
}
