//! Two declarations that cannot both be true.

use std::fmt;

use crate::{
    config::{ConfigError, Difference},
    registry::Location,
};

/// A declaration that lost against another one of the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conflict {
    name: &'static str,
    winner: Option<Location>,
    loser: Location,
    difference: Option<Difference>,
}

impl Conflict {
    /// The same explicit name, with other settings.
    pub(super) const fn settings(
        name: &'static str,
        winner: Option<Location>,
        loser: Location,
        difference: Difference,
    ) -> Self {
        Self {
            name,
            winner,
            loser,
            difference: Some(difference),
        }
    }

    /// The same default name.
    pub(super) const fn default_name(name: &'static str, winner: Option<Location>, loser: Location) -> Self {
        Self {
            name,
            winner,
            loser,
            difference: None,
        }
    }

    /// The name that both want.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The declaration whose settings hold; `None` where a builder was first.
    pub const fn winner(&self) -> Option<Location> {
        self.winner
    }

    /// The declaration whose settings do not hold, or that has another name than it would have.
    pub const fn loser(&self) -> Location {
        self.loser
    }

    pub(super) const fn as_error(&self) -> ConfigError {
        match self.difference {
            Some(difference) => ConfigError::Conflict {
                name: self.name,
                difference,
            },
            None => ConfigError::SameDefaultName { name: self.name },
        }
    }
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, loser, .. } = self;
        write!(f, "circuit breaker `{name}` is declared twice: ")?;
        match self.winner {
            Some(winner) => write!(f, "{winner} wins over {loser}")?,
            None => write!(f, "a builder wins over {loser}")?,
        }
        match self.difference {
            Some(difference) => write!(f, ", {difference}"),
            None => write!(
                f,
                ", both by their default name; each keeps its own breaker, give each a `name`"
            ),
        }
    }
}
