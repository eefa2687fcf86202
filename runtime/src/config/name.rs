//! Names of breakers: checked, and kept once for the life of the process.

use std::collections::HashMap;

use crate::{
    config::{ConfigError, limits::LONGEST_NAME},
    sync::{StaticMutex, lock_static},
};

/// Each name with its thin pointer.
static NAMES: StaticMutex<Option<HashMap<&'static str, &'static &'static str>>> = StaticMutex::new(None);

/// The one copy of `name` that lives as long as the process.
pub(crate) fn intern(name: &str) -> &'static str {
    intern_thin(name)
}

/// [`intern`], in a pointer of 8 bytes.
///
/// Breakers are never removed from a registry, so their names are not either. That keeps a [`Rejected`](crate::Rejected) small,
/// and free of allocations and of shared counters.
pub(crate) fn intern_thin(name: &str) -> &'static &'static str {
    let mut names = lock_static(&NAMES);
    let names = names.get_or_insert_with(HashMap::new);
    if let Some(known) = names.get(name) {
        return known;
    }
    let kept: &'static str = Box::leak(Box::from(name));
    let thin: &'static &'static str = Box::leak(Box::new(kept));
    names.insert(kept, thin);
    thin
}

/// Checks that a name has 1 to 128 printable characters.
pub(crate) fn check(name: &str) -> Result<(), ConfigError> {
    if name.trim().is_empty() {
        return Err(ConfigError::NameEmpty);
    }
    if let Some((position, character)) = name.chars().enumerate().find(|(_, c)| c.is_control()) {
        return Err(ConfigError::NameUnprintable { position, character });
    }
    match name.chars().count() {
        0..=LONGEST_NAME => Ok(()),
        characters => Err(ConfigError::NameTooLong { characters }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_names_are_kept_once() {
        let one = intern(&String::from("name::tests::one"));
        assert!(std::ptr::eq(one, intern("name::tests::one")));
    }

    #[test]
    fn a_name_has_1_to_128_printable_characters() {
        assert_eq!(check("orders"), Ok(()));
        assert_eq!(check(&"é".repeat(128)), Ok(()));
        assert_eq!(
            check(&"é".repeat(129)),
            Err(ConfigError::NameTooLong { characters: 129 })
        );
        assert_eq!(check("  "), Err(ConfigError::NameEmpty));
        assert_eq!(
            check("a\nb"),
            Err(ConfigError::NameUnprintable {
                position: 1,
                character: '\n'
            })
        );
    }
}
