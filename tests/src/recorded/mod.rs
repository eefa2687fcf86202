//! Recorded runs of other breakers, read from `fixtures/`.

mod read;
mod replay;
mod scenario;
mod script;
mod tally;

pub use read::{consecutive, resilience4j};
pub use replay::replay;
pub use scenario::{Event, Initial, Limits, Manual, Observation, Scenario, Step};
pub use script::{Cut, Script};
pub use tally::Tally;
