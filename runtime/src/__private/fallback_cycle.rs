//! Fallbacks of each other, which end with the rejection if all reject.

use std::{cell::RefCell, marker::PhantomData};

use crate::{
    __private::{call_site::Site, return_type::Recover},
    error::Rejected,
    poll_scope,
    sync::const_thread_local,
};

/// Up to how many fallbacks inside each other, a function may occur again.
///
/// A fallback may call its own function with other arguments, so one repetition is not a cycle yet.
/// A chain of different functions may be longer.
const DEEPEST: usize = 32;

const_thread_local! {
    /// The functions whose fallbacks this thread polls, the outermost first.
    static SITES: RefCell<Vec<usize>> = RefCell::new(Vec::new());
}

/// Polls the fallback of this function.
///
/// Returns `None` without polling if the function is in a cycle.
pub(crate) fn nested<T>(site: impl Site, poll: impl FnOnce() -> T) -> Option<T> {
    let site = site.address();
    if poll_scope::depth(&SITES) >= DEEPEST && poll_scope::depth_of(&SITES, &site) > 0 {
        return None;
    }
    Some(poll_scope::nested(&SITES, site, poll))
}

/// Returns the answer of the innermost function of a cycle: its own rejection.
///
/// # Panics
/// If no answer can be made of a rejection, because the error type has no `From<Rejected>`.
#[cold]
pub(crate) fn answer<R, C: CycleAnswer<R>>(site: impl Site) -> R {
    let breaker = site.breaker();
    // After a failure, the breaker may be closed. The call that it would admit is not made.
    let rejected = breaker.engine().rejection();
    rejected.and_then(C::answer).unwrap_or_else(|| {
        let name = breaker.name();
        panic!("fallback cycle: every breaker starting at `{name}` rejected the call")
    })
}

/// The conversion of a rejection into an answer.
pub trait CycleAnswer<R> {
    /// Makes the answer, if that is possible.
    fn answer(rejected: Rejected) -> Option<R>;
}

/// Makes the answer as a function without a fallback does.
#[derive(Debug, Clone, Copy)]
pub struct Recovered;

impl<R: Recover> CycleAnswer<R> for Recovered {
    fn answer(rejected: Rejected) -> Option<R> {
        Some(R::recover(rejected))
    }
}

/// Makes no answer.
#[derive(Debug, Clone, Copy)]
pub struct NoAnswer;

impl<R> CycleAnswer<R> for NoAnswer {
    fn answer(_: Rejected) -> Option<R> {
        None
    }
}

/// Finds out whether an answer of this type can be made of a rejection.
///
/// Two traits have a method `on_cycle`. The compiler prefers the one that takes `self` by value, if
/// its bound holds.
#[derive(Debug)]
pub struct OnCycle<R>(PhantomData<fn() -> R>);

impl<R> OnCycle<R> {
    /// The only value.
    pub const NEW: Self = Self(PhantomData);
}

/// A return type that can hold a rejection.
pub trait HoldsRejection {
    /// Returns how to make the answer.
    fn on_cycle(self) -> Recovered;
}

impl<R: Recover> HoldsRejection for OnCycle<R> {
    fn on_cycle(self) -> Recovered {
        Recovered
    }
}

/// Any return type.
pub trait HoldsAnything {
    /// Returns that no answer can be made.
    fn on_cycle(&self) -> NoAnswer;
}

impl<R> HoldsAnything for OnCycle<R> {
    fn on_cycle(&self) -> NoAnswer {
        NoAnswer
    }
}
