#![allow(dead_code)]

#[allow(unused_imports)]
mod prelude {
    pub use std::time::Duration;

    pub use fusebox::{Cause, Rejected, TimedOut, circuit_breaker};

    #[derive(Debug)]
    pub enum Error {
        Down,
        Rejected,
    }

    impl From<Rejected> for Error {
        fn from(_: Rejected) -> Self {
            Error::Rejected
        }
    }

    impl From<TimedOut> for Error {
        fn from(_: TimedOut) -> Self {
            Error::Rejected
        }
    }

    pub async fn other(id: u64) -> Result<u64, Error> {
        Ok(id)
    }

    pub fn judged(_: &Result<u64, Error>) -> fusebox::Outcome {
        fusebox::Outcome::Success
    }

    pub fn given() -> fusebox::CircuitBreaker {
        fusebox::Registry::new().breaker("given").build().unwrap()
    }

    pub struct NotCopied;
}
