//! The grammar that a value is parsed with.

/// An expression or a pattern.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Expression,
    /// A pattern, perhaps with a guard.
    Pattern,
}
