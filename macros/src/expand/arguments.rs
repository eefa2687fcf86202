//! The arguments, as body, fallback and last good value share them.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::{Expr, FnArg};

use crate::args::value::{Fallback, Pattern};
use crate::expand::cloned_args::ClonedArgs;
use crate::expand::last_good_key;
use crate::item::Item;
use crate::item::params::{self, Borrowing, Param, Rename, SelfKind};
use crate::plan::Plan;
use crate::tokens::{mentions, uses, words};

pub(super) struct Arguments {
    pub(super) params: Vec<Param>,
    pub(super) receiver: Option<(Ident, SelfKind)>,
    /// The arguments that both the body and the fallback use.
    pub(super) cloned: ClonedArgs,
}

impl Arguments {
    /// Takes the parameters, and gives each a usable name in the signature.
    pub(super) fn new(plan: &Plan, item: &mut Item) -> Self {
        let receiver = item
            .sig
            .receiver()
            .map(|receiver| (Ident::from(receiver.self_token), params::self_kind(receiver)));
        let rename = rename(plan, item);
        let params = params::take(&mut item.sig, rename);
        let cloned = ClonedArgs::new(plan, &params, receiver.as_ref(), &item.guarded().stream());
        if cloned.reborrows_self {
            item.reborrow_self();
        }
        let mut names = cloned.names();
        if let Some(last_good) = &plan.last_good {
            names.append(&mut last_good_key::names_in_key(last_good, &params));
        }
        for name in &names {
            params::remove_mut(&mut item.sig, name);
        }
        Self {
            params,
            receiver,
            cloned,
        }
    }

    /// Returns whether the signature has a generated name in place of a pattern.
    pub(super) fn are_renamed(&self) -> bool {
        self.params.iter().any(|param| param.renamed)
    }

    /// Returns whether the body borrows `self`, so that the fallback can use it.
    pub(super) fn reborrows_self(&self) -> bool {
        self.cloned.reborrows_self
    }

    /// Returns what the future of the body takes over, in drop order.
    pub(super) fn in_drop_order(&self) -> Vec<Ident> {
        let receiver = self.receiver.as_ref().map(|(word, _)| word);
        let mut names = params::in_drop_order(receiver, &self.params);
        names.retain(|name| !self.cloned.moves(name));
        names
    }

    /// Returns copies of what guards of `failure` and `ignore` use of patterns.
    ///
    /// For a fallback by path, a pattern is taken apart only after the admission.
    pub(super) fn copied_for_guards(&self, plan: &Plan) -> TokenStream {
        let span = Span::mixed_site();
        let mut code = TokenStream::new();
        for param in &self.params {
            if !param.renamed {
                continue;
            }
            let mut used = params::bindings(&param.pat);
            used.retain(|name| is_in_guard(plan, name));
            if used.is_empty() {
                continue;
            }
            let pattern = borrowed(param);
            // A reference can be copied, and its pattern binds what the body would see.
            let copied = if param.is_ref() {
                quote!(#(#used,)*)
            } else {
                quote!(#(*#used,)*)
            };
            code.extend(quote_spanned! {span=>
                #[allow(unused_variables, clippy::shadow_unrelated, clippy::shadow_reuse)]
                let (#(#used,)*) = { let #pattern; (#copied) };
            });
        }
        code
    }

    /// Returns a `let` for each pattern that `key` or `breaker` uses.
    ///
    /// It only borrows. For a fallback by path, a pattern is taken apart only after the admission.
    pub(super) fn borrowed_for(&self, expression: &Expr) -> TokenStream {
        let used = expression.to_token_stream();
        let mut patterns = TokenStream::new();
        for param in &self.params {
            let names = params::bindings(&param.pat);
            if param.renamed && names.iter().any(|name| mentions(&used, name)) {
                let pattern = borrowed(param);
                patterns
                    .extend(quote_spanned!(Span::mixed_site()=> #[allow(unused_variables)] let #pattern;));
            }
        }
        patterns
    }

    /// Returns a `let` for each parameter with a generated name.
    ///
    /// What the fallback needs whole is taken apart where it is cloned.
    pub(super) fn patterns(&self) -> TokenStream {
        let whole = self.cloned.names();
        let mut patterns = TokenStream::new();
        for param in &self.params {
            let (attrs, pat, name) = (&param.attrs, &param.pat, &param.name);
            if !param.renamed || whole.contains(name) {
                continue;
            }
            // A value that is moved part by part would stay in the future. A part that no binding
            // takes, as in `(a, _)`, has to stay, because the plain function drops it last.
            let value = if params::moves_all(pat) {
                quote_spanned!(Span::mixed_site()=> #[allow(unused_braces)] let #pat = { #name };)
            } else {
                quote!(let #pat = #name;)
            };
            patterns.extend(quote!(#(#attrs)* #value));
        }
        patterns
    }
}

/// Returns whether a guard of `failure` or `ignore` mentions the name.
fn is_in_guard(plan: &Plan, name: &Ident) -> bool {
    let is_in = |patterns: &[Pattern]| patterns.iter().any(|pattern| pattern.guard_mentions(name));
    is_in(&plan.failure) || is_in(&plan.ignore)
}

/// Returns `pattern = name`, which only borrows the parameter.
fn borrowed(param: &Param) -> TokenStream {
    let (name, pat) = (&param.name, &param.pat);
    match params::borrowing(pat) {
        _ if param.is_ref() => quote!(#pat = #name),
        Borrowing::Explicit(pattern) => quote!(#pattern = #name),
        Borrowing::Implicit(pattern) => quote!(#pattern = &#name),
    }
}

fn rename(plan: &Plan, item: &Item) -> Rename {
    let is_path = matches!(plan.fallback, Some(Fallback::Path(_)));
    let default_key = plan
        .last_good
        .as_ref()
        .is_some_and(|last_good| last_good.key.is_none());
    if item.block.is_some() {
        Rename::Nothing
    } else if is_path || default_key {
        Rename::Patterns
    } else if needs_macros_whole(plan, item) {
        Rename::Macros
    } else {
        Rename::Ignored
    }
}

/// Returns whether patterns with a macro are taken apart more than once.
///
/// The body does so, and the fallback, `error` or the key. What the macro binds is not visible
/// here, so it cannot be cloned name by name. A guard needs the bindings before the fallback does,
/// so with a guard they stay in the signature.
fn needs_macros_whole(plan: &Plan, item: &Item) -> bool {
    let error = plan.error_after_timeout();
    let error = error.map(|closure| closure.body.to_token_stream());
    let is_in_error = |word: &Ident| error.as_ref().is_some_and(|error| uses(error, word));
    let mut in_macros = Vec::new();
    for input in &item.sig.inputs {
        if let FnArg::Typed(input) = input
            && params::has_macro(&input.pat)
        {
            in_macros.append(&mut words(input.pat.to_token_stream()));
        }
    }
    let answers_failure = plan.fallback.is_some() && plan.fallback_on_failure;
    let is_shared = answers_failure || plan.last_good.is_some() || in_macros.iter().any(is_in_error);
    is_shared && !in_macros.iter().any(|word| is_in_guard(plan, word))
}
