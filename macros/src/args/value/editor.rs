//! What an editor is shown of a value, also of a wrong one: the names in it that mean something where the function stands.
//!
//! rustc reads it too, but compiles nothing of it, so it has to be an expression.

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;

use crate::args::cursor::is;
use crate::args::key::Key;

/// The path of a function, with whatever is wrong behind it left out, or an expression over the parameters.
pub(crate) fn noted(key: Key, tokens: &[TokenTree]) -> Option<TokenStream> {
    match key {
        Key::Fallback | Key::Classify => leading_path(tokens),
        Key::LastGoodBy => {
            let all: TokenStream = tokens.iter().cloned().collect();
            syn::parse2::<syn::Expr>(all.clone()).is_ok().then_some(all)
        }
        _ => None,
    }
}

/// A path that ends in `::` is half typed: a name behind it makes it one.
fn leading_path(tokens: &[TokenTree]) -> Option<TokenStream> {
    let is_part = |token: &&TokenTree| matches!(token, TokenTree::Ident(_)) || is(token, ':');
    let path: Vec<TokenTree> = tokens.iter().take_while(is_part).cloned().collect();
    let rest = path.last()?;
    let rest = is(rest, ':').then(|| quote!(__unfinished));
    let path = quote!(#(#path)* #rest);
    syn::parse2::<syn::ExprPath>(path.clone()).is_ok().then_some(path)
}
