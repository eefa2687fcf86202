//! Values that the user is still typing.
//!
//! rust-analyzer repairs unfinished code in a function before it calls the macro, but not in the
//! arguments. If the output did not parse, it would report that as a second error.

mod holes;
mod lacking;
mod place;
mod statements;

use proc_macro2::{Punct, Spacing, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser as _};
use syn::{Expr, Pat, Token};

pub(super) use self::place::Place;

/// Returns the tokens of the user with what they lack to be parsed.
///
/// What is added stands where the user will go on typing.
pub(super) fn repaired(tokens: &[TokenTree], place: Place) -> Option<TokenStream> {
    let written: TokenStream = tokens.iter().cloned().collect();
    if is_whole(&written, place) {
        return Some(apart(written));
    }
    let filled = holes::filled(tokens, place);
    if is_whole(&filled, place) {
        return Some(apart(filled));
    }
    Some(apart(statements::separated(&filled))).filter(|tokens| is_whole(tokens, place))
}

fn is_whole(tokens: &TokenStream, place: Place) -> bool {
    match place {
        Place::Expression => syn::parse2::<Expr>(tokens.clone()).is_ok(),
        Place::Pattern => with_guard.parse2(tokens.clone()).is_ok(),
    }
}

fn with_guard(input: ParseStream) -> syn::Result<()> {
    Pat::parse_multi_with_leading_vert(input)?;
    if input.parse::<Option<Token![if]>>()?.is_some() {
        input.parse::<Expr>()?;
    }
    Ok(())
}

/// Returns the tokens, the last of which does not join the token after them.
///
/// In `500.., fallback = f`, the second dot is written next to the comma. Before a `=>`, it would
/// become `..=`.
fn apart(tokens: TokenStream) -> TokenStream {
    let mut all: Vec<TokenTree> = tokens.into_iter().collect();
    if let Some(TokenTree::Punct(last)) = all.last_mut() {
        let span = last.span();
        *last = Punct::new(last.as_char(), Spacing::Alone);
        last.set_span(span);
    }
    all.into_iter().collect()
}
