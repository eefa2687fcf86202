//! What can be the key of a breaker.

use std::{
    borrow::Cow,
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6},
    rc::Rc,
    sync::Arc,
};

<<<<<<< HEAD
use crate::{
    config::limits::{LONGEST_NAME, is_unprintable},
    state::rules,
=======
use crate::registry::keyed::{
    digits::Digits,
    key_text::{CAPACITY, ShortKey},
>>>>>>> 511e60b (registry: look a key up without formatting it)
};

/// A key for [`KeyedBreakers::get`](crate::KeyedBreakers::get): text, a number,
/// an address, or any other type with `Display`.
///
/// Keys are equal if the texts that they display are. For a type of another crate, write
/// `format_args!("{value}")`. A type of your own becomes a key with one line:
///
/// ```
/// use std::fmt;
/// use fusebox::{CircuitBreaker, Key};
///
/// enum Region { Eu, Us }
///
/// impl fmt::Display for Region {
///     fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
///         f.write_str(match self { Self::Eu => "eu", Self::Us => "us" })
///     }
/// }
///
/// impl Key for Region {}
///
/// let stock = CircuitBreaker::keyed("key-doc").build()?;
/// assert_eq!(stock.get(Region::Eu).name(), "key-doc[eu]");
/// assert_eq!(stock.get("us").name(), stock.get(Region::Us).name());
/// # Ok::<(), fusebox::ConfigError>(())
/// ```
///
/// The `key` of the attribute needs no `Key`: there, `Display` or `AsRef<str>` is enough.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a key",
    note = "text, numbers and addresses are keys; for any other value with `Display`, write `format_args!(\"{{value}}\")`, or implement `fusebox::Key`"
)]
pub trait Key: fmt::Display {
    /// Calls `look_up` with the text of the key, or with `None` if that is too long.
    ///
    /// Text and whole numbers do not go through `fmt`, which would take as long as the look-up.
    #[doc(hidden)]
    #[inline]
    fn with_text<R>(&self, look_up: impl FnOnce(Option<&[u8]>) -> R) -> R {
        look_up(ShortKey::new().format(self))
    }
}

impl Key for str {
    #[inline]
    fn with_text<R>(&self, look_up: impl FnOnce(Option<&[u8]>) -> R) -> R {
        // A longer text is not in the map as it is.
        look_up(Some(self.as_bytes()).filter(|bytes| bytes.len() <= CAPACITY))
    }
}

<<<<<<< HEAD
    /// The key, if it can be a part of a name as it is: at most 128 printable
    /// characters.
    #[inline]
    pub(super) fn as_name(&self) -> Option<&str> {
        let text = self.kept();
        let is_short = text.len() <= LONGEST_NAME || text.chars().count() <= LONGEST_NAME;
        let is_name = is_short && self.hash.is_none() && is_printable(text) && !RESERVED.contains(&text);
        is_name.then_some(text)
    }

    /// The beginning of the key with control characters escaped, and a hash of
    /// all of it: different keys have different texts.
    #[cold]
    pub(super) fn hashed(&self) -> String {
        let text = self.kept();
        let hash = rules::mix(self.hash.unwrap_or_else(|| hash(HASH_OF_NOTHING, text)));
        let mut hashed = String::new();
        for character in text.chars().take(KEPT_CHARACTERS) {
            if is_unprintable(character) {
                hashed.extend(character.escape_default());
            } else {
                hashed.push(character);
=======
macro_rules! pointers {
    ($([$($generics:tt)*] $pointer:ty;)*) => {$(
        impl<$($generics)*> Key for $pointer {
            #[inline]
            fn with_text<R>(&self, look_up: impl FnOnce(Option<&[u8]>) -> R) -> R {
                (**self).with_text(look_up)
>>>>>>> 511e60b (registry: look a key up without formatting it)
            }
        }
    )*};
}

pointers! {
    [] String;
    [] Cow<'_, str>;
    [K: Key + ?Sized] &K;
    [K: Key + ?Sized] Box<K>;
    [K: Key + ?Sized] Rc<K>;
    [K: Key + ?Sized] Arc<K>;
}

macro_rules! whole_numbers {
    ($($unsigned:ty, $signed:ty;)*) => {$(
        impl Key for $unsigned {
            #[inline]
            fn with_text<R>(&self, look_up: impl FnOnce(Option<&[u8]>) -> R) -> R {
                with_digits(self, false, *self as u64, look_up)
            }
        }

        impl Key for $signed {
            #[inline]
            fn with_text<R>(&self, look_up: impl FnOnce(Option<&[u8]>) -> R) -> R {
                with_digits(self, self.is_negative(), self.unsigned_abs() as u64, look_up)
            }
        }
    )*};
}

// None of these has more than 64 bits.
whole_numbers! { u8, i8; u16, i16; u32, i32; u64, i64; usize, isize; }

#[inline]
<<<<<<< HEAD
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
    use std::fmt::Write;

    use super::*;

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
            assert!(hashed.chars().count() <= 48 * 8 + 17, "{hashed}");
            assert!(is_printable(&hashed), "{hashed:?}");
        }
        assert!(written(&["a\nb"]).hashed().starts_with("a\\nb#"));
    }

    #[test]
    fn the_quick_look_at_the_bytes_of_a_key_misses_no_character() {
        for character in '\0'..=char::MAX {
            let text = character.to_string();
            assert_eq!(is_printable(&text), !is_unprintable(character), "{character:?}");
        }
    }

    #[test]
    fn the_hash_is_that_of_the_whole_key_however_it_was_written() {
        let long = "x🦀".repeat(500);
        let hashed = written(&[&long]).hashed();
        for cut in [0, 1, 5, 510, 515, 1_500] {
            let (one, two) = long.split_at(cut);
            assert_eq!(written(&[one, two]).hashed(), hashed, "{cut}");
        }
        let other = format!("{}y", &long[..long.len() - 4]);
        assert_ne!(written(&[&other]).hashed(), hashed);
=======
fn with_digits<R>(
    number: impl fmt::Display,
    is_negative: bool,
    magnitude: u64,
    look_up: impl FnOnce(Option<&[u8]>) -> R,
) -> R {
    match Digits::of(is_negative, magnitude) {
        Some(digits) => look_up(Some(digits.text())),
        None => look_up(ShortKey::new().format(number)),
>>>>>>> 511e60b (registry: look a key up without formatting it)
    }
}

macro_rules! by_display {
    ($($ty:ty),*) => {$(impl Key for $ty {})*};
}

by_display! {
    u128, i128, char, bool, fmt::Arguments<'_>,
    IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6
}
