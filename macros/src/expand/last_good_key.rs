//! The key of a last good value: all parameters, or an expression.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Pat;

use crate::item::params::{self, Borrowing, Param, SelfKind};
use crate::plan::LastGood;
use crate::tokens::mentions;

/// Returns the names that the key is made of.
///
/// Their `mut` is written in [`key`], not in the signature.
pub(super) fn names_in_key(last_good: &LastGood, params: &[Param]) -> Vec<Ident> {
    let mut names = Vec::new();
    for part in parts(last_good, params) {
        names.push(part.name);
    }
    names
}

/// Returns `let __key = …;`. The names that are `cloned` get their `mut` later.
pub(super) fn key(
    last_good: &LastGood,
    params: &[Param],
    receiver: Option<&(Ident, SelfKind)>,
    cloned: &[Ident],
) -> TokenStream {
    let mut parts = parts(last_good, params);
    for part in &mut parts {
        if cloned.contains(&part.name) {
            part.pat = part.name.to_token_stream();
        }
    }
    match &last_good.key {
        None => of_parameters(&parts),
        Some(key) => of_expression(key, &parts, receiver),
    }
}

/// Adds one part for each parameter.
///
/// Each step takes the parameter by value and returns it. A borrow would keep the parameter in the
/// future.
fn of_parameters(parts: &[Part]) -> TokenStream {
    let span = Span::mixed_site();
    let mut code = quote_spanned!(span=> let __key = __fusebox::Option::None;);
    for part in parts {
        let pat = &part.pat;
        let added = part.added();
        code.extend(quote_spanned! {span=>
            #[allow(clippy::used_underscore_binding, clippy::shadow_reuse)]
            let (__key, #pat) = #added;
        });
    }
    code
}

/// Evaluates the expression in a closure.
///
/// The closure takes the parameters by value and returns them.
fn of_expression(key: &syn::Expr, parts: &[Part], receiver: Option<&(Ident, SelfKind)>) -> TokenStream {
    let span = Span::mixed_site();
    let (mut names, mut bound) = (Vec::new(), Vec::new());
    for part in parts {
        names.push(&part.name);
        bound.push(&part.pat);
    }
    let tokens = key.to_token_stream();
    let borrows_self =
        receiver.is_some_and(|(word, kind)| *kind != SelfKind::Shared && mentions(&tokens, word));
    let by_value = (!borrows_self).then(|| quote!(move));
    let borrowed = parts.iter().filter_map(Part::borrowed);
    let mut values = Vec::new();
    flatten(key, &mut values);
    let values = values.into_iter().map(|value| of_value(value, parts));
    quote_spanned! {span=>
        #[allow(
            unused_parens, unused_variables, clippy::redundant_closure_call, clippy::used_underscore_binding,
            clippy::shadow_reuse, clippy::shadow_unrelated, clippy::shadow_same
        )]
        let (__key, #(#bound,)*) = (#by_value || {
            #[allow(unused_imports)]
            use __fusebox::PartOfKey as _;
            #(#borrowed)*
            let __key = __fusebox::Option::None;
            #(#values)*
            (__key, #(#names,)*)
        })();
    }
}

/// Collects the values of a tuple.
///
/// `(tenant, id)` becomes two parts, because a `&str` can be copied into the key, but a tuple that
/// contains it cannot.
fn flatten<'a>(key: &'a syn::Expr, values: &mut Vec<&'a syn::Expr>) {
    match key {
        syn::Expr::Tuple(tuple) => tuple.elems.iter().for_each(|key| flatten(key, values)),
        syn::Expr::Paren(key) => flatten(&key.expr, values),
        syn::Expr::Group(key) => flatten(&key.expr, values),
        value => values.push(value),
    }
}

