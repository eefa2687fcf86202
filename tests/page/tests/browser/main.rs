//! The page in headless Chromium. `.ci/browser` runs this.

mod act;
mod look;
mod refuse;
mod stage;
mod watch;
