//! The text of a key, made without an allocation.

use std::{
    fmt::{self, Write},
    str,
};

use crate::{
    config::limits::{MAX_NAME_CHARS, is_unprintable},
    registry::keyed::map_key::ABSENT,
    state::rules,
};

/// Room for nearly every key.
const SHORT: usize = 128;
/// Room for the longest key: each character has at most 4 bytes.
pub(super) const CAPACITY: usize = 4 * MAX_NAME_CHARS;
/// How many characters of a key that is too long are kept.
const KEPT_CHARACTERS: usize = 48;
/// The keys of the overflow breaker, of a breaker that is gone, and of `None`.
const RESERVED: [&str; 3] = ["*", "…", ABSENT];

/// A key of at most 128 bytes: all that a look-up needs.
///
/// That the bytes are UTF-8 matters only for a new key. A longer key is formatted once more, into a
/// [`KeyText`], so that the usual key does not pay for clearing 512 bytes.
pub(super) struct ShortKey {
    bytes: [u8; SHORT],
    length: usize,
    is_whole: bool,
}

impl ShortKey {
    #[inline]
    pub(super) const fn new() -> Self {
        Self {
            bytes: [0; SHORT],
            length: 0,
            is_whole: true,
        }
    }

    /// Returns the key that was written, unless it is longer.
    #[inline]
    pub(super) fn whole(&self) -> Option<&[u8]> {
        self.is_whole.then(|| &self.bytes[..self.length])
    }
}

impl fmt::Write for ShortKey {
    #[inline]
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.length + text.len();
        match self.bytes.get_mut(self.length..end) {
            Some(free) if self.is_whole => {
                free.copy_from_slice(text.as_bytes());
                self.length = end;
                Ok(())
            }
            _ => {
                self.is_whole = false;
                Err(fmt::Error)
            }
        }
    }
}

/// A key of any length.
pub(super) struct KeyText {
    bytes: [u8; CAPACITY],
    length: usize,
    /// The hash of the whole key, once it is longer than `bytes`.
    hash: Option<u64>,
}

impl KeyText {
    const fn new() -> Self {
        Self {
            bytes: [0; CAPACITY],
            length: 0,
            hash: None,
        }
    }

    /// Writes a key. An error ends it: the key is what was written so far.
    pub(super) fn of(write: impl FnOnce(&mut dyn fmt::Write) -> fmt::Result) -> Self {
        let mut text = Self::new();
        let _ = write(&mut text);
        text
    }

    /// Returns the key, if it can be a part of a name as it is: at most 128
    /// printable characters.
    pub(super) fn as_name(&self) -> Option<&str> {
        let text = self.kept();
        let is_short = text.len() <= MAX_NAME_CHARS || text.chars().count() <= MAX_NAME_CHARS;
        let is_name = is_short && self.hash.is_none() && is_printable(text) && !RESERVED.contains(&text);
        is_name.then_some(text)
    }

    /// Returns the beginning of the key with control characters escaped, and a hash
    /// of all of it: different keys have different texts.
    pub(super) fn hashed(&self) -> Self {
        let text = self.kept();
        let hash = rules::mix(self.hash.unwrap_or_else(|| hash(HASH_OF_NOTHING, text)));
        let mut hashed = Self::new();
        // It has room for 48 characters of at most 8 bytes each, and never returns an error.
        for character in text.chars().take(KEPT_CHARACTERS) {
            let _ = if is_unprintable(character) {
                write!(hashed, "{}", character.escape_default())
            } else {
                hashed.write_char(character)
            };
        }
        let _ = write!(hashed, "#{hash:016x}");
        hashed
    }

    pub(super) fn kept(&self) -> &str {
        // Only whole characters are kept, so this is always UTF-8.
        str::from_utf8(&self.bytes[..self.length]).unwrap_or_default()
    }
}

/// A key of 10 KB allocates nothing either: what does not fit is only hashed.
impl fmt::Write for KeyText {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.length + text.len();
        if let (Some(free), None) = (self.bytes.get_mut(self.length..end), self.hash) {
            free.copy_from_slice(text.as_bytes());
            self.length = end;
        } else {
            self.write_beyond(text);
        }
        Ok(())
    }
}

