//! The one rule for names, and the one copy of each name.

use std::collections::HashSet;

use crate::{
    config::{
        ConfigError,
        limits::{MAX_NAME_CHARS, is_unprintable},
    },
    sync::{StaticMutex, lock_static},
};

/// The names that live as long as the process.
static NAMES: StaticMutex<Option<HashSet<&'static str>>> = StaticMutex::new(None);

/// Returns the one copy of `name` that lives as long as the process.
///
/// For the names that a program writes: of breakers, and of groups of keyed breakers. The name of a
/// keyed breaker comes from outside, so it is never kept here.
pub(crate) fn intern(name: &str) -> &'static str {
    let mut names = lock_static(&NAMES);
    let names = names.get_or_insert_with(HashSet::new);
    if let Some(known) = names.get(name) {
        return known;
    }
    let kept: &'static str = Box::leak(Box::from(name));
    names.insert(kept);
    kept
}

/// Checks that a name has 1 to 128 printable characters, and no brace.
///
/// A brace looks like a place for a value: one breaker per value has a `key`.
///
/// Constant, so that a constant name obeys the rule of a literal and of a builder to the letter.
pub(crate) const fn check(name: &str) -> Result<(), ConfigError> {
    let bytes = name.as_bytes();
    let (mut at, mut characters, mut is_blank) = (0, 0, true);
    let (mut unprintable, mut brace) = (None, None);
    while at < bytes.len() {
        let (character, length) = decode(bytes, at);
        if unprintable.is_none() && is_unprintable(character) {
            unprintable = Some((characters, character));
        }
        if brace.is_none() && matches!(character, '{' | '}') {
            brace = Some(character);
        }
        is_blank = is_blank && character.is_whitespace();
        characters += 1;
        at += length;
    }
    match (unprintable, brace) {
        _ if is_blank => Err(ConfigError::NameEmpty),
        (Some((position, character)), _) => Err(ConfigError::NameUnprintable { position, character }),
        _ if characters > MAX_NAME_CHARS => Err(ConfigError::NameTooLong { characters }),
        (None, Some(brace)) => Err(ConfigError::NameBrace { brace }),
        (None, None) => Ok(()),
    }
}

/// Returns the character at an index of UTF-8, and the number of its bytes.
///
/// `str::chars` is not constant.
pub(super) const fn decode(bytes: &[u8], at: usize) -> (char, usize) {
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
