//! The types that can be the key of a breaker.

use std::{fmt, sync::Arc};

use crate::{
    engine::Engine,
    registry::keyed::{group::Group, key_text::ShortKey},
};

/// A key for [`KeyedBreakers::get`](crate::KeyedBreakers::get).
///
/// Keys are equal if their texts are, so `7` and `"7"` are one key.
///
/// | a value of | is a key as |
/// |---|---|
/// | text, number, `char`, `bool`, address | itself |
/// | an `Option` of a key | itself; `None` is the key of the breaker `name[(none)]` |
/// | a reference, `Box`, `Rc` or `Arc` of a key | itself |
/// | another type with `Display` | [`by_display(&value)`](crate::by_display) |
/// | another type with `AsRef<str>` | `hosts.get::<&str>(value.as_ref())` |
/// | a type of your own | itself, once it implements `Key` |
/// | several values | `format_args!("{tenant}/{region}")` |
///
/// ```
/// use std::fmt;
/// use fusebox::{CircuitBreaker, Key};
///
/// enum Region { Eu, Us }
///
/// impl Key for Region {
///     fn write(&self, text: &mut dyn fmt::Write) -> fmt::Result {
///         text.write_str(match self { Self::Eu => "eu", Self::Us => "us" })
///     }
/// }
///
/// let stock = CircuitBreaker::keyed("key-doc").build()?;
/// assert_eq!(stock.get(Region::Eu).name(), "key-doc[eu]");
/// assert_eq!(stock.get("us").name(), stock.get(Region::Us).name());
/// assert_eq!(stock.get(None::<Region>).name(), "key-doc[(none)]");
/// # Ok::<(), fusebox::ConfigError>(())
/// ```
///
/// The `key` of the attribute needs no `Key`: there, `Display` or `AsRef<str>` is enough.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a key",
    label = "is not a `fusebox::Key`",
    note = "for a value with `Display`, write `fusebox::by_display(&value)`; for one with `AsRef<str>`, `get::<&str>(value.as_ref())`"
)]
pub trait Key {
    /// Writes the text of the key.
    ///
    /// The group is not locked meanwhile. If this returns an error, the key is the text written so
    /// far.
    ///
    /// # Errors
    /// Those of `text`.
    fn write(&self, text: &mut dyn fmt::Write) -> fmt::Result;

    /// Returns the breaker of this key. `None` if the key has to be written once
    /// more.
    ///
    /// Text and whole numbers are not written, which would take as long as the look-up.
    #[doc(hidden)]
    #[inline]
    fn find_in(&self, group: &Group) -> Option<Arc<Engine>> {
        let mut short = ShortKey::new();
        let _ = self.write(&mut short);
        group.get_text(short.whole()?)
    }
}
