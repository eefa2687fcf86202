//! A query of the database of orders.

use fusebox::{Outcome, Rejected, circuit_breaker};
use sqlx::SqlitePool;

#[circuit_breaker(
    name = "orders database",
    threshold = 3,
    cooldown = "1s",
    classify = by_connection,
    error = |refusal| sqlx::Error::Io(refusal.into())
)]
pub(crate) async fn item(pool: &SqlitePool, order: i64) -> sqlx::Result<String> {
    sqlx::query_scalar("SELECT item FROM orders WHERE id = ?")
        .bind(order)
        .fetch_one(pool)
        .await
}

/// Counts failures of the connection, not answers of the database.
///
/// A database that answers works, even if the answer is a missing row or a violated constraint.
fn by_connection<T>(answer: &sqlx::Result<T>) -> Outcome {
    use sqlx::Error::{Io, PoolClosed, PoolTimedOut, Protocol, Tls, WorkerCrashed};
    match answer {
        Ok(_) => Outcome::Success,
        // Another breaker rejected the call.
        Err(error) if Rejected::find(error).is_some() => Outcome::Ignored,
        Err(Io(_) | PoolClosed | PoolTimedOut | Protocol(_) | Tls(_) | WorkerCrashed) => Outcome::Failure,
        Err(_) => Outcome::Success,
    }
}
