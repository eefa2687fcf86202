//! The error of a text that is not the value of a setting.

use std::fmt;

/// The reason why a text is not the value of a setting, and what to write.
///
/// The texts are those of the attribute's compile errors.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ParseError(String);

impl ParseError {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ParseError {}
