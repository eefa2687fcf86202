//! The settings of a breaker, and their errors.

mod difference;
pub(crate) mod duration;
mod error;
mod explained;
pub(crate) mod limits;
mod location;
pub(crate) mod name;
mod parse_error;
mod rate;
mod setting;
mod settings;
mod source;
mod text;
mod threshold;
mod validate;
mod window;

pub use difference::Difference;
pub use error::ConfigError;
pub use explained::ExplainedSettings;
pub use location::Location;
pub use name::Name;
pub use parse_error::ParseError;
pub use rate::Rate;
pub use settings::Settings;
pub use source::Source;
pub use threshold::Threshold;
pub use window::Window;

#[cfg(feature = "config")]
pub use crate::overrides::{
    Applied, Changed, InvalidOverrides, Mistake, Mode, Overrides, Place, Warning, Watcher, load,
};

#[cfg(feature = "config")]
pub(crate) use rate::{millionths_of, percentage};
pub(crate) use setting::Setting;
pub(crate) use threshold::ThresholdKind;
pub(crate) use window::WindowKind;

#[cfg(test)]
mod tests;
