//! What a value is parsed as.

/// An expression or a pattern.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Expression,
    /// A pattern, perhaps with a guard.
    Pattern,
}