/// Adds one value. A parameter is returned, because the body needs it too.
fn of_value(value: &syn::Expr, parts: &[Part]) -> TokenStream {
    let span = Span::mixed_site();
    let is_value = |part: &&Part| matches!(value, syn::Expr::Path(path) if path.path.is_ident(&part.name));
    if let Some(part) = parts.iter().find(is_value) {
        let (name, added) = (&part.name, part.added());
        // Moved into the closure: an argument of type `&mut T` would only be borrowed again.
        return quote_spanned!(span=> let #name = #name; let (__key, #name) = #added;);
    }
    quote_spanned!(span=> let (__key, _) = __fusebox::Part(#value).add_to(__key);)
}

/// Returns the bindings that the key is made of.
fn parts(last_good: &LastGood, params: &[Param]) -> Vec<Part> {
    let key = last_good.key.as_ref().map(ToTokens::to_token_stream);
    let mut all = Vec::new();
    for param in params {
        let mut parts = parts_of(param);
        let Some(key) = &key else {
            all.append(&mut parts);
            continue;
        };
        let is_in_key = |name: &Ident| mentions(key, name);
        if !param.renamed {
            parts.retain(|part| is_in_key(&part.name));
        } else if params::has_macro(&param.pat) || params::bindings(&param.pat).iter().any(is_in_key) {
            for part in &mut parts {
                part.pattern = Some(param.pat.clone());
            }
        } else {
            parts.clear();
        }
        all.append(&mut parts);
    }
    all
}

/// One binding of a parameter.
struct Part {
    name: Ident,
    pat: TokenStream,
    /// The function of the runtime that adds a reference.
    reference: Option<&'static str>,
    /// The pattern whose bindings the key uses.
    ///
    /// The name replaces it in the signature.
    pattern: Option<Pat>,
}

impl Part {
    /// Returns the key with this part, and the argument.
    ///
    /// References have functions of their own, which name their types.
    fn added(&self) -> TokenStream {
        let (span, name) = (Span::mixed_site(), &self.name);
        if let Some(function) = self.reference {
            let function = Ident::new(function, span);
            return quote_spanned!(span=> __fusebox::#function(#name, __key));
        }
        let add_to = Ident::new("add_to", Span::call_site().located_at(name.span()));
        quote_spanned! {span=> {
            #[allow(unused_imports)]
            use __fusebox::PartOfKey as _;
            __fusebox::Part(#name).#add_to(__key)
        }}
    }
}

impl Part {
    /// Returns `let <pattern> = …;`, which only borrows.
    ///
    /// The body takes the parameter apart later.
    fn borrowed(&self) -> Option<TokenStream> {
        let (name, pattern) = (&self.name, self.pattern.as_ref()?);
        Some(match params::borrowing(pattern) {
            Borrowing::Explicit(pattern) => quote_spanned!(Span::mixed_site()=> let #pattern = #name;),
            Borrowing::Implicit(pattern) => quote_spanned!(Span::mixed_site()=> let #pattern = &#name;),
        })
    }
}

/// Returns one part for a name, or one for each name in a pattern.
fn parts_of(param: &Param) -> Vec<Part> {
    let simple = matches!(&param.pat, Pat::Ident(pat) if pat.ident == param.name);
    if simple || param.renamed {
        let name = param.name.clone();
        let pat = if simple {
            param.pat.to_token_stream()
        } else {
            quote!(#name)
        };
        let reference = match (param.is_ref(), param.is_mut_ref()) {
            (true, _) => Some("add_ref"),
            (_, true) => Some("add_mut"),
            _ => None,
        };
        return vec![Part {
            name,
            pat,
            reference,
            pattern: None,
        }];
    }
    let mut parts = Vec::new();
    for binding in params::binding_patterns(&param.pat) {
        let mutability = binding.mutability.filter(|_| binding.by_ref.is_none());
        let name = binding.ident;
        parts.push(Part {
            pat: quote!(#mutability #name),
            name,
            reference: None,
            pattern: None,
        });
    }
    parts
}
