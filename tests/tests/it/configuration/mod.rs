//! Settings from a file and from the environment.

mod apply;
mod check;
mod environment;
mod keyed;
mod layers;
mod log;
mod mode;
mod timeout;
mod under_load;
mod watch;
mod wrong_files;

use fusebox::{
    CircuitBreaker, Registry,
    config::{Applied, Overrides},
};

/// Applies the text of a file.
fn apply(registry: &Registry, file: &str) -> Applied {
    let overrides = Overrides::from_toml(file).expect("a correct file");
    overrides.apply(registry).expect("it fits every breaker")
}

/// A breaker without any settings of its own.
fn breaker(registry: &Registry, name: &str) -> CircuitBreaker {
    registry.breaker(name).build().expect("no conflict")
}

/// What a setting of a breaker comes from, as text.
fn source(breaker: &CircuitBreaker, key: &str) -> String {
    breaker.settings().source(key).expect("a setting").to_string()
}
