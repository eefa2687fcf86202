//! A classifier for `sqlx`.
//!
//! A lost connection is a failure of the database, a row that is not there is not.
//!
//! `cargo run --example classify_sqlx --features sqlx`

use std::io;

use fusebox::{Outcome, Rejected, circuit_breaker};
use sqlx::Error;

/// Failures are what happens between the program and the database.
///
/// Connections, TLS, the protocol, and a pool that has no connection left in time. What the
/// database answers (a constraint, a missing row, a wrong query) counts as nothing.
fn by_error<T>(answer: &Result<T, QueryFailed>) -> Outcome {
    match answer {
        Ok(_) => Outcome::Success,
        Err(QueryFailed::Sqlx(
            Error::Io(_)
            | Error::Tls(_)
            | Error::Protocol(_)
            | Error::PoolTimedOut
            | Error::PoolClosed
            | Error::WorkerCrashed,
        )) => Outcome::Failure,
        Err(QueryFailed::Sqlx(_)) => Outcome::Ignored,
        Err(QueryFailed::Rejected(_)) => Outcome::Failure,
    }
}

#[derive(Debug, thiserror::Error)]
enum QueryFailed {
    #[error(transparent)]
    Sqlx(#[from] Error),
    #[error(transparent)]
    Rejected(#[from] Rejected),
}

#[circuit_breaker(name = "users", threshold = 1, classify = by_error)]
async fn user(answer: Result<u64, Error>) -> Result<u64, QueryFailed> {
    Ok(answer?)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    assert!(user(Ok(7)).await.is_ok());
    assert!(user(Err(Error::RowNotFound)).await.is_err());
    assert!(
        user(Err(Error::Io(io::ErrorKind::ConnectionReset.into())))
            .await
            .is_err()
    );
    assert!(matches!(user(Ok(7)).await, Err(QueryFailed::Rejected(_))));
    println!("`RowNotFound` counted as nothing, a lost connection opened the breaker");
}
