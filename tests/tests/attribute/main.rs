//! The attribute at run time: naming, sharing, fallbacks, and calls that go wrong.

mod card;
mod catalogue;
mod classification;
mod conflicts;
mod fallbacks;
mod isolation;
mod trials;
