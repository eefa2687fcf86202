//! Replays what other breakers did and compares every column that is not unknown.

mod model;
