//! The client of the inventory service.

use std::sync::Arc;

use fusebox::{Outcome, Refusal, Rejected, circuit_breaker};
use tonic::{Code, Status, transport::Channel};

use crate::{Article, shop::inventory_client::InventoryClient};

#[circuit_breaker(
    name = "inventory",
    threshold = 3,
    cooldown = "1s",
    timeout = "500ms",
    classify = by_code,
    error = status
)]
pub(crate) async fn stock(inventory: &InventoryClient<Channel>, name: &str) -> Result<u32, Status> {
    let article = Article {
        name: name.to_owned(),
    };
    // A clone uses the same connection.
    let answer = inventory.clone().stock(article).await?;
    Ok(answer.into_inner().pieces)
}

/// The status of a refused call, with the refusal as its source.
fn status(refusal: Refusal) -> Status {
    let mut status = match refusal {
        Refusal::Rejected(_) => Status::unavailable(refusal.to_string()),
        Refusal::TimedOut(_) => Status::deadline_exceeded(refusal.to_string()),
    };
    status.set_source(Arc::new(refusal));
    status
}

/// Counts the codes that mean that the server or the connection is down.
///
/// A server that answers with another code works. The codes are those that gRPC's retry policies
/// treat as temporary, and those of a crash.
fn by_code<T>(answer: &Result<T, Status>) -> Outcome {
    let Err(status) = answer else {
        return Outcome::Success;
    };
    if Rejected::find(status).is_some() {
        return Outcome::Ignored; // by another breaker
    }
    match status.code() {
        Code::Unavailable
        | Code::ResourceExhausted
        | Code::DeadlineExceeded
        | Code::Internal
        | Code::DataLoss
        | Code::Unknown => Outcome::Failure,
        Code::Cancelled => Outcome::Ignored,
        _ => Outcome::Success,
    }
}
