//! What the tests of attribute and runtime share.
