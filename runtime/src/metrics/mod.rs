//! Numbers for machines: Prometheus text, and a bridge to the `metrics` facade.
//!
//! Both export the same families, from one table: see the guide page `integrations`. Nothing here
//! is on the path of a call. An exporter reads a [`Snapshot`](crate::Snapshot) of each breaker
//! when it is scraped.

#[cfg(feature = "metrics")]
mod bridge;
mod families;
mod family;
mod observed;
#[cfg(feature = "prometheus")]
pub mod prometheus;

#[cfg(feature = "metrics")]
pub use bridge::{Bridge, install, install_with_keys};
