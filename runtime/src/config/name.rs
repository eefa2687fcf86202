//! Names of breakers: checked by one rule, and kept for the whole process.

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
///
/// Constant, so that a constant name obeys the rule of a literal and of a builder to the letter.
pub(crate) const fn check(name: &str) -> Result<(), ConfigError> {
    let bytes = name.as_bytes();
    let (mut at, mut characters, mut is_blank) = (0, 0, true);
    let mut unprintable = None;
    while at < bytes.len() {
        let (character, length) = decode(bytes, at);
        if unprintable.is_none() && is_control(character) {
            unprintable = Some((characters, character));
        }
        is_blank = is_blank && character.is_whitespace();
        characters += 1;
        at += length;
    }
    match unprintable {
        _ if is_blank => Err(ConfigError::NameEmpty),
        Some((position, character)) => Err(ConfigError::NameUnprintable { position, character }),
        None if characters > LONGEST_NAME => Err(ConfigError::NameTooLong { characters }),
        None => Ok(()),
    }
}

/// Like `char::is_control`, but constant.
const fn is_control(character: char) -> bool {
    matches!(character, '\0'..='\x1f' | '\x7f'..='\u{9f}')
}

/// The character at an index of UTF-8, and the number of its bytes.
///
/// `str::chars` is not constant.
const fn decode(bytes: &[u8], at: usize) -> (char, usize) {
    let first = bytes[at];
    // The first byte shows the length, and holds what is left of its bits.
    let (length, mut code) = match first {
        0..=0x7f => (1, first as u32),
        0x80..=0xdf => (2, first as u32 & 0x1f),
        0xe0..=0xef => (3, first as u32 & 0x0f),
        _ => (4, first as u32 & 0x07),
    };
    let mut next = 1;
    while next < length {
        code = code << 6 | bytes[at + next] as u32 & 0x3f;
        next += 1;
    }
    match char::from_u32(code) {
        Some(character) => (character, length),
        None => panic!("a `str` is UTF-8"),
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
        assert_eq!(
            check("a\nb"),
            Err(ConfigError::NameUnprintable {
                position: 1,
                character: '\n'
            })
        );
        for blank in ["", "  ", "\u{a0}", "\u{85}", "\t\u{3000}"] {
            assert_eq!(check(blank), Err(ConfigError::NameEmpty), "{blank:?}");
        }
    }

    #[test]
    fn every_character_is_decoded_and_judged_as_std_does() {
        for character in '\0'..=char::MAX {
            let name = format!("a{character}");
            assert_eq!(decode(name.as_bytes(), 1), (character, character.len_utf8()));
            assert_eq!(check(&name).is_err(), character.is_control(), "{character:?}");
            let blank = check(&name[1..]) == Err(ConfigError::NameEmpty);
            assert_eq!(blank, character.is_whitespace(), "{character:?}");
        }
    }
}
