//! Ready-made classifiers: they decide how the return value of a call counts.
//!
//! A classifier is any function `fn(&R) -> Outcome` or `fn(&R) -> Verdict`, `R` being the whole
//! return value. It is given to the attribute (`classify = path`) or to
//! [`CircuitBreaker::call_classified`](crate::CircuitBreaker::call_classified), and can be shared
//! by all functions that return the same type.
//!
//! ```
//! use fusebox::{Outcome, Verdict, classify};
//!
//! struct Response { status: u16, retry_after: Option<String> }
//!
//! fn by_status(response: &Response) -> Verdict {
//!     classify::http(response.status, response.retry_after.as_deref())
//! }
//!
//! let busy = Response { status: 503, retry_after: Some("20".into()) };
//! assert_eq!(by_status(&busy).outcome(), Outcome::Failure);
//! ```

pub(crate) mod classifier;
mod http;
mod io;

pub use http::{http, http_status, retry_after};
pub use io::{io, io_kind};
