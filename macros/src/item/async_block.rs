//! The `async` block of a function that is not `async` itself.

use proc_macro2::{Delimiter, Group, Span, TokenTree};
use syn::spanned::Spanned as _;
use syn::{GenericArgument, PathArguments, ReturnType, Signature, Type, TypeParamBound};

use crate::item::return_type::{type_arguments, without_parentheses};
use crate::tokens::is;

/// The last `async { … }` of a body, alone or in `Box::pin(…)`.
#[derive(Clone)]
pub(crate) struct AsyncBlock {
    before: Vec<TokenTree>,
    pub(crate) block: Group,
    boxed: Option<Group>,
    /// The type that the future resolves to.
    pub(crate) output: Type,
}

impl AsyncBlock {
    /// Returns the body with another block in place of this one.
    pub(crate) fn replaced(&self, body: &Group, block: Group) -> Group {
        let mut tokens = self.before.clone();
        tokens.push(TokenTree::Group(block));
        if let Some(boxed) = &self.boxed {
            let mut outer = Group::new(
                Delimiter::Parenthesis,
                tokens.split_off(self.argument_start()).into_iter().collect(),
            );
            outer.set_span(boxed.span());
            tokens.push(TokenTree::Group(outer));
        }
        let mut whole = Group::new(Delimiter::Brace, tokens.into_iter().collect());
        whole.set_span(body.span());
        whole
    }

    /// Returns where the argument of `Box::pin(…)` begins in `before`.
    fn argument_start(&self) -> usize {
        let is_other = |token: &TokenTree| !matches!(token, TokenTree::Ident(word) if is_async_word(word));
        self.before.iter().rposition(is_other).map_or(0, |last| last + 1)
    }
}

/// A message, and where it is reported.
type Mistake = (Span, String);

/// Finds the block, also in the form that `#[async_trait]` generates.
///
/// A function that returns no future has none.
pub(crate) fn find(sig: &Signature, body: &Group) -> Result<Option<AsyncBlock>, Mistake> {
    let output = match &sig.output {
        ReturnType::Type(_, ty) => future_output(ty),
        ReturnType::Default => None,
    };
    let output = match output {
        Some(Resolves::To(output)) => *output,
        Some(Resolves::Unknown) => return Err(opaque(&sig.output)),
        None => return Ok(None),
    };
    let mut tokens: Vec<TokenTree> = body.stream().into_iter().collect();
    let boxed = match tokens.last() {
        Some(TokenTree::Group(group))
            if group.delimiter() == Delimiter::Parenthesis && is_box_pin(&tokens) =>
        {
            let group = group.clone();
            tokens.pop();
            tokens.extend(group.stream());
            if matches!(tokens.last(), Some(last) if is(last, ',')) {
                tokens.pop();
            }
            Some(group)
        }
        _ => None,
    };
    let Some(TokenTree::Group(block)) = tokens.pop() else {
        return Err(opaque(&sig.output));
    };
    let is_async = matches!(tokens.last(), Some(TokenTree::Ident(word)) if is_async_word(word));
    if block.delimiter() != Delimiter::Brace || !is_async {
        return Err(opaque(&sig.output));
    }
    Ok(Some(AsyncBlock {
        before: tokens,
        block,
        boxed,
        output,
    }))
}

fn is_async_word(word: &proc_macro2::Ident) -> bool {
    word == "async" || word == "move"
}

/// Returns whether the tokens end in `Box::pin(…)`.
fn is_box_pin(tokens: &[TokenTree]) -> bool {
    let is_word = |token: &TokenTree, name: &str| matches!(token, TokenTree::Ident(word) if word == name);
    matches!(tokens, [.., owner, a, b, pin, _]
        if is_word(owner, "Box") && is(a, ':') && is(b, ':') && is_word(pin, "pin"))
}

/// Returns the message for a future without a visible `async` block.
fn opaque(output: &ReturnType) -> Mistake {
    let first = match output {
        ReturnType::Type(_, ty) => quote::quote!(#ty)
            .into_iter()
            .next()
            .map_or_else(|| ty.span(), |t| t.span()),
        ReturnType::Default => Span::call_site(),
    };
    let message = "`#[circuit_breaker]` finds no `async` block in this function; make it an `async fn`, or end it with \
                   `Box::pin(async move { .. })`";
    (first, message.to_owned())
}

/// The type that a future resolves to.
enum Resolves {
    To(Box<Type>),
    /// The type is not written, as in `impl Future`.
    Unknown,
}

impl Resolves {
    fn of(output: Option<&Type>) -> Self {
        output.map_or(Self::Unknown, |ty| Self::To(Box::new(ty.clone())))
    }
}

/// Returns what a future type resolves to; `None` for other types.
fn future_output(ty: &Type) -> Option<Resolves> {
    match without_parentheses(ty) {
        Type::ImplTrait(ty) => ty.bounds.iter().find_map(output_of_bound),
        Type::TraitObject(ty) => ty.bounds.iter().find_map(output_of_bound),
        Type::Path(ty) => {
            let last = ty.path.segments.last()?;
            if last.ident == "BoxFuture" || last.ident == "LocalBoxFuture" {
                return Some(Resolves::of(type_arguments(last).pop()));
            }
            (last.ident == "Pin" || last.ident == "Box")
                .then(|| type_arguments(last).into_iter().find_map(future_output))?
        }
        _ => None,
    }
}

fn output_of_bound(bound: &TypeParamBound) -> Option<Resolves> {
    let TypeParamBound::Trait(bound) = bound else {
        return None;
    };
    let last = bound.path.segments.last()?;
    if last.ident != "Future" {
        return None;
    }
    let PathArguments::AngleBracketed(angle) = &last.arguments else {
        return Some(Resolves::Unknown);
    };
    let output = angle.args.iter().find_map(|argument| match argument {
        GenericArgument::AssocType(assoc) if assoc.ident == "Output" => Some(&assoc.ty),
        _ => None,
    });
    Some(Resolves::of(output))
}
