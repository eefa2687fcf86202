//! dev only
#[path = "it/configuration/mod.rs"]
mod configuration;
