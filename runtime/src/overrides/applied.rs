//! The changes that overrides have made.

use std::fmt;

use crate::{
    config::{Name, Source},
    overrides::Warning,
};

/// The changes that [`Overrides::apply`](crate::config::Overrides::apply) has
/// made.
///
/// A breaker that does not exist yet is not in it: it will be made with the overrides.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[must_use = "it has the names that match no circuit breaker"]
pub struct Applied {
    pub(super) changes: Vec<Changed>,
    pub(super) warnings: Vec<Warning>,
}

/// One value of one breaker that was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Changed {
    /// The name of the breaker.
    pub breaker: Name,
    /// The setting, `mode` or `timeout`.
    pub key: &'static str,
    /// The value before.
    pub from: String,
    /// The value now.
    pub to: String,
    /// Where the new value comes from; `None` for a mode or a timeout.
    pub source: Option<Source>,
}

impl Applied {
    /// Returns what has changed, in the order of the names.
    pub fn changes(&self) -> &[Changed] {
        &self.changes
    }

    /// Returns the names that match no breaker and no declared function.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }
}

/// One line for each change and each warning.
impl fmt::Display for Applied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for change in &self.changes {
            writeln!(f, "{change}")?;
        }
        for warning in &self.warnings {
            writeln!(f, "{warning}")?;
        }
        Ok(())
    }
}

/// `payments: cooldown 5s instead of 30s (fusebox.toml:7)`
impl fmt::Display for Changed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            breaker,
            key,
            from,
            to,
            source,
        } = self;
        write!(f, "{breaker}: {key} {to} instead of {from}")?;
        source.map_or(Ok(()), |source| write!(f, " ({source})"))
    }
}
