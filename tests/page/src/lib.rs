//! What the tests of the page share: a town of breakers to look at, and a browser to look with.

pub mod browser;
pub mod town;
