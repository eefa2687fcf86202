//! The mode of a breaker: automatic, forced or disabled.

use std::fmt;

use crate::{overrides::suggestion::did_you_mean, state::Override};

/// The mode of a breaker, as `mode` in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Mode {
    /// The breaker acts by itself.
    #[default]
    Auto,
    /// Every call is rejected.
    ForcedOpen,
    /// Every call is admitted and counted, and nothing trips.
    ForcedClosed,
    /// Every call is admitted, and none is counted.
    Disabled,
}

impl Mode {
    const ALL: [Self; 4] = [Self::Auto, Self::ForcedOpen, Self::ForcedClosed, Self::Disabled];

    /// Returns the word for it in a file: `auto`, `forced_open`,
    /// `forced_closed`, `disabled`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::ForcedOpen => "forced_open",
            Self::ForcedClosed => "forced_closed",
            Self::Disabled => "disabled",
        }
    }

    /// Returns the mode of this word. The error is the message for the user.
    pub(super) fn read(word: &str) -> Result<Self, String> {
        if let Some(mode) = Self::ALL.into_iter().find(|mode| mode.as_str() == word) {
            return Ok(mode);
        }
        let words = Self::ALL.map(Self::as_str);
        // `open` and `closed` are a part of the words.
        let ending = format!("_{}", word.to_lowercase());
        let longer = || words.into_iter().find(|mode| mode.ends_with(&ending));
        Err(match did_you_mean(word, words).or_else(longer) {
            Some(meant) => format!("unknown mode `{word}`; did you mean `{meant}`?"),
            None => {
                format!("unknown mode `{word}`; use `auto`, `forced_open`, `forced_closed` or `disabled`")
            }
        })
    }

    pub(super) const fn as_override(self) -> Override {
        match self {
            Self::Auto => Override::None,
            Self::ForcedOpen => Override::Open,
            Self::ForcedClosed => Override::Closed,
            Self::Disabled => Override::Disabled,
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
