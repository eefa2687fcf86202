//! What the tests of attribute and runtime share.

pub mod convert;
pub mod model;
pub mod real;
pub mod recorded;
pub mod subject;
