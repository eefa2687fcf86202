//! The package of `tests/editors/probes.py`.
//! The script copies it, and appends one probe.

#![allow(unused)]

use std::fmt;

use async_trait::async_trait;
use fusebox::{Cause, CircuitBreaker, Outcome, Refusal, Rejected, circuit_breaker};
use tracing::instrument;

/// What the functions return.
pub type Answer<T> = Result<T, Error>;

/// What can go wrong.
#[derive(Debug, Clone)]
pub enum Error {
    Refused(Rejected),
    NotFound,
    Status(u16),
}

impl Error {
    pub fn is_down(&self) -> bool {
        true
    }

    pub fn status(&self) -> u16 {
        500
    }
}

impl From<Rejected> for Error {
    fn from(rejected: Rejected) -> Self {
        Self::Refused(rejected)
    }
}

/// Something with fields.
#[derive(Debug, Clone)]
pub struct Order {
    pub number: u64,
    pub lines: Vec<String>,
}

impl Order {
    pub fn total(&self) -> u64 {
        self.number
    }
}

/// Wraps a value, as an extractor does.
#[derive(Debug, Clone)]
pub struct State<T>(pub T);

/// A limit.
pub const MOST: u32 = 3;
/// A duration.
pub const PAUSE: std::time::Duration = std::time::Duration::from_secs(1);
/// A name.
pub const NAME: &str = "probe";

/// Returns an outcome.
pub fn judge<T>(_: &Answer<T>) -> Outcome {
    Outcome::Success
}

/// Makes an error.
pub fn refuse(refusal: Refusal) -> Error {
    Error::NotFound
}

pub mod stored {
    /// Answers from memory.
    pub async fn answer(id: u32) -> super::Answer<u32> {
        Ok(id)
    }

    /// Answers from memory.
    pub async fn order(id: u16, order: super::Order) -> super::Answer<u64> {
        Ok(order.number)
    }
}

pub mod my {
    pub use fusebox;
}

/// Answers from memory.
pub async fn stored_pair(pair: (u32, u32)) -> Answer<u32> {
    Ok(pair.0)
}

/// Answers from memory, at once.
pub fn stored_blocking(id: u32) -> Answer<u32> {
    Ok(id)
}

pub struct Shop {
    pub city: String,
    pub breaker: CircuitBreaker,
}

impl Shop {
    /// Answers for any key.
    pub async fn queued<T: fmt::Display>(&self, key: T) -> Answer<u32> {
        Ok(key.to_string().len() as u32)
    }
}
