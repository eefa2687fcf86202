//! What is refused of `last_good`: what has no meaning, and what the default key cannot be made of.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{FnArg, Pat, Signature};

use crate::args::Args;
use crate::args::cursor::{first_span, is};
use crate::args::key::Key;
use crate::diagnostics::Errors;
use crate::item::Item;

/// Set by the feature of the same name of the crate `fusebox`.
const IS_THERE: bool = cfg!(feature = "last-good");

/// Reports each once.
pub(crate) fn check(args: &Args, item: &Item, errors: &mut Errors) {
    let Some(last_good) = args.get(Key::LastGood) else {
        for key in [Key::LastGoodBy, Key::LastGoodCapacity] {
            if let Some(arg) = args
                .get(key)
                .filter(|_| !args.typed_keys.iter().any(|key| key == "last_good"))
            {
                let name = key.name();
                let message = format!("`{name}` needs `last_good`; add `last_good = \"5m\"` or remove it");
                errors.push(arg.ident.span(), message);
            }
        }
        return;
    };
    if !IS_THERE {
        let message = "`last_good` needs the feature `last-good` of the crate `fusebox`";
        return errors.push(last_good.ident.span(), message);
    }
    if args.get(Key::LastGoodBy).is_some() || args.typed_keys.iter().any(|key| key == "last_good_key") {
        return;
    }
    if item.sig.receiver().is_some() {
        let message = "a method needs a `last_good_key`, because the default key does not hold `self`; write what tells \
                       the calls apart, as in `last_good_key = (self.id, id)`";
        return errors.push(last_good.ident.span(), message);
    }
    borrowing_parameters(&item.sig, errors);
    if item.block.is_some() {
        nameless_parameters(&item.sig, errors);
    }
}

/// Where the function is not `async` its parameters stay as they are, and a pattern may leave something out of the key.
fn nameless_parameters(sig: &Signature, errors: &mut Errors) {
    for input in &sig.inputs {
        if let FnArg::Typed(input) = input
            && !matches!(&*input.pat, Pat::Ident(_))
        {
            let message = "give this parameter a name, so that it can be part of the key of the last good values, or write \
                           `last_good_key = <expression>`";
            errors.push(first_span(&first_token(&input.pat)), message);
        }
    }
}

/// `&T` is copied into its owner; a borrow deeper inside has no owner that we know.
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
            let message = "this parameter borrows inside of its type, so it cannot be part of the key of the last good \
                           values; write what tells the calls apart: `last_good_key = <expression>`";
            errors.push(first_span(&first_token(&input.pat)), message);
        }
    }
}

/// Whether a reference or a lifetime other than `'static` stands in these tokens.
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
