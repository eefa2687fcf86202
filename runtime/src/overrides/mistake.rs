//! The mistakes of a file or of the environment.

use std::fmt;

use crate::overrides::Place;

/// The reason why nothing was applied: every mistake of the file and of the
/// environment, in their order.
///
/// Displayed, each mistake is one line: ``fusebox.toml:7:12: `10` has no unit; did you mean
/// `10s`?``. `Debug` writes the same lines, because that is what a `main` prints that returns the
/// error.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct InvalidOverrides(Vec<Mistake>);

/// One mistake in a file or in the environment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mistake {
    place: Place,
    key: Option<&'static str>,
    message: String,
}

impl InvalidOverrides {
    /// Returns `value`, unless there are mistakes.
    pub(super) fn unless_none<T>(value: T, mut mistakes: Vec<Mistake>) -> Result<T, Self> {
        if mistakes.is_empty() {
            return Ok(value);
        }
        mistakes.sort();
        mistakes.dedup();
        Err(Self(mistakes))
    }

    /// Returns all mistakes, at least one.
    pub fn mistakes(&self) -> &[Mistake] {
        &self.0
    }
}

impl Mistake {
    pub(super) fn new(place: Place, key: Option<&'static str>, message: impl Into<String>) -> Self {
        Self {
            place,
            key,
            message: message.into(),
        }
    }

    /// Returns where the mistake is.
    pub const fn place(&self) -> Place {
        self.place
    }

    /// Returns the setting that has a wrong value; `None` for every other
    /// mistake.
    pub const fn key(&self) -> Option<&'static str> {
        self.key
    }

    /// Returns what is wrong, and what to write.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl std::error::Error for InvalidOverrides {}

impl fmt::Display for InvalidOverrides {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, mistake) in self.0.iter().enumerate() {
            let line_break = if index == 0 { "" } else { "\n" };
            write!(f, "{line_break}{mistake}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for InvalidOverrides {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}
