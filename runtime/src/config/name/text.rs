//! The name of a breaker as users read it.

use std::{
    borrow::Borrow,
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    ops::Deref,
    sync::Arc,
};

/// The name of a breaker. It dereferences to [`str`].
///
/// The name of a keyed breaker is that of its group with the key in brackets: `inventory[eu-1]`.
/// Cloning a name allocates nothing.
///
/// ```
/// use fusebox::{CircuitBreaker, Threshold};
///
/// let hosts = CircuitBreaker::keyed("name-doc").threshold(Threshold::failures(1)).build()?;
/// let host = hosts.get("eu-1");
/// host.trip();
/// let name = host.try_acquire().unwrap_err().name();
/// assert_eq!(name, "name-doc[eu-1]");
/// assert_eq!((name.group(), name.key()), (Some("name-doc"), Some("eu-1")));
/// # Ok::<(), fusebox::ConfigError>(())
/// ```
#[derive(Clone)]
pub struct Name {
    text: NameText,
    /// The bytes of the group's name; 0 for a breaker without a group.
    group: u32,
}

#[derive(Clone)]
enum NameText {
    Fixed(&'static str),
    Keyed(Arc<str>),
}

/// The text in the brackets when the key is gone.
pub(super) const GONE: &str = "…";

impl Name {
    pub(super) const fn fixed(text: &'static str) -> Self {
        Self {
            text: NameText::Fixed(text),
            group: 0,
        }
    }

    /// Returns the name of a keyed breaker.
    pub(super) fn keyed(group: &str, key: &str) -> Self {
        Self {
            text: NameText::Keyed(format!("{group}[{key}]").into()),
            // A group's name has at most 128 characters.
            group: u32::try_from(group.len()).unwrap_or(0),
        }
    }

    /// Returns the whole name.
    pub fn as_str(&self) -> &str {
        match &self.text {
            NameText::Fixed(text) => text,
            NameText::Keyed(text) => text,
        }
    }

    /// Returns the name of the group; `None` for a breaker without a key.
    pub fn group(&self) -> Option<&str> {
        (self.group > 0).then(|| &self.as_str()[..self.group as usize])
    }

    /// Returns the key of a keyed breaker.
    ///
    /// `None` for a breaker without a key, and for a [rejection](crate::Rejected::name) that was
    /// kept for longer than its breaker.
    pub fn key(&self) -> Option<&str> {
        let group = self.group()?;
        let key = self.as_str()[group.len()..]
            .strip_prefix('[')?
            .strip_suffix(']')?;
        (key != GONE).then_some(key)
    }
}

impl Deref for Name {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for Name {
    fn as_ref(&self) -> &str {
        self
    }
}

/// Equal names have equal hashes and the order of their text.
impl Borrow<str> for Name {
    fn borrow(&self) -> &str {
        self
    }
}

/// A name without a group.
impl From<&'static str> for Name {
    fn from(name: &'static str) -> Self {
        Self::fixed(name)
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.as_str().to_owned()
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.as_str(), f)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Name {}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Name {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl PartialEq<str> for Name {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Name {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl PartialEq<String> for Name {
    fn eq(&self, other: &String) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<Name> for str {
    fn eq(&self, other: &Name) -> bool {
        self == other.as_str()
    }
}

impl PartialEq<Name> for &str {
    fn eq(&self, other: &Name) -> bool {
        *self == other.as_str()
    }
}
