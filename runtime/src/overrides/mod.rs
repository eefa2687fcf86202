//! Settings by the name of a breaker: from a file and from the environment.

mod aliases;
mod applied;
mod apply;
mod check;
mod document;
mod environment;
mod file;
mod given;
mod key;
mod layers;
mod load;
mod mistake;
mod mode;
mod pattern;
mod place;
mod rules;
mod section;
mod suggestion;
mod syntax;
mod value;
mod watch;

pub use applied::{Applied, Changed};
pub use check::Warning;
pub use given::Overrides;
pub use load::load;
pub use mistake::{InvalidOverrides, Mistake};
pub use mode::Mode;
pub use place::Place;
pub use watch::Watcher;
