//! The search for a rejection in a chain of errors.

use std::{error::Error, io, iter::successors};

use crate::error::{Refusal, Rejected};

impl Rejected {
    /// Finds a rejection in an error, in its sources, or inside of an
    /// [`io::Error`] among them.
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
        successors(Some(error), |error| (*error).source()).find_map(Self::of_link)
    }

    /// Returns the rejection that this link of a chain is or holds.
    fn of_link<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a Self> {
        if let Some(rejected) = error.downcast_ref() {
            return Some(rejected);
        }
        if let Some(refusal) = error.downcast_ref::<Refusal>() {
            return refusal.rejected();
        }
        // The source of an `io::Error` is that of its payload, so the payload itself is in no
        // chain.
        Self::find(error.downcast_ref::<io::Error>()?.get_ref()?)
    }
}
