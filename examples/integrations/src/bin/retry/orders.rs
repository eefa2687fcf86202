//! Orders, with retries.

use std::{io, time::Duration};

use backon::{ExponentialBuilder, Retryable};
use fusebox::{Rejected, circuit_breaker};

use crate::request;

/// Each attempt is a call of its own.
///
/// So the retry is around the annotated function.
pub(crate) async fn order_with_retries(id: u32) -> io::Result<String> {
    (|| order(id))
        .retry(
            ExponentialBuilder::default()
                .with_min_delay(Duration::from_millis(50))
                .with_jitter()
                .with_max_times(4),
        )
        .adjust(|error, delay| {
            let wait = Rejected::find(error).and_then(Rejected::retry_after);
            // A `delay` of `None` means that no retries are left.
            delay.map(|delay| wait.unwrap_or(delay))
        })
        .notify(|error, wait| println!("  {error}: again in {wait:.0?}"))
        .await
}

#[circuit_breaker(name = "orders", threshold = 3, cooldown = "1s")]
async fn order(id: u32) -> io::Result<String> {
    request(id).await
}
