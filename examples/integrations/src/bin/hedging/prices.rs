//! Prices, from two replicas.

use std::{io, time::Duration};

use fusebox::circuit_breaker;
use futures_util::{FutureExt, future::select_ok};
use tokio::time::sleep;

use crate::request;

/// A little more than what nearly all requests take.
const HEDGE_AFTER: Duration = Duration::from_millis(50);

/// Both requests are one call, with one outcome.
///
/// While the breaker is open, no request is sent.
#[circuit_breaker(name = "prices", threshold = 5, timeout = "2s")]
pub(crate) async fn price(article: u32) -> io::Result<u32> {
    let first = request(1, article);
    let second = async {
        sleep(HEDGE_AFTER).await;
        request(2, article).await
    };
    // The first success wins and drops the other request. An error wins only if both fail.
    let (price, _) = select_ok([first.boxed(), second.boxed()]).await?;
    Ok(price)
}
