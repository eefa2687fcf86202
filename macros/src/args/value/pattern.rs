//! Patterns over the return value, of `failure` and `ignore`.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{ParseStream, Parser as _};
use syn::spanned::Spanned as _;
use syn::{Pat, Token};

use crate::args::key::Key;
use crate::args::value::source::Source;
use crate::args::value::{literal, open_ended};
use crate::diagnostics::Errors;
use crate::tokens::{is, mentions, written};

/// One pattern with its guard.
#[derive(Clone)]
pub(crate) struct Pattern {
    pub(crate) pat: Pat,
    guard: Option<(Token![if], Box<syn::Expr>)>,
}

pub(super) fn parse(key: Key, source: &Source<'_>, errors: &mut Errors) -> (Option<Pattern>, usize) {
    let own = source.tokens.get(..source.recovery).unwrap_or_default();
    if let Some(function) = as_function(own) {
        let (name, example) = (key.name(), key.example());
        let message = format!(
            "`{name}` takes a pattern, as in `{example}`; for a function, write `classify = {function}`"
        );
        errors.push(literal::span(own), message);
        return (None, source.recovery);
    }
    if let Some(text) = literal::string(own) {
        let (name, example) = (key.name(), key.example());
        let advice = in_string(&text.value()).map_or_else(
            || format!("as in `{example}`"),
            |pattern| format!("write `{name} = {pattern}`"),
        );
        let separator = if advice.starts_with("as") { "," } else { ";" };
        errors.push(
            text.span(),
            format!("`{name}` takes a pattern, not a string{separator} {advice}"),
        );
        return (None, source.recovery);
    }
    let (pattern, taken) = open_ended::parse(source, with_guard, errors);
    (pattern.filter(|pattern| pattern.check(key, errors)), taken)
}

/// Returns the pattern in a string, unless it is a literal or a binding.
fn in_string(text: &str) -> Option<&str> {
    let pattern = with_guard.parse_str(text).ok()?;
    let is_meant = pattern.as_constant().is_some() || !matches!(pattern.pat, Pat::Lit(_) | Pat::Ident(_));
    is_meant.then_some(text)
}

/// Returns what to write after `classify = `, if the value is a function or a
/// closure in place of a pattern.
pub(crate) fn as_function(tokens: &[TokenTree]) -> Option<String> {
    if is_closure(tokens) {
        Some("<path>".to_owned())
    } else {
        of_function(tokens)
    }
}

/// Returns whether the value is a closure such as `|e| f(e)`.
///
/// Alternatives may start with a bar too: `| A | B`.
fn is_closure(tokens: &[TokenTree]) -> bool {
    let all = || tokens.iter().cloned().collect::<TokenStream>();
    let first = |word: &str| matches!(tokens.first(), Some(TokenTree::Ident(first)) if first == word);
    let begins = tokens.first().is_some_and(|first| is(first, '|')) || first("move");
    // As a pattern, `|e| true` would be a binding or a literal.
    let has_binding = matches!(tokens, [_, TokenTree::Ident(word), end, ..]
        if is(end, '|') && !word.to_string().starts_with(char::is_uppercase));
    let is_pattern = || with_guard.parse2(all()).is_ok();
    begins && (has_binding || !is_pattern()) && syn::parse2::<syn::ExprClosure>(all()).is_ok()
}

/// Returns the path, if the value is one that is spelled like a function.
fn of_function(tokens: &[TokenTree]) -> Option<String> {
    let path = literal::path(tokens)?;
    let last = path.segments.last()?.ident.to_string();
    (path.segments.len() > 1 && last.starts_with(char::is_lowercase)).then(|| written(tokens))
}

fn with_guard(input: ParseStream) -> syn::Result<Pattern> {
    let pat = Pat::parse_multi_with_leading_vert(input)?;
    let guard = match input.parse::<Option<Token![if]>>()? {
        Some(word) => Some((word, input.parse()?)),
        None => None,
    };
    Ok(Pattern { pat, guard })
}

impl Pattern {
    /// Reports a pattern that matches every call, or lacks its value.
    fn check(&self, key: Key, errors: &mut Errors) -> bool {
        if let Pat::Ident(binding) = &self.pat
            && matches!(binding.ident.to_string().as_str(), "Ok" | "Err" | "Some")
        {
            let (name, variant) = (key.name(), &binding.ident);
            let message = format!("`{variant}` has a value; write `{name} = {variant}(_)`");
            errors.push(binding.ident.span(), message);
            return false;
        }
        if self.guard.is_some() {
            return true;
        }
        let all = match &self.pat {
            Pat::Wild(_) => "_".to_owned(),
            Pat::Ident(binding) if self.as_constant().is_none() => binding.ident.to_string(),
            _ => return true,
        };
        let name = key.name();
        let classify = if all == "_" {
            String::new()
        } else {
            format!("; for a function, write `classify = {all}`")
        };
        errors.push(
            self.pat.span(),
            format!(
                "`{all}` matches every call; write a pattern such as `{name} = Err(_)`, or add an `if`{classify}"
            ),
        );
        false
    }

    /// Returns the pattern with `Err( )` around it.
    ///
    /// `None` unless the pattern consists of variants of this type.
    pub(crate) fn inside_err(&self, error: &syn::Ident) -> Option<String> {
        let guard = if self.guard.is_some() { " if …" } else { "" };
        let pattern: Vec<TokenTree> = self.pat.to_token_stream().into_iter().collect();
        is_variant_of(&self.pat, error).then(|| format!("Err({}){guard}", written(&pattern)))
    }

    /// Returns whether the guard uses this name.
    pub(crate) fn guard_mentions(&self, name: &syn::Ident) -> bool {
        let guard = self.guard.as_ref().map(|(_, expr)| expr.to_token_stream());
        guard.is_some_and(|guard| mentions(&guard, name))
    }

    /// Returns the bare name, if it is spelled like a constant or a variant.
    ///
    /// Generated code also uses it as an expression. As a pattern alone, a misspelled name would be
    /// a binding, which matches everything.
    pub(crate) fn as_constant(&self) -> Option<&syn::Ident> {
        match &self.pat {
            Pat::Ident(pat) if pat.by_ref.is_none() && pat.mutability.is_none() && pat.subpat.is_none() => {
                let name = pat.ident.to_string();
                name.starts_with(char::is_uppercase).then_some(&pat.ident)
            }
            _ => None,
        }
    }
}

/// Returns whether the pattern is `Error::Variant`, or several of them.
fn is_variant_of(pat: &Pat, error: &syn::Ident) -> bool {
    let path = match pat {
        Pat::Path(pat) => &pat.path,
        Pat::TupleStruct(pat) => &pat.path,
        Pat::Struct(pat) => &pat.path,
        Pat::Or(pat) => return pat.cases.iter().all(|case| is_variant_of(case, error)),
        _ => return false,
    };
    let of = path.segments.iter().nth_back(1);
    of.is_some_and(|of| of.ident == *error)
}

impl ToTokens for Pattern {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let pat = &self.pat;
        let guard = self.guard.as_ref().map(|(word, expr)| quote!(#word #expr));
        tokens.extend(quote!(#pat #guard));
    }
}
