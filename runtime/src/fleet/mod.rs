//! Breaker states shared between the instances of a service.
//!
//! A background task copies the shared states into the breakers of this process, and reports local
//! states to a [`Store`]. No call waits for it. `docs/fleet.md` describes the protocol and what
//! happens in each failure.
//!
//! ```
//! use std::time::Duration;
//! use fusebox::{Operator, Registry, State, fleet::{Fleet, FleetOptions, Share, Store}};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // Two instances of one service. In production, each is a process, with `Store::redis`.
//! let store = Store::local();
//! let (one, two) = (Registry::new(), Registry::new());
//! let breakers = [one.breaker("stock").build()?, two.breaker("stock").build()?];
//! let options = FleetOptions::new("orders").share("sto*", Share::quorum(2, 50));
//! let fleet = Fleet::join(&one, &store, options.clone().instance("pod-1"))?;
//! let _other = Fleet::join(&two, &store, options.instance("pod-2"))?;
//!
//! // An operator forces the breaker open on all instances for half an hour.
//! let anna = Operator::new("anna", "the provider is down");
//! fleet.force_open("stock", Some(Duration::from_secs(1800)), anna).await?;
//! # tokio::time::sleep(Duration::from_millis(50)).await;
//! assert!(breakers.iter().all(|breaker| breaker.state() == State::ForcedOpen));
//! # Ok(())
//! # }
//! ```

mod breakers;
mod control;
mod driver;
mod error;
mod handle;
mod instance_control;
mod local_event;
mod log;
mod member;
mod options;
mod overview;
mod pattern;
#[cfg_attr(
    not(feature = "redis"),
    allow(dead_code, reason = "a local store needs no text")
)]
mod protocol;
mod share;
mod status;
#[cfg_attr(
    not(feature = "redis"),
    allow(dead_code, reason = "a local store is never down")
)]
mod store;
#[cfg(test)]
mod tests;

pub use control::FleetControl;
pub use error::{ConnectError, JoinError};
pub use handle::Fleet;
pub use instance_control::InstanceControl;
pub use options::FleetOptions;
pub use overview::{FleetOverview, ForcedBreaker, InstanceStatus, OpenBreaker, ReportedBreaker};
pub use protocol::name::NameError;
pub use share::Share;
pub use status::FleetStatus;
pub use store::{Store, StoreError};
