//! A key as the maps of its group have it.

use std::sync::Arc;

use crate::registry::keyed::number::Number;

/// The name of the key `None`. A text that is equal to it gets another name.
pub(super) const ABSENT: &str = "(none)";
/// The key `None` among the texts: a byte that no text has.
pub(super) const ABSENT_BYTES: &[u8] = &[0xfd];

/// The key of one breaker.
#[derive(Debug, Clone)]
pub(super) enum MapKey<T = Arc<[u8]>> {
    /// Text that is not that of a number.
    Text(T),
    Number(Number),
}

impl<'a> MapKey<&'a [u8]> {
    pub(super) fn of_text(text: &'a [u8]) -> Self {
        Number::of_text(text).map_or(Self::Text(text), Self::Number)
    }

    /// Returns the key of a breaker from the part of its name in brackets.
    pub(super) fn of_name(name: &'a str) -> Self {
        if name == ABSENT {
            return Self::Text(ABSENT_BYTES);
        }
        Self::of_text(name.as_bytes())
    }

    pub(super) fn to_owned(&self) -> MapKey {
        match self {
            Self::Text(text) => MapKey::Text(Arc::from(*text)),
            Self::Number(number) => MapKey::Number(*number),
        }
    }
}
