//! The search for a rejection in a chain of errors.

use std::{error::Error, io, iter::successors, sync::Arc};

use crate::error::{Refusal, Rejected};

/// More links than any real chain has. A chain that is a circle has no end.
const MOST_LINKS: usize = 128;

impl Rejected {
    /// Finds a rejection in an error, in its sources, or inside of an
    /// [`io::Error`], a `Box` or an `Arc` among them.
    ///
    /// It reads at most 128 links of the chain.
    ///
    /// ```
    /// use std::io;
    /// use fusebox::{CircuitBreaker, Rejected};
    ///
    /// let orders = CircuitBreaker::builder("find-doc").build()?;
    /// orders.trip();
    /// let error = io::Error::other(io::Error::from(orders.try_acquire().unwrap_err()));
    /// assert_eq!(Rejected::find(&error).unwrap().name(), "find-doc");
    /// # Ok::<(), fusebox::ConfigError>(())
    /// ```
    pub fn find<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a Self> {
        let chain = successors(Some(error), |error| next(*error));
        chain.take(MOST_LINKS).find_map(Self::of_link)
    }

    /// Returns the rejection that this link of a chain is or holds.
    fn of_link<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a Self> {
        held(error).or_else(|| held::<Refusal>(error)?.rejected())
    }
}

/// Returns the link after this one.
///
/// `source()` of an `io::Error` or an `Arc` skips the error that it holds. So here, that error is
/// the next link, and its own `source()` is the link after it.
fn next<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    if let Some(shared) = error.downcast_ref::<Arc<dyn Error + Send + Sync>>() {
        return Some(&**shared);
    }
    match held(error).and_then(io::Error::get_ref) {
        Some(payload) => Some(payload),
        None => error.source(),
    }
}

/// Returns the error as this type, even from inside a `Box` or an `Arc`.
fn held<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    error
        .downcast_ref()
        .or_else(|| error.downcast_ref().map(Box::as_ref))
        .or_else(|| error.downcast_ref().map(Arc::as_ref))
}
