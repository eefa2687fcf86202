//! What a breaker is told: its settings, the builder that takes them, and what can be wrong with them.

mod builder;
mod check;
mod difference;
mod error;
mod parts;
mod settings;

pub use builder::Builder;
pub use difference::Difference;
pub use error::ConfigError;
pub use parts::{Share, Threshold, Window};
pub use settings::Settings;

pub(crate) use check::{LARGEST_CONSECUTIVE, LARGEST_WINDOW, MOST_TRIAL_CALLS};
pub(crate) use parts::ThresholdKind;
pub(crate) use parts::WindowKind;

#[cfg(test)]
mod tests;
