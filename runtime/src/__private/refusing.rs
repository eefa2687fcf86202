//! The maker of the error of a refused call: `error = <closure or path>`.

use crate::error::{Refusal, Rejected, TimedOut};

/// A return type that holds an error.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a `Result`, so `error` has no error to make",
    label = "not a `Result`",
    note = "write what answers in its place: `fallback = <path>`"
)]
pub trait HasError {
    /// The error.
    type Error;

    /// Returns the error as an answer.
    fn from_error(error: Self::Error) -> Self;
}

impl<T, E> HasError for Result<T, E> {
    type Error = E;

    fn from_error(error: E) -> Self {
        Err(error)
    }
}

/// Checks the value of `error` where the user wrote it.
#[derive(Debug, Clone, Copy)]
pub struct Refusing;

impl Refusing {
    /// Takes a closure that uses no parameter.
    pub fn error<R: HasError>(self, make: fn(Refusal) -> R::Error) -> Refuse<R, R::Error> {
        Refuse {
            make,
            from_error: R::from_error,
        }
    }

    /// Takes the path of a function.
    pub fn error_by<R: HasError, F: MakesError<R::Error>>(self, make: F) -> RefuseBy<R, R::Error, F> {
        RefuseBy {
            function: make,
            make: F::make,
            from_error: R::from_error,
        }
    }

    /// Returns the answer to a refused call. The closure uses parameters.
    #[cold]
    pub fn answer<R: HasError>(self, refusal: Refusal, make: impl FnOnce(Refusal) -> R::Error) -> R {
        R::from_error(make(refusal))
    }
}

/// A function for `error`.
#[diagnostic::on_unimplemented(
    message = "`error` takes a function from `fusebox::Refusal` to `{E}`",
    label = "is not a `fn(Refusal) -> {E}`",
    note = "write such a function, or a closure: `error = |refusal| <expression>`"
)]
pub trait MakesError<E> {
    /// Makes the error.
    fn make(&self, refusal: Refusal) -> E;
}

#[diagnostic::do_not_recommend]
impl<E, F: Fn(Refusal) -> E> MakesError<E> for F {
    fn make(&self, refusal: Refusal) -> E {
        self(refusal)
    }
}

/// Makes the answer to a refused call, by a closure.
///
/// It holds functions. A bound on `R` would be proved, and reported, at each use.
#[derive(Debug)]
pub struct Refuse<R, E> {
    make: fn(Refusal) -> E,
    from_error: fn(E) -> R,
}

impl<R, E> Refuse<R, E> {
    /// Returns the answer to a rejected call.
    #[cold]
    pub fn rejected(&self, rejected: Rejected) -> R {
        (self.from_error)((self.make)(Refusal::Rejected(rejected)))
    }

    /// Returns the answer to a call that timed out.
    #[cold]
    pub fn timed_out(&self, timed_out: TimedOut) -> R {
        (self.from_error)((self.make)(Refusal::TimedOut(timed_out)))
    }
}

/// Like [`Refuse`], by the path of a function.
#[derive(Debug)]
pub struct RefuseBy<R, E, F> {
    function: F,
    make: fn(&F, Refusal) -> E,
    from_error: fn(E) -> R,
}

impl<R, E, F> RefuseBy<R, E, F> {
    /// Returns the answer to a rejected call.
    #[cold]
    pub fn rejected(&self, rejected: Rejected) -> R {
        (self.from_error)((self.make)(&self.function, Refusal::Rejected(rejected)))
    }

    /// Returns the answer to a call that timed out.
    #[cold]
    pub fn timed_out(&self, timed_out: TimedOut) -> R {
        (self.from_error)((self.make)(&self.function, Refusal::TimedOut(timed_out)))
    }
}
