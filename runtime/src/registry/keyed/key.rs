//! What can be the key of a breaker.

use std::{
    borrow::Cow,
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6},
    rc::Rc,
    sync::Arc,
};

use crate::registry::keyed::{
    digits::Digits,
    key_text::{CAPACITY, ShortKey},
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
    /// Calls `look_up` with the text of the key, or with `None` if it is too long.
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

macro_rules! pointers {
    ($([$($generics:tt)*] $pointer:ty;)*) => {$(
        impl<$($generics)*> Key for $pointer {
            #[inline]
            fn with_text<R>(&self, look_up: impl FnOnce(Option<&[u8]>) -> R) -> R {
                (**self).with_text(look_up)
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
fn with_digits<R>(
    number: impl fmt::Display,
    is_negative: bool,
    magnitude: u64,
    look_up: impl FnOnce(Option<&[u8]>) -> R,
) -> R {
    match Digits::of(is_negative, magnitude) {
        Some(digits) => look_up(Some(digits.text())),
        None => look_up(ShortKey::new().format(number)),
    }
}

macro_rules! by_display {
    ($($ty:ty),*) => {$(impl Key for $ty {})*};
}

by_display! {
    u128, i128, char, bool, fmt::Arguments<'_>,
    IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6
}
