//! The `;` that is missing where the user types.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::quote;

use crate::editor::spans::regrouped;

/// Separates the statements in each block.
pub(super) fn separated(tokens: &TokenStream) -> TokenStream {
    let mut all = Vec::new();
    for token in tokens.clone() {
        all.push(match token {
            TokenTree::Group(group) => {
                let inside = separated(&group.stream());
                let is_block = group.delimiter() == Delimiter::Brace;
                regrouped(&group, if is_block { with_semicolon(inside) } else { inside })
            }
            other => other,
        });
    }
    all.into_iter().collect()
}

/// Returns the statements of a block, with one more `;` if they need it.
///
/// The user types at one place, so one is enough.
fn with_semicolon(written: TokenStream) -> TokenStream {
    let is_block = |tokens: &TokenStream| syn::parse2::<syn::Block>(quote!({ #tokens })).is_ok();
    if is_block(&written) {
        return written;
    }
    let tokens: Vec<TokenTree> = written.clone().into_iter().collect();
    for at in (1..=tokens.len()).rev() {
        let (before, behind) = tokens.split_at(at);
        let attempt = quote!(#(#before)* ; #(#behind)*);
        if is_block(&attempt) {
            return attempt;
        }
    }
    written
}
