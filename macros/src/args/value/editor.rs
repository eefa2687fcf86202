//! The path or expression in a value, for editors, even if the value is wrong.
//!
//! rustc parses these tokens but never compiles them. So they must form an expression.

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;

use crate::args::key::{Key, Kind};
use crate::tokens::is;

/// Returns the leading path, or an expression over the parameters.
pub(crate) fn typed(key: Key, tokens: &[TokenTree]) -> Option<TokenStream> {
    match key.kind() {
        Kind::Fallback | Kind::Classifier | Kind::ErrorMaker => leading_path(tokens),
        Kind::Expression => {
            let all: TokenStream = tokens.iter().cloned().collect();
            syn::parse2::<syn::Expr>(all.clone()).is_ok().then_some(all)
        }
        _ => None,
    }
}

/// Returns the path at the start.
///
/// A path that still ends in `::` gets a last name, so that it parses.
fn leading_path(tokens: &[TokenTree]) -> Option<TokenStream> {
    let is_part = |token: &&TokenTree| matches!(token, TokenTree::Ident(_)) || is(token, ':');
    let path: Vec<TokenTree> = tokens.iter().take_while(is_part).cloned().collect();
    let last = path.last()?;
    let name = is(last, ':').then(|| quote!(__unfinished));
    let path = quote!(#(#path)* #name);
    syn::parse2::<syn::ExprPath>(path.clone()).is_ok().then_some(path)
}
