//! What the tests of the page share: breakers to look at, and a browser.

pub mod browser;
pub mod town;
