//! Functions that return a future without being `async`: the block in them that is guarded instead.

use proc_macro2::{Delimiter, Group, Span, TokenTree};
use syn::spanned::Spanned as _;
use syn::{GenericArgument, PathArguments, ReturnType, Signature, Type, TypeParamBound};

use crate::args::cursor::is;
use crate::item::return_type::without_parentheses;

/// The last `async { … }` of a body, alone or in `Box::pin(…)`.
#[derive(Clone)]
pub(crate) struct AsyncBlock {
    before: Vec<TokenTree>,
    pub(crate) block: Group,
    boxed: Option<Group>,
    /// What the future resolves to.
    pub(crate) output: Type,
}

impl AsyncBlock {
    /// The body again, with another block in the place of this one.
    pub(crate) fn replaced(&self, body: &Group, block: Group) -> Group {
        let mut tokens = self.before.clone();
        tokens.push(TokenTree::Group(block));
        if let Some(boxed) = &self.boxed {
            let mut outer = Group::new(
                Delimiter::Parenthesis,
                tokens.split_off(self.split()).into_iter().collect(),
            );
            outer.set_span(boxed.span());
            tokens.push(TokenTree::Group(outer));
        }
        let mut whole = Group::new(Delimiter::Brace, tokens.into_iter().collect());
        whole.set_span(body.span());
        whole
    }

    /// Where the inside of the `Box::pin(…)` begins in `before`.
    fn split(&self) -> usize {
        let words = self.before.iter().rev();
        self.before.len()
            - words
                .take_while(|t| matches!(t, TokenTree::Ident(i) if is_async_word(i)))
                .count()
    }
}

type Refusal = (Span, String);

/// Finds the block, in the form of `#[async_trait]` too; or says what to write.
pub(crate) fn find(sig: &Signature, body: &Group) -> Result<AsyncBlock, Refusal> {
    let output = match &sig.output {
        ReturnType::Type(_, ty) => future_output(ty),
        ReturnType::Default => None,
    };
    let output = match output {
        Some(Resolves::To(output)) => *output,
        Some(Resolves::ToSomething) => return Err(opaque(&sig.output)),
        None => return Err(not_async(sig)),
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
    Ok(AsyncBlock {
        before: tokens,
        block,
        boxed,
        output,
    })
}

fn is_async_word(word: &proc_macro2::Ident) -> bool {
    word == "async" || word == "move"
}

/// `… Box :: pin (…)`.
fn is_box_pin(tokens: &[TokenTree]) -> bool {
    let is_word = |token: &TokenTree, name: &str| matches!(token, TokenTree::Ident(word) if word == name);
    matches!(tokens, [.., owner, a, b, pin, _]
        if is_word(owner, "Box") && is(a, ':') && is(b, ':') && is_word(pin, "pin"))
}

fn not_async(sig: &Signature) -> Refusal {
    (
        sig.fn_token.span,
        "`#[circuit_breaker]` guards an `async fn`; add `async` before `fn`".to_owned(),
    )
}

fn opaque(output: &ReturnType) -> Refusal {
    let first = match output {
        ReturnType::Type(_, ty) => quote::quote!(#ty)
            .into_iter()
            .next()
            .map_or_else(|| ty.span(), |t| t.span()),
        ReturnType::Default => Span::call_site(),
    };
    let message = "returns a future that this macro cannot look into; make it an `async fn`, or end it with \
                   `Box::pin(async move { .. })`";
    (first, message.to_owned())
}

/// What a future resolves to.
enum Resolves {
    To(Box<Type>),
    /// It does not say.
    ToSomething,
}

impl Resolves {
    fn of(output: Option<&Type>) -> Self {
        output.map_or(Self::ToSomething, |ty| Self::To(Box::new(ty.clone())))
    }
}

/// `None` for a type that is no future.
fn future_output(ty: &Type) -> Option<Resolves> {
    match without_parentheses(ty) {
        Type::ImplTrait(ty) => ty.bounds.iter().find_map(output_of_bound),
        Type::TraitObject(ty) => ty.bounds.iter().find_map(output_of_bound),
        Type::Path(ty) => {
            let last = ty.path.segments.last()?;
            if last.ident == "BoxFuture" || last.ident == "LocalBoxFuture" {
                return Some(Resolves::of(type_arguments(last).last()));
            }
            (last.ident == "Pin" || last.ident == "Box")
                .then(|| type_arguments(last).find_map(future_output))?
        }
        _ => None,
    }
}

fn type_arguments(segment: &syn::PathSegment) -> impl Iterator<Item = &Type> {
    let arguments = match &segment.arguments {
        PathArguments::AngleBracketed(angle) => Some(angle.args.iter()),
        _ => None,
    };
    arguments
        .into_iter()
        .flatten()
        .filter_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(ty),
            _ => None,
        })
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
        return Some(Resolves::ToSomething);
    };
    let output = angle.args.iter().find_map(|argument| match argument {
        GenericArgument::AssocType(assoc) if assoc.ident == "Output" => Some(&assoc.ty),
        _ => None,
    });
    Some(Resolves::of(output))
}
