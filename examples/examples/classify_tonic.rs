//! A classifier for `tonic`: gRPC codes that are failures of the service.
//!
//! `cargo run --example classify_tonic --features tonic`

use fusebox::{Outcome, Rejected, circuit_breaker};
use tonic::{Code, Status};

/// Counts the codes for "the server, or the way to it, failed" as failures.
///
/// Codes that answer the caller, or mean that the caller gave up, are ignored. Source: the list of
/// codes in the gRPC documentation, and the codes that its retry policies treat as transient.
fn by_code<T>(answer: &Result<T, CallFailed>) -> Outcome {
    let code = match answer {
        Ok(_) => return Outcome::Success,
        Err(CallFailed::Status(status)) => status.code(),
        Err(CallFailed::Rejected(_)) => return Outcome::Failure,
    };
    match code {
        Code::Ok => Outcome::Success,
        Code::Unavailable
        | Code::ResourceExhausted
        | Code::DeadlineExceeded
        | Code::Internal
        | Code::DataLoss
        | Code::Unknown => Outcome::Failure,
        _ => Outcome::Ignored,
    }
}

#[derive(Debug, thiserror::Error)]
enum CallFailed {
    #[error(transparent)]
    Status(#[from] Status),
    #[error(transparent)]
    Rejected(#[from] Rejected),
}

#[circuit_breaker(name = "greeter", threshold = 1, classify = by_code)]
async fn greet(answer: Result<&'static str, Status>) -> Result<&'static str, CallFailed> {
    Ok(answer?)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    assert!(greet(Ok("hello")).await.is_ok());
    assert!(greet(Err(Status::not_found("nobody"))).await.is_err());
    assert!(greet(Err(Status::unavailable("down"))).await.is_err());
    let rejected = greet(Ok("hello")).await;
    assert!(matches!(rejected, Err(CallFailed::Rejected(_))));
    println!("`not_found` counted as nothing, `unavailable` opened the breaker");
}
