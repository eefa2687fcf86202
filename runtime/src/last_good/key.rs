//! Keys: one part per parameter, whole and never only its hash.

use std::{
    any::Any,
    fmt,
    hash::{Hash, Hasher},
    sync::Arc,
};

/// A parameter that can be part of the key of the last good values: all that can be cloned, compared and hashed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be part of the key of the last good values",
    label = "needs `Clone + Hash + Eq + Send + Sync + 'static`",
    note = "derive what is missing, or write what tells the calls apart: `last_good_key = <expression>`"
)]
pub trait KeyPart: Clone + Hash + Eq + Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Clone + Hash + Eq + Send + Sync + 'static> KeyPart for T {}

/// What is behind a reference that can be part of the key: it is copied into its owner (`&str` into `String`).
#[diagnostic::on_unimplemented(
    message = "`&{Self}` cannot be part of the key of the last good values",
    label = "needs `Clone + Hash + Eq + Send + Sync + 'static`",
    note = "derive what is missing, or write what tells the calls apart: `last_good_key = <expression>`"
)]
pub trait Borrowed {
    /// The part of the key.
    type Owned: Hash + Eq + Send + Sync + 'static;
    /// Copies it.
    fn copied(&self) -> Self::Owned;
}

#[diagnostic::do_not_recommend]
impl<T: ?Sized + ToOwned<Owned: Hash + Eq + Send + Sync + 'static>> Borrowed for T {
    type Owned = T::Owned;

    fn copied(&self) -> T::Owned {
        self.to_owned()
    }
}

/// An argument that a part of the key is made of. By value, because a borrow in the annotated function would keep the argument in
/// its future; so it is given back.
#[derive(Debug)]
pub struct Part<T>(pub T);

/// An argument that is no reference. (A reference has a method of the same name of its own, which goes first.)
pub trait PartOfKey<T>: Sized {
    /// Adds the part to the key.
    fn add_to(self, key: Option<Key>) -> (Option<Key>, T)
    where
        T: KeyPart;
}

impl<T> PartOfKey<T> for Part<T> {
    fn add_to(self, key: Option<Key>) -> (Option<Key>, T)
    where
        T: KeyPart,
    {
        (Some(Key::new(key, self.0.clone())), self.0)
    }
}

impl<'a, T: ?Sized> Part<&'a T> {
    /// Adds what the reference points to.
    pub fn add_to(self, key: Option<Key>) -> (Option<Key>, &'a T)
    where
        T: Borrowed,
    {
        (Some(Key::new(key, self.0.copied())), self.0)
    }
}

impl<'a, T: ?Sized> Part<&'a mut T> {
    /// Adds what the reference points to.
    pub fn add_to(self, key: Option<Key>) -> (Option<Key>, &'a mut T)
    where
        T: Borrowed,
    {
        (Some(Key::new(key, self.0.copied())), self.0)
    }
}

/// Adds an argument that is a reference. A function, so that an error stands on the argument.
pub fn add_ref<T: Borrowed + ?Sized>(argument: &T, key: Option<Key>) -> (Option<Key>, &T) {
    Part(argument).add_to(key)
}

/// As [`add_ref`].
pub fn add_mut<T: Borrowed + ?Sized>(argument: &mut T, key: Option<Key>) -> (Option<Key>, &mut T) {
    Part(argument).add_to(key)
}

/// A key: its last part, and the parts before. Without a type of its own, so that a parameter which cannot be a part is one error.
#[derive(Clone)]
pub struct Key(Arc<dyn Whole>);

#[derive(PartialEq, Eq, Hash)]
struct Node<T> {
    before: Option<Key>,
    part: T,
}

trait Whole: Any + Send + Sync {
    fn hash_into(&self, hasher: &mut dyn Hasher);
    fn is_equal_to(&self, other: &dyn Any) -> bool;
}

impl<K: Hash + Eq + Send + Sync + 'static> Whole for K {
    fn hash_into(&self, mut hasher: &mut dyn Hasher) {
        self.hash(&mut hasher);
    }

    fn is_equal_to(&self, other: &dyn Any) -> bool {
        other.downcast_ref::<K>() == Some(self)
    }
}

impl Key {
    fn new(before: Option<Self>, part: impl Hash + Eq + Send + Sync + 'static) -> Self {
        Self(Arc::new(Node { before, part }))
    }
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.0.hash_into(hasher);
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        let other: &dyn Any = &*other.0;
        self.0.is_equal_to(other)
    }
}

impl Eq for Key {}

impl fmt::Debug for Key {
    /// Without what is in it: keys hold what users were told apart by.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}
