//! Last good values: what a service answered before it failed, kept per key and served for a while.
//!
//! **A key that leaves out the user or the tenant serves one user's data to another.** The default key of the attribute holds every
//! parameter but the receiver, so it leaves out nothing that the function was told; a `last_good_key` of your own, and what a method
//! reads from `self`, a task-local or a request extension, is yours to put in.
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
//! assert!(answer.is_err(), "the service is not asked");
//! let instead = kept.serve(&("tenant 1", 7)).expect("it is young enough");
//! assert_eq!(*instead.value(), "Ada");
//! assert!(kept.serve(&("tenant 2", 7)).is_none());
//! # }
//! ```

pub(crate) mod key;
mod observe;
pub(crate) mod store;

pub use observe::{Carried, Served, carry, watch};
pub use store::{Kept, LastGood};

#[doc(hidden)]
pub use key::{Borrowed, KeyPart, Part, PartOfKey, add_mut, add_ref};
