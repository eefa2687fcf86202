//! Breaker states shared between the instances of a service.

// The task that joins a registry to a store uses what is still unused here.
#![allow(dead_code)]

mod member;
mod protocol;
mod store;
#[cfg(test)]
mod tests;

pub use protocol::name::NameError;
pub use store::{Store, StoreError};
