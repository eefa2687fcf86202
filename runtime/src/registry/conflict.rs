//! Two declarations that contradict each other.

use std::{
    error, fmt,
    hash::{Hash, Hasher},
};

use crate::{
    config::{Difference, Location},
    registry::Declaration,
};

/// A declaration that lost against another one of the same name.
#[derive(Debug, Clone)]
pub struct Conflict {
    name: &'static str,
    winner: Option<&'static Declaration>,
    loser: &'static Declaration,
    contradiction: Contradiction,
}

/// The difference between two declarations.
#[derive(Debug, Clone, Copy)]
enum Contradiction {
    /// The same explicit name, and other settings.
    Settings(Difference),
    /// The same explicit name, and other bounds of keys.
    MaxKeys { existing: u32, given: u32 },
    /// The same explicit name, and only one of them has keys.
    Keys,
    /// The same name, at least one of them only by default.
    DefaultName,
}

/// The conflicts that [`declare_all`](crate::Registry::declare_all) has found.
///
/// ```
/// use fusebox::Registry;
///
/// // In `main`, before the first request:
/// if let Err(error) = Registry::global().declare_all() {
///     for conflict in error.conflicts() {
///         eprintln!("{conflict}");
///     }
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DeclareError {
    conflicts: Vec<Conflict>,
}

impl Conflict {
    /// Makes the conflict of two functions with the same explicit name and other
    /// settings.
    pub(super) const fn settings(
        name: &'static str,
        winner: Option<&'static Declaration>,
        loser: &'static Declaration,
        difference: Difference,
    ) -> Self {
        Self::new(name, winner, loser, Contradiction::Settings(difference))
    }

    /// Makes the conflict of two functions with the same name, at least one of them
    /// only by default.
    pub(super) const fn default_name(
        name: &'static str,
        winner: Option<&'static Declaration>,
        loser: &'static Declaration,
    ) -> Self {
        Self::new(name, winner, loser, Contradiction::DefaultName)
    }

    /// Makes the conflict of two functions with the same explicit name and other
    /// bounds of keys.
    pub(super) const fn max_keys(
        name: &'static str,
        winner: Option<&'static Declaration>,
        loser: &'static Declaration,
        (existing, given): (u32, u32),
    ) -> Self {
        Self::new(name, winner, loser, Contradiction::MaxKeys { existing, given })
    }

    /// Makes the conflict of two functions with the same name, only one of which
    /// has one breaker per key.
    pub(super) const fn keys(
        name: &'static str,
        winner: Option<&'static Declaration>,
        loser: &'static Declaration,
    ) -> Self {
        Self::new(name, winner, loser, Contradiction::Keys)
    }

    const fn new(
        name: &'static str,
        winner: Option<&'static Declaration>,
        loser: &'static Declaration,
        contradiction: Contradiction,
    ) -> Self {
        Self {
            name,
            winner,
            loser,
            contradiction,
        }
    }

    /// Returns the name that both declare.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the declaration whose settings hold; `None` if a builder was first.
    pub fn winner(&self) -> Option<Location> {
        self.winner.map(Declaration::location)
    }

    /// Returns the declaration whose settings or whose name do not hold.
    pub const fn loser(&self) -> Location {
        self.loser.location()
    }
}

/// Equal conflicts have the same name and the same two declarations.
impl PartialEq for Conflict {
    fn eq(&self, other: &Self) -> bool {
        let same_winner = match (self.winner, other.winner) {
            (Some(one), Some(two)) => one.is(two),
            (None, None) => true,
            _ => false,
        };
        self.name == other.name && same_winner && self.loser.is(other.loser)
    }
}

impl Eq for Conflict {}

impl Hash for Conflict {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
        self.loser.location().hash(state);
    }
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, loser) = (self.name, self.loser());
        write!(f, "circuit breaker `{name}` is declared twice: ")?;
        match self.winner() {
            Some(winner) => write!(f, "{winner} wins over {loser}")?,
            None => write!(f, "a builder wins over {loser}")?,
        }
        match self.contradiction {
            Contradiction::Settings(difference) => write!(f, ", its {difference}"),
            Contradiction::MaxKeys { existing, given } => {
                write!(f, ", its `max_keys` is {existing}, not {given}")
            }
            Contradiction::Keys => f.write_str(
                ", and only one of them has keys; each keeps breakers of its own, give each a `name`",
            ),
            Contradiction::DefaultName => {
                f.write_str(", a default name; each function keeps its own breaker, give each a `name`")
            }
        }
    }
}

impl DeclareError {
    pub(super) fn new(conflicts: Vec<Conflict>) -> Option<Self> {
        (!conflicts.is_empty()).then_some(Self { conflicts })
    }

    /// Returns all conflicts, each with the locations of both declarations.
    pub fn conflicts(&self) -> &[Conflict] {
        &self.conflicts
    }
}

/// The first conflict, and how many more there are.
impl fmt::Display for DeclareError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(first) = self.conflicts.first() {
            first.fmt(f)?;
        }
        match self.conflicts.len() {
            0 | 1 => Ok(()),
            2 => f.write_str("; 1 more conflict"),
            all => write!(f, "; {} more conflicts", all - 1),
        }
    }
}

impl error::Error for DeclareError {}
