//! Replays what other breakers did and compares every column that is known.

mod breaker;
mod model;
