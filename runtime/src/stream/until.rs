//! The moment at which the call of a stream ends.

/// The moment at which a stream without an `Err` is a success. Default:
/// [`End`](Self::End).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Until {
    /// At its end.
    #[default]
    End,
    /// After its first item, for streams that are slow or endless by design.
    FirstItem,
}
