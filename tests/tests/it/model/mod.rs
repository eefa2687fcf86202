//! The breaker and its model through random lives.
//! After every action, everything that can be read is equal.
//!
//! `FUSEBOX_MODEL_CASES` sets the number of lives for each kind of window. Default: 2,000.

mod action;
mod drive;
mod lives;
mod reach;
mod settings;
