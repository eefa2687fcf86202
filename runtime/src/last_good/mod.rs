//! Last good values: kept per key, and served for a while after a failure.
//!
//! **A key that leaves out the user or the tenant serves one user's data to another.** The default
//! key of the attribute holds every parameter except the receiver. Every key of the attribute also
//! holds all type and const arguments of the function and of its `impl` or trait, and `Self`.
//! What a method reads from `self`, from a task-local value or from a request extension is in no
//! key, unless `last_good_key` puts it there.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! use std::time::Duration;
//! use fusebox::{CircuitBreaker, last_good::LastGood};
//!
//! let profiles = CircuitBreaker::builder("last-good-doc").build().unwrap();
//! let kept = LastGood::new(&profiles, Duration::from_secs(300));
//!
//! kept.keep(("tenant 1", 7), "Ada");
//! profiles.force_open();
//! let answer = profiles.call(async { Ok::<_, ()>("Ada") }).await;
//! assert!(answer.is_err(), "the service is not called");
//! let kept_value = kept.serve(&("tenant 1", 7)).expect("it is young enough");
//! assert_eq!(*kept_value.value(), "Ada");
//! assert!(kept.serve(&("tenant 2", 7)).is_none());
//! # }
//! ```

mod entries;
mod kept_at;
pub(crate) mod key;
mod observe;
pub(crate) mod store;

pub use observe::{Carried, Served, carry, observe};
pub use store::{Kept, LastGood};

#[doc(hidden)]
pub use key::{Borrowed, KeyPart, Part, PartOfKey, add_mut, add_ref};
