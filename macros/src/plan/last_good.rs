//! `last_good`, `last_good_key`, `last_good_capacity`.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote};
use syn::{FnArg, Pat, Signature};

use crate::args::Args;
use crate::args::key::Key;
use crate::args::value::{Number, Value};
use crate::diagnostics::Errors;
use crate::item::Item;
use crate::plan::settings;
use crate::tokens::{first_span, is};

/// How many keys are kept by default.
const DEFAULT_CAPACITY: u32 = 1024;

/// Whether the feature `last-good` of `fusebox` is on, which enables this
/// crate's.
const IS_ENABLED: bool = cfg!(feature = "last-good");

/// The last good values of one function.
pub(crate) struct LastGood {
    /// The longest age of a kept value, as an expression.
    pub(crate) max_age: TokenStream,
    /// How many keys are kept: a number, or the name of a constant.
    pub(crate) capacity: TokenStream,
    /// The expression of `last_good_key`.
    ///
    /// By default, all parameters are the key.
    pub(crate) key: Option<syn::Expr>,
    /// The key `last_good`.
    pub(crate) span: Span,
}

impl LastGood {
    pub(crate) fn from(args: &Args) -> Option<Self> {
        let arg = args.get(Key::LastGood)?;
        let capacity = match args.number(Key::LastGoodCapacity) {
            Some(Number::Literal(keys)) => quote!(#keys),
            Some(Number::Path(_)) => settings::alias(Key::LastGoodCapacity).to_token_stream(),
            None => quote!(#DEFAULT_CAPACITY),
        };
        let key = args.get(Key::LastGoodKey).and_then(|arg| match &arg.value {
            Value::Expression(key) => Some((**key).clone()),
            _ => None,
        });
        Some(Self {
            max_age: settings::timespan_tokens(Key::LastGood, args.timespan(Key::LastGood)?),
            capacity,
            key,
            span: arg.ident.span(),
        })
    }
}

/// Reports arguments without effect, and parameters that cannot be in the
/// default key.
pub(crate) fn check(args: &Args, item: &Item, errors: &mut Errors) {
    let Some(last_good) = args.get(Key::LastGood) else {
        for key in [Key::LastGoodKey, Key::LastGoodCapacity] {
            if let Some(arg) = args.get(key).filter(|_| !args.is_typed(Key::LastGood)) {
                let name = key.name();
                let message = format!("`{name}` needs `last_good`; add `last_good = \"5m\"` or remove it");
                errors.push(arg.ident.span(), message);
            }
        }
        return;
    };
    if !IS_ENABLED {
        let message = "`last_good` needs the feature `last-good`; enable it for `fusebox` in `Cargo.toml`";
        return errors.push(last_good.ident.span(), message);
    }
    if args.is_typed(Key::LastGoodKey) {
        return;
    }
    if item.sig.receiver().is_some() {
        let message = "a method needs a `last_good_key`, because the default key does not hold `self`; write what \
                       identifies a call, as in `last_good_key = (self.id, id)`";
        return errors.push(last_good.ident.span(), message);
    }
    borrowing_parameters(&item.sig, errors);
    if item.block.is_some() {
        nameless_parameters(&item.sig, errors);
    }
}

/// Reports patterns in a function that is not `async`.
///
/// They cannot be renamed there, and may drop a part of the value.
fn nameless_parameters(sig: &Signature, errors: &mut Errors) {
    for input in &sig.inputs {
        if let FnArg::Typed(input) = input
            && !matches!(&*input.pat, Pat::Ident(_))
        {
            let message = "this parameter has no name, so it cannot be part of the key of `last_good`; give it a name, or \
                           write `last_good_key = <expression>`";
            errors.push(first_span(&first_token(&input.pat)), message);
        }
    }
}

/// Reports types that borrow.
///
/// For `&T`, the key holds an owned copy. A borrow inside a type has no general owned form.
fn borrowing_parameters(sig: &Signature, errors: &mut Errors) {
    for input in &sig.inputs {
        let FnArg::Typed(input) = input else {
            continue;
        };
        let ty = match &*input.ty {
            syn::Type::Reference(outer) => &outer.elem,
            other => other,
        };
        if borrows(ty.to_token_stream()) {
            let message = "the type of this parameter contains a borrow, so it cannot be part of the key of `last_good`; \
                           write `last_good_key = <expression>`";
            errors.push(first_span(&first_token(&input.pat)), message);
        }
    }
}

/// Returns whether the tokens contain a reference or a lifetime, other than
/// `'static`.
fn borrows(tokens: TokenStream) -> bool {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    tokens.iter().enumerate().any(|(at, token)| match token {
        TokenTree::Group(group) => borrows(group.stream()),
        TokenTree::Punct(_) if is(token, '&') => !tokens.get(at + 1).is_some_and(|next| is(next, '\'')),
        TokenTree::Punct(_) if is(token, '\'') => {
            !matches!(tokens.get(at + 1), Some(TokenTree::Ident(name)) if name == "static")
        }
        _ => false,
    })
}

fn first_token(pat: &Pat) -> TokenTree {
    let first = pat.to_token_stream().into_iter().next();
    first.unwrap_or_else(|| TokenTree::Ident(Ident::new("_", Span::call_site())))
}
