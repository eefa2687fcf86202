//! The search for the text of an error, without a bound on its type.
//!
//! An annotated function must not need `Display` for its error. So each step of the search has a
//! method `find_error_text` of its own, with a bound, and derefs to the next step. rustc takes the
//! first method whose bound holds for the types that the function is written with:
//!
//! | step | bound | the text |
//! |---|---|---|
//! | [`TextOf`] | `Result<T, E>`, `E: Display` | that of the `Err` |
//! | [`OrDebug`] | `Result<T, E>`, `E: Debug` | that of the `Err` |
//! | [`OrNone`] | none | none |
//!
//! A generic function finds what its own bounds promise, not what its caller's type has.
//!
//! Refused: a trait for each step, by autoref. rustc takes a third longer to search them. And steps
//! for answers that are not a `Result`: each step costs every annotated function.

use std::{fmt, future::Future, marker::PhantomData, ops::Deref};

use crate::breaker::error_text::{DisplayedError, ErrorText, NoText};

/// Finds the text of the errors in `R`: `TextOf::<R>::NEW.find_error_text()`.
#[derive(Debug)]
pub struct TextOf<R>(OrDebug<R>);

/// The second step.
#[derive(Debug)]
pub struct OrDebug<R>(OrNone, PhantomData<fn(&R)>);

/// The last step.
#[derive(Debug)]
pub struct OrNone;

impl<R> TextOf<R> {
    /// The first step of the search.
    pub const NEW: Self = Self(OrDebug(OrNone, PhantomData));
}

/// Returns the body of a function whose return type is not written in full, and
/// the first step for the type that the body has.
///
/// By value: a borrow would keep the body in the future of the function twice.
pub fn with_text<F: Future>(body: F) -> (F, TextOf<F::Output>) {
    (body, TextOf::NEW)
}

/// Like [`with_text`], but for the body of a synchronous function.
pub fn with_text_blocking<R, F: FnOnce() -> R>(body: F) -> (F, TextOf<R>) {
    (body, TextOf::NEW)
}

impl<T, E: fmt::Display> TextOf<Result<T, E>> {
    /// Returns the `Err` by its `Display`.
    pub const fn find_error_text(&self) -> DisplayedError {
        DisplayedError
    }
}

impl<T, E: fmt::Debug> OrDebug<Result<T, E>> {
    /// Returns the `Err` by its `Debug`.
    pub const fn find_error_text(&self) -> DebuggedError {
        DebuggedError
    }
}

impl OrNone {
    /// Returns no text.
    pub const fn find_error_text(&self) -> NoText {
        NoText
    }
}

impl<R> Deref for TextOf<R> {
    type Target = OrDebug<R>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<R> Deref for OrDebug<R> {
    type Target = OrNone;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

/// The text of an `Err` by its `Debug`.
#[derive(Debug, Clone, Copy)]
pub struct DebuggedError;

impl<T, E: fmt::Debug> ErrorText<Result<T, E>> for DebuggedError {
    fn write(&self, answer: &Result<T, E>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match answer {
            Ok(_) => Ok(()),
            Err(error) => error.fmt(f),
        }
    }
}
