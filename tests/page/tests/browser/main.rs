//! The page in headless Chromium. `.ci/browser` runs this.

mod act;
mod fleet;
mod groups;
mod look;
mod neighbours;
mod refuse;
mod stage;
mod states;
mod watch;
