//! What a caller gets instead of an answer.

mod call_error;
mod cause;
mod rejected;
mod rounded;
mod timed_out;

pub use call_error::CallError;
pub use cause::Cause;
pub use rejected::Rejected;
pub use timed_out::TimedOut;

#[cfg(test)]
mod tests;
