//! All mistakes of one attribute, for one run of the compiler.

use proc_macro2::{Span, TokenStream};

/// The mistakes found so far, each on one token.
#[derive(Default)]
pub(crate) struct Errors {
    found: Vec<syn::Error>,
}

impl Errors {
    /// Adds a mistake.
    ///
    /// The message has two parts: what is wrong, then what to write.
    pub(crate) fn push(&mut self, span: Span, message: impl std::fmt::Display) {
        self.found.push(syn::Error::new(span, message));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Returns the `compile_error!` calls.
    ///
    /// They go after the function: rust-analyzer offers no completion after a `compile_error!`.
    pub(crate) fn to_tokens(&self) -> TokenStream {
        let mut all = TokenStream::new();
        for error in &self.found {
            all.extend(error.to_compile_error());
        }
        all
    }
}
