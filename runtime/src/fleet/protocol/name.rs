//! The names of services, instances and breakers, as far as the store accepts
//! them.

use std::{fmt, sync::Arc};

use crate::{
    config::limits::is_unprintable,
    fleet::protocol::limits::{LONGEST_BREAKER, LONGEST_NAME},
};

/// The name of a breaker or an instance; clones share one text.
pub(crate) type SharedName = Arc<str>;

/// The name of a service: the instances with one service name share their
/// breakers' states.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Service(SharedName);

/// The reason why a name of a service or an instance is refused.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum NameError {
    /// The name has no characters.
    #[error("the {what} name is empty; write 1 to {LONGEST_NAME} letters, digits or `-_.`")]
    Empty {
        /// `service` or `instance`.
        what: &'static str,
    },
    /// The name is too long.
    #[error("the {what} name has {characters} characters; write at most {LONGEST_NAME}")]
    TooLong {
        /// `service` or `instance`.
        what: &'static str,
        /// How many characters the name has.
        characters: usize,
    },
    /// The name has a character that is not allowed in a key.
    #[error("the {what} name has {character:?} at position {position}; write letters, digits or `-_.`")]
    Character {
        /// `service` or `instance`.
        what: &'static str,
        /// The position of the character, counted from 0.
        position: usize,
        /// The character.
        character: char,
    },
}

impl Service {
    pub(crate) fn new(name: &str) -> Result<Self, NameError> {
        checked("service", name).map(Self)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Checks the name of an instance.
pub(crate) fn instance(name: &str) -> Result<SharedName, NameError> {
    checked("instance", name)
}

/// Returns whether a breaker of another process may have this name.
pub(crate) fn is_breaker(name: &str) -> bool {
    !name.trim().is_empty()
        && name.len() <= LONGEST_BREAKER * 4
        && name.chars().count() <= LONGEST_BREAKER
        && !name.chars().any(is_unprintable)
}

fn checked(what: &'static str, name: &str) -> Result<SharedName, NameError> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.is_empty() {
        return Err(NameError::Empty { what });
    }
    if let Some((position, character)) = name.chars().enumerate().find(|(_, c)| !allowed(*c)) {
        return Err(NameError::Character {
            what,
            position,
            character,
        });
    }
    match name.len() {
        0..=LONGEST_NAME => Ok(name.into()),
        characters => Err(NameError::TooLong { what, characters }),
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_shows_what_to_write() {
        let error = Service::new("orders{eu}").unwrap_err();
        assert_eq!(
            error.to_string(),
            "the service name has '{' at position 6; write letters, digits or `-_.`"
        );
        assert_eq!(
            Service::new("").unwrap_err().to_string(),
            "the service name is empty; write 1 to 64 letters, digits or `-_.`"
        );
        assert_eq!(
            instance(&"a".repeat(65)).unwrap_err().to_string(),
            "the instance name has 65 characters; write at most 64"
        );
        assert!(instance("orders-7d9f.pod_3").is_ok());
    }

    #[test]
    fn a_breaker_of_another_process_has_a_printable_short_name() {
        assert!(is_breaker("inventory[eu-1]"));
        assert!(!is_breaker(" "));
        assert!(!is_breaker("a\nb"));
        assert!(!is_breaker(&"é".repeat(129)));
    }
}
