//! Values that may contain commas, so that only syn can find their end.

use proc_macro2::{TokenStream, TokenTree};
use syn::parse::{Parse as _, ParseStream, Parser as _};

use crate::args::value::source::Source;
use crate::diagnostics::Errors;
use crate::tokens::{first_span, is, shown};

/// Parses a value with syn; returns it with the number of tokens that it took.
pub(super) fn parse<T>(
    source: &Source<'_>,
    parse: impl Fn(ParseStream) -> syn::Result<T>,
    errors: &mut Errors,
) -> (Option<T>, usize) {
    let &Source { tokens, recovery, .. } = source;
    let parsed = |tokens: &[TokenTree]| {
        let all = |input: ParseStream| {
            let value = parse(input)?;
            let rest: TokenStream = input.parse()?;
            Ok((value, rest.into_iter().count()))
        };
        all.parse2(tokens.iter().cloned().collect())
    };
    match parsed(tokens) {
        Ok((value, rest)) => {
            let mut taken = tokens.len().saturating_sub(rest).max(1);
            if let Some(next) = tokens.get(taken)
                && !matches!(next, TokenTree::Ident(_))
                && !is(next, ',')
                && !is(next, ';')
            {
                errors.push(first_span(next), format!("expected `,`, found `{}`", shown(next)));
                taken = recovery.max(taken);
            }
            (Some(value), taken)
        }
        Err(error) => {
            // In an unfinished value, the error belongs to its last token, not to the comma after
            // it.
            let own = tokens.get(..recovery).unwrap_or_default();
            report(&parsed(own).err().unwrap_or(error), own, errors);
            (None, recovery)
        }
    }
}

/// Parses an expression.
pub(super) fn expression(source: &Source<'_>, errors: &mut Errors) -> (Option<syn::Expr>, usize) {
    parse(source, syn::Expr::parse, errors)
}

/// Reports an error of syn on one token.
///
/// "End of input" has no token, so the last one stands for it.
fn report(error: &syn::Error, tokens: &[TokenTree], errors: &mut Errors) {
    let message = error.to_string();
    match tokens.last() {
        Some(TokenTree::Group(group)) if message.contains("end of input") => {
            errors.push(group.span_close(), message);
        }
        Some(last) if message.contains("end of input") => errors.push(first_span(last), message),
        _ => errors.push(error.span(), message),
    }
}
