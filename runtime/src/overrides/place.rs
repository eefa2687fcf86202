//! The place of a mistake.

use std::fmt;

/// The place of a mistake or a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Place {
    /// A position in a file.
    #[non_exhaustive]
    Position {
        /// The path of the file.
        path: &'static str,
        /// The line, from 1.
        line: u32,
        /// The column, from 1, in characters.
        column: u32,
    },
    /// A file as a whole, by its path.
    File(&'static str),
    /// An environment variable, by its name.
    Variable(&'static str),
}

impl Place {
    /// Returns the line; `None` if it is not a position in a file.
    pub(super) const fn line(self) -> Option<u32> {
        match self {
            Self::Position { line, .. } => Some(line),
            Self::File(_) | Self::Variable(_) => None,
        }
    }

    /// Returns the position of a byte in the text of a file.
    pub(super) fn of_byte(path: &'static str, text: &str, byte: usize) -> Self {
        let before = text.get(..byte).unwrap_or(text);
        // An editor does not show the byte order mark at the start of a file.
        let mark = if before.starts_with('\u{feff}') { 3 } else { 0 };
        let line_start = before.rfind('\n').map_or(mark, |end| end + 1);
        let count = |number: usize| u32::try_from(number + 1).unwrap_or(u32::MAX);
        Self::Position {
            path,
            line: count(before.matches('\n').count()),
            column: count(before[line_start..].chars().count()),
        }
    }
}

/// `fusebox.toml:7:12`, `fusebox.toml`, `FUSEBOX__ORDERS__COOLDOWN`
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Position { path, line, column } => write!(f, "{path}:{line}:{column}"),
            Self::File(path) => f.write_str(path),
            Self::Variable(name) => f.write_str(name),
        }
    }
}
