//! Keys: one part per parameter, which is the value and not only its hash.

use std::{
    any::{Any, TypeId},
    fmt,
    hash::{Hash, Hasher},
    sync::Arc,
};

/// A parameter that can be cloned, compared and hashed, so be part of a key.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be part of the key of the last good values",
    label = "needs `Clone + Hash + Eq + Send + Sync + 'static`",
    note = "derive what is missing, or write what identifies a call: `last_good_key = <expression>`"
)]
pub trait KeyPart: Clone + Hash + Eq + Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Clone + Hash + Eq + Send + Sync + 'static> KeyPart for T {}

/// The target of a reference that can be part of a key.
///
/// The key holds an owned copy: a `String` for `&str`.
#[diagnostic::on_unimplemented(
    message = "`&{Self}` cannot be part of the key of the last good values",
    label = "needs `Clone + Hash + Eq + Send + Sync + 'static`",
    note = "derive what is missing, or write what identifies a call: `last_good_key = <expression>`"
)]
pub trait Borrowed {
    /// The owned copy.
    type Owned: Hash + Eq + Send + Sync + 'static;
    /// Makes the copy.
    fn copied(&self) -> Self::Owned;
}

#[diagnostic::do_not_recommend]
impl<T: ?Sized + ToOwned<Owned: Hash + Eq + Send + Sync + 'static>> Borrowed for T {
    type Owned = T::Owned;

    fn copied(&self) -> T::Owned {
        self.to_owned()
    }
}

/// An argument that becomes a part of the key.
///
/// It is taken by value and returned. A borrow would keep the argument in the future of the
/// annotated function.
#[derive(Debug)]
pub struct Part<T>(pub T);

/// An argument that is not a reference.
///
/// For references, [`Part`] has methods of the same name, which the compiler prefers.
pub trait PartOfKey<T>: Sized {
    /// Adds the part to the key, and returns the argument.
    fn add_to(self, key: Option<WholeKey>) -> (Option<WholeKey>, T)
    where
        T: KeyPart;
}

impl<T> PartOfKey<T> for Part<T> {
    fn add_to(self, key: Option<WholeKey>) -> (Option<WholeKey>, T)
    where
        T: KeyPart,
    {
        (Some(WholeKey::new(key, self.0.clone())), self.0)
    }
}

impl<'a, T: ?Sized> Part<&'a T> {
    /// Adds a copy of the target, and returns the reference.
    pub fn add_to(self, key: Option<WholeKey>) -> (Option<WholeKey>, &'a T)
    where
        T: Borrowed,
    {
        (Some(WholeKey::new(key, self.0.copied())), self.0)
    }
}

impl<'a, T: ?Sized> Part<&'a mut T> {
    /// Adds a copy of the target, and returns the reference.
    pub fn add_to(self, key: Option<WholeKey>) -> (Option<WholeKey>, &'a mut T)
    where
        T: Borrowed,
    {
        (Some(WholeKey::new(key, self.0.copied())), self.0)
    }
}

/// Adds an argument that is a reference.
///
/// It is a function because the compiler underlines the argument of a function in its error.
pub fn add_ref<T: Borrowed + ?Sized>(argument: &T, key: Option<WholeKey>) -> (Option<WholeKey>, &T) {
    Part(argument).add_to(key)
}

/// Like [`add_ref`].
pub fn add_mut<T: Borrowed + ?Sized>(argument: &mut T, key: Option<WholeKey>) -> (Option<WholeKey>, &mut T) {
    Part(argument).add_to(key)
}

/// A key: its last part, and the parts before it.
///
/// The type is the same for all functions, so a parameter that cannot be a part is one error only.
#[derive(Clone)]
pub struct WholeKey(Arc<dyn Whole>);

#[derive(PartialEq, Eq, Hash)]
struct Node<T> {
    before: Option<WholeKey>,
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

/// Returns a type that differs between the instances of a generic function.
///
/// The argument is a closure of that function. The type of a closure has all generic arguments of
/// the code around it: those of the function, of its `impl`, and `Self` of its trait. Two instances
/// that differ only in lifetimes are one, because no value can depend on a lifetime.
pub(crate) fn instance_of<F: Fn() + 'static>(_: &F) -> TypeId {
    TypeId::of::<F>()
}

impl WholeKey {
    fn new(before: Option<Self>, part: impl Hash + Eq + Send + Sync + 'static) -> Self {
        Self(Arc::new(Node { before, part }))
    }
}

impl Hash for WholeKey {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.0.hash_into(hasher);
    }
}

impl PartialEq for WholeKey {
    fn eq(&self, other: &Self) -> bool {
        let other: &dyn Any = &*other.0;
        self.0.is_equal_to(other)
    }
}

impl Eq for WholeKey {}

impl fmt::Debug for WholeKey {
    /// Prints no content, because keys identify users.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WholeKey")
    }
}
