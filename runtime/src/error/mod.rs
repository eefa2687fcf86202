//! The answers that a caller gets in place of a return value.

mod call_error;
mod cause;
mod find;
mod refusal;
mod rejected;
mod rounded;
mod timed_out;

pub use call_error::CallError;
pub use cause::Cause;
pub use refusal::Refusal;
pub use rejected::Rejected;
pub(crate) use rounded::Rounded;
pub use timed_out::TimedOut;

#[cfg(test)]
mod tests;
