//! The fleet that the page shows, if there is one.

#[cfg_attr(feature = "fleet", path = "joined.rs")]
#[cfg_attr(not(feature = "fleet"), path = "none.rs")]
mod imp;

pub(super) use imp::Joined;