impl KeyText {
    #[cold]
    fn write_beyond(&mut self, text: &str) {
        let so_far = self.hash.unwrap_or_else(|| hash(HASH_OF_NOTHING, self.kept()));
        if self.hash.is_none() {
            let mut kept = CAPACITY - self.length;
            while !text.is_char_boundary(kept) {
                kept -= 1;
            }
            self.bytes[self.length..self.length + kept].copy_from_slice(&text.as_bytes()[..kept]);
            self.length += kept;
        }
        self.hash = Some(hash(so_far, text));
    }
}

/// Returns whether a name may hold all these characters.
fn is_printable(text: &str) -> bool {
    // Beyond ASCII, those that a name may not hold begin with one of these bytes.
    let may_be = |byte: u8| byte < 0x20 || matches!(byte, 0x7f | 0xc2 | 0xd8 | 0xe2 | 0xef);
    !text.bytes().any(may_be) || !text.chars().any(is_unprintable)
}

/// FNV-1a, which is the same in every process: names are compared between
/// processes.
const HASH_OF_NOTHING: u64 = 0xcbf2_9ce4_8422_2325;

fn hash(so_far: u64, text: &str) -> u64 {
    let add = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    text.bytes().fold(so_far, add)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::keyed::key::Key;

    fn written(parts: &[&str]) -> KeyText {
        let mut text = KeyText::new();
        for part in parts {
            text.write_str(part).expect("it never fails");
        }
        text
    }

    #[test]
    fn a_key_of_1_to_128_printable_characters_stays_as_it_is() {
        for key in [
            "",
            " ",
            "eu-1",
            "a[b]",
            "Ünïcode 漢字",
            &"é".repeat(128),
            &"🦀".repeat(128),
        ] {
            assert_eq!(written(&[key]).as_name(), Some(key));
        }
        assert_eq!(written(&["eu", "-", "1"]).as_name(), Some("eu-1"));
    }

    #[test]
    fn every_other_key_is_hashed() {
        for key in [
            "*",
            "…",
            "(none)",
            "a\nb",
            "\u{85}",
            "\u{7f}",
            "eu\u{202e}1-",
            "\u{feff}eu-1",
            "\u{61c}",
            &"é".repeat(129),
            &"🦀".repeat(10_000),
        ] {
            let text = written(&[key]);
            assert_eq!(text.as_name(), None, "{key:?}");
            let hashed = text.hashed();
            let hashed = hashed.as_name().unwrap_or_else(|| hashed.kept());
            assert!(hashed.chars().count() <= 48 * 8 + 17, "{hashed}");
            assert!(is_printable(hashed), "{hashed:?}");
        }
        assert!(written(&["a\nb"]).hashed().kept().starts_with("a\\nb#"));
        let longest = written(&[&"\u{202e}".repeat(129)]).hashed();
        assert!(longest.hash.is_none() && longest.length == 48 * 8 + 17);
    }

    #[test]
    fn the_hash_is_that_of_the_whole_key_however_it_was_written() {
        let long = "x🦀".repeat(500);
        let hashed = written(&[&long]).hashed().kept().to_owned();
        for cut in [0, 1, 5, 510, 515, 1_500] {
            let (one, two) = long.split_at(cut);
            assert_eq!(written(&[one, two]).hashed().kept(), hashed, "{cut}");
        }
        let other = format!("{}y", &long[..long.len() - 4]);
        assert_ne!(written(&[&other]).hashed().kept(), hashed);
    }

    /// Goes on after an error.
    struct Stubborn;

    impl fmt::Display for Stubborn {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            let _ = f.write_str(&"x".repeat(129));
            f.write_str("y")
        }
    }

    #[test]
    fn a_short_key_is_whole_up_to_128_bytes() {
        let kept = |key: &dyn fmt::Display| {
            let mut short = ShortKey::new();
            let _ = Key::write(key, &mut short);
            short.whole().map(<[u8]>::to_vec)
        };
        let longest = "é".repeat(64);
        assert_eq!(kept(&longest), Some(longest.clone().into_bytes()));
        assert_eq!(kept(&format!("{longest}x")), None);
        assert_eq!(kept(&""), Some(Vec::new()));
        assert_eq!(kept(&Stubborn), None, "no part of a key is a key");
    }
}
