//! The values: each once, with the type that the generated code expects.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::parse::Parse;
use syn::{Expr, ExprPath, LitStr};

use crate::args::Typed;
use crate::args::key::Kind;
use crate::editor::call;
use crate::editor::half_typed::{self, Place};
use crate::editor::spans::elsewhere;
use crate::item::Item;
use crate::plan::Plan;
use crate::tokens::is;

/// Returns one statement for each value.
pub(super) fn statements(plan: &Plan, item: &Item) -> TokenStream {
    let values = Values {
        plan,
        item,
        private: {
            let krate = elsewhere(plan.krate.clone());
            quote!(#krate::__private)
        },
        output: plan.output.clone().map_or_else(|| quote!(!), elsewhere),
    };
    let mut all = TokenStream::new();
    for typed in &plan.typed {
        if let Some(statement) = values.statement(typed) {
            all.extend(statement);
        }
    }
    all
}

struct Values<'a> {
    plan: &'a Plan,
    item: &'a Item,
    /// The path of what generated code may name.
    private: TokenStream,
    /// What the function returns.
    output: TokenStream,
}

impl Values<'_> {
    fn statement(&self, typed: &Typed) -> Option<TokenStream> {
        let value = typed.value.as_deref()?;
        let Some(key) = typed.key else {
            return of_type(None, value);
        };
        let private = &self.private;
        match key.kind() {
            Kind::Pattern => self
                .pattern(value)
                .or_else(|| self.function("Classifying", "classify", value)),
            Kind::Classifier => self.function("Classifying", "classify", value),
            Kind::Fallback => self.fallback(value),
            Kind::ErrorMaker => self
                .error_closure(value)
                .or_else(|| self.function("Refusing", "error", value)),
            Kind::Expression => {
                let value = half_typed::repaired(value, Place::Expression)?;
                Some(quote_spanned!(Span::mixed_site()=> let _ = &(#value);))
            }
            Kind::Name => constant(quote!(&'static #private::str), value),
            Kind::Number | Kind::NumberOrRate => constant(quote!(#private::u32), value),
            Kind::Duration => constant(quote!(#private::Duration), value),
            Kind::NumberOrDuration => constant(quote!(_), value),
            Kind::Switch => of_type(Some(quote!(bool)), value),
            Kind::Rate | Kind::FallbackOn => of_type(None, value).filter(|_| !is_literal(value)),
            Kind::CratePath => None,
        }
    }

    /// Matches a return value with the pattern.
    fn pattern(&self, value: &[TokenTree]) -> Option<TokenStream> {
        let (pattern, output) = (half_typed::repaired(value, Place::Pattern)?, &self.output);
        Some(quote_spanned! {Span::mixed_site()=>
            match { let __answer: &#output = loop {}; __answer } {
                #pattern => {}
                _ => {}
            }
        })
    }

    /// Returns a call that takes the path of a function, or a closure.
    fn function(&self, owner: &str, method: &str, value: &[TokenTree]) -> Option<TokenStream> {
        let value = half_typed::repaired(value, Place::Expression)?;
        // A loop stands in for a value that is missing.
        let is_function = |expr: &Expr| matches!(expr, Expr::Path(_) | Expr::Closure(_) | Expr::Loop(_));
        if !parsed(value.clone()).is_some_and(|expr| is_function(&expr)) {
            return path_alone(value);
        }
        let (private, output) = (&self.private, &self.output);
        let (owner, method) = (
            Ident::new(owner, Span::call_site()),
            Ident::new(method, Span::call_site()),
        );
        let inferred = (method == "classify").then(|| quote!(, _));
        Some(quote!(let _ = #private::#owner.#method::<#output #inferred>(#value);))
    }

    /// Returns the closure of `error`, which may use the parameters.
    fn error_closure(&self, value: &[TokenTree]) -> Option<TokenStream> {
        let value = half_typed::repaired(value, Place::Expression)?;
        parsed(value.clone()).filter(|expr| matches!(expr, Expr::Closure(_)))?;
        let (private, output) = (&self.private, &self.output);
        Some(quote_spanned! {Span::mixed_site()=>
            let _ = #private::Refusing.answer::<#output>({ let __refusal: #private::Refusal = loop {}; __refusal }, #value);
        })
    }

    fn fallback(&self, value: &[TokenTree]) -> Option<TokenStream> {
        if let [TokenTree::Literal(literal)] = value {
            let text: LitStr = parsed(quote!(#literal))?;
            return Some(call::with_parameters(
                &in_string(&text)?,
                self.plan,
                self.item,
                &self.output,
            ));
        }
        if let Some((cause, body)) = closure(value) {
            return self.closure(cause, body);
        }
        let value = half_typed::repaired(value, Place::Expression)?;
        match parsed::<ExprPath>(value.clone()) {
            Some(path) => Some(call::with_parameters(&path, self.plan, self.item, &self.output)),
            None => path_alone(value),
        }
    }

    /// Returns the closure with the type that the generated code gives it.
    fn closure(&self, cause: &[TokenTree], body: &[TokenTree]) -> Option<TokenStream> {
        let cause: TokenStream = cause.iter().cloned().collect();
        let whole: syn::ExprClosure = parsed(quote!(|#cause| ()))?;
        if whole.inputs.len() != 1 {
            return None;
        }
        let body = half_typed::repaired(body, Place::Expression)?;
        let (private, output) = (&self.private, &self.output);
        let head = self.plan.is_async.then(|| quote!(async));
        Some(quote_spanned! {Span::mixed_site()=>
            let _ = #head || -> #output {
                let #cause = { let __cause: #private::Cause<#output> = loop {}; __cause };
                let __answer: #output = #body;
                __answer
            };
        })
    }
}

/// Returns the value as a constant, unless it is a literal.
fn constant(ty: TokenStream, value: &[TokenTree]) -> Option<TokenStream> {
    if is_literal(value) {
        return None;
    }
    of_type(Some(ty), value)
}

fn of_type(ty: Option<TokenStream>, value: &[TokenTree]) -> Option<TokenStream> {
    let value = half_typed::repaired(value, Place::Expression)?;
    let ty = ty.map(|ty| quote!(: #ty));
    Some(quote_spanned!(Span::mixed_site()=> let _ #ty = #value;))
}

/// Returns whether the value has no name that an editor could resolve.
fn is_literal(value: &[TokenTree]) -> bool {
    let is_word = |token: &TokenTree| matches!(token, TokenTree::Ident(_) | TokenTree::Group(_));
    !value.is_empty() && !value.iter().any(is_word)
}

/// Splits `|cause| body`. The second bar, or the body, may be missing.
fn closure(value: &[TokenTree]) -> Option<(&[TokenTree], &[TokenTree])> {
    let is_modifier =
        |token: &TokenTree| matches!(token, TokenTree::Ident(word) if word == "move" || word == "async");
    let start = value.iter().position(|token| !is_modifier(token))?;
    let [open, inside @ ..] = value.get(start..)? else {
        return None;
    };
    if !is(open, '|') {
        return None;
    }
    let end = inside
        .iter()
        .position(|token| is(token, '|'))
        .unwrap_or(inside.len());
    Some((inside.get(..end)?, inside.get(end + 1..).unwrap_or_default()))
}

/// Returns the path in a string.
///
/// All its tokens have the span of the string, where an editor would show each of them. So only the
/// name of the function keeps that span.
fn in_string(text: &LitStr) -> Option<ExprPath> {
    let path: ExprPath = text.parse().ok()?;
    let mut moved: ExprPath = parsed(elsewhere(path.to_token_stream()))?;
    if let (Some(moved), Some(last)) = (moved.path.segments.last_mut(), path.path.segments.last()) {
        moved.ident.set_span(last.ident.span());
    }
    Some(moved)
}

/// Returns the path at the start of a value of another form.
///
/// A call in place of a path is one mistake. Its arguments must not be reported as another one.
fn path_alone(value: TokenStream) -> Option<TokenStream> {
    let is_part = |token: &TokenTree| matches!(token, TokenTree::Ident(_)) || is(token, ':');
    let mut tokens: Vec<TokenTree> = value.into_iter().collect();
    tokens.truncate(
        tokens
            .iter()
            .position(|token| !is_part(token))
            .unwrap_or(tokens.len()),
    );
    let path: ExprPath = parsed(tokens.into_iter().collect())?;
    Some(quote!(let _ = #path;))
}

fn parsed<T: Parse>(tokens: TokenStream) -> Option<T> {
    syn::parse2(tokens).ok()
}
