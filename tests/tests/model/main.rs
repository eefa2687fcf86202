//! The breaker and its model, side by side through random lives: whatever can be seen is equal after every event.
//!
//! `FUSEBOX_MODEL_CASES` sets the number of lives for each kind of window; 2,000 unless said.

mod action;
mod drive;
mod lives;
mod reach;
mod settings;
