//! A key by the `Display` of a value.

use std::{fmt, sync::Arc};

use crate::{
    engine::Engine,
    registry::keyed::{group::Group, key::Key, key_text::ShortKey},
};

/// Makes a key of any value with `Display`.
///
/// For a type of another crate, which cannot implement [`Key`]. It allocates nothing.
///
/// ```
/// use fusebox::{CircuitBreaker, by_display};
///
/// let hosts = CircuitBreaker::keyed("by-display-doc").build()?;
/// let version = std::path::Path::new("v1").display();
/// assert_eq!(hosts.get(by_display(&version)).name(), "by-display-doc[v1]");
///
/// let id = Some(version);
/// assert_eq!(hosts.get(id.as_ref().map(by_display)).name(), "by-display-doc[v1]");
/// # Ok::<(), fusebox::ConfigError>(())
/// ```
pub fn by_display<T: fmt::Display + ?Sized>(value: &T) -> ByDisplay<'_, T> {
    ByDisplay(value)
}

/// The key that [`by_display`] makes of a value.
#[derive(Debug)]
pub struct ByDisplay<'a, T: ?Sized>(&'a T);

impl<T: ?Sized> Clone for ByDisplay<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: ?Sized> Copy for ByDisplay<'_, T> {}

impl<T: fmt::Display + ?Sized> Key for ByDisplay<'_, T> {
    fn write(&self, text: &mut dyn fmt::Write) -> fmt::Result {
        write!(text, "{}", self.0)
    }

    // Without a virtual call for each part of the text.
    #[inline]
    fn find_in(&self, group: &Group) -> Option<Arc<Engine>> {
        let mut short = ShortKey::new();
        let _ = fmt::Write::write_fmt(&mut short, format_args!("{}", self.0));
        group.get_text(short.whole()?)
    }
}
