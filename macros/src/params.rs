//! The parameters: what they bind, what a fallback is called with, and what must exist twice for it.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::format_ident;
use syn::{Attribute, FnArg, Pat, Receiver, ReceiverKind, Signature, Type};

/// One parameter.
pub(crate) struct Param {
    pub(crate) attrs: Vec<Attribute>,
    /// How it is called in the signature.
    pub(crate) name: Ident,
    /// What the body knows it by.
    pub(crate) pat: Pat,
    /// `&mut T` is lent, not cloned.
    pub(crate) is_mut_ref: bool,
    /// The pattern is more than a name, so the signature holds a generated name instead.
    pub(crate) renamed: bool,
}

/// How `self` can exist twice.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum SelfKind {
    Shared,
    Mutable,
    Owned,
}

impl Param {
    /// Only what decides whether the parameter is there.
    pub(crate) fn cfgs(&self) -> impl Iterator<Item = &Attribute> {
        self.attrs.iter().filter(|attr| attr.path().is_ident("cfg"))
    }
}

/// The parameters but the receiver. Where `rename`, those without a name of their own get one in the signature.
pub(crate) fn take(sig: &mut Signature, rename: bool) -> Vec<Param> {
    let mut params = Vec::new();
    for input in &mut sig.inputs {
        let FnArg::Typed(input) = input else {
            continue;
        };
        let simple = match &*input.pat {
            Pat::Ident(pat) if pat.by_ref.is_none() && pat.subpat.is_none() => Some(pat.ident.clone()),
            _ => None,
        };
        let renamed = simple.is_none() && rename;
        let number = params.len();
        let name = simple.unwrap_or_else(|| format_ident!("__arg{number}", span = Span::mixed_site()));
        let pat = (*input.pat).clone();
        if renamed {
            *input.pat = syn::parse_quote!(#name);
        }
        let attrs = input.attrs.clone();
        params.push(Param { attrs, name, pat, is_mut_ref: is_mut_ref(&input.ty), renamed });
    }
    params
}

/// Removes the `mut` of a parameter that the body sees through another binding.
pub(crate) fn remove_mut(sig: &mut Signature, name: &Ident) {
    for input in &mut sig.inputs {
        if let FnArg::Typed(input) = input
            && let Pat::Ident(pat) = &mut *input.pat
            && pat.ident == *name
        {
            pat.mutability = None;
        }
    }
}

pub(crate) fn self_kind(receiver: &Receiver) -> SelfKind {
    match &receiver.kind {
        ReceiverKind::Reference(_, _, Some(_)) => SelfKind::Mutable,
        ReceiverKind::Reference(..) => SelfKind::Shared,
        ReceiverKind::Typed(_, ty) => match &**ty {
            Type::Reference(ty) if ty.mutability.is_some() => SelfKind::Mutable,
            Type::Reference(_) => SelfKind::Shared,
            _ => SelfKind::Owned,
        },
        _ => SelfKind::Owned,
    }
}

fn is_mut_ref(ty: &Type) -> bool {
    match ty {
        Type::Reference(ty) => ty.mutability.is_some(),
        Type::Paren(ty) => is_mut_ref(&ty.elem),
        Type::Group(ty) => is_mut_ref(&ty.elem),
        _ => false,
    }
}

/// The names that a pattern binds, in order.
pub(crate) fn bindings(pat: &Pat) -> Vec<Ident> {
    let mut found = Vec::new();
    collect(pat, &mut found);
    found
}

fn collect(pat: &Pat, found: &mut Vec<Ident>) {
    match pat {
        Pat::Ident(pat) => {
            found.push(pat.ident.clone());
            if let Some((_, sub)) = &pat.subpat {
                collect(sub, found);
            }
        }
        Pat::Paren(pat) => collect(&pat.pat, found),
        Pat::Reference(pat) => collect(&pat.pat, found),
        Pat::Slice(pat) => pat.elems.iter().for_each(|pat| collect(pat, found)),
        Pat::Struct(pat) => pat.fields.iter().for_each(|field| collect(&field.pat, found)),
        Pat::Tuple(pat) => pat.elems.iter().for_each(|pat| collect(pat, found)),
        Pat::TupleStruct(pat) => pat.elems.iter().for_each(|pat| collect(pat, found)),
        Pat::Type(pat) => collect(&pat.pat, found),
        Pat::Or(pat) => pat.cases.iter().take(1).for_each(|pat| collect(pat, found)),
        _ => {}
    }
}

/// Whether a name occurs in tokens, also inside a format string: `"{id}"`.
pub(crate) fn mentions(tokens: &TokenStream, name: &Ident) -> bool {
    let in_format = format!("{{{name}");
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(word) => word == *name,
        TokenTree::Group(group) => mentions(&group.stream(), name),
        TokenTree::Literal(literal) => literal.to_string().contains(&in_format),
        TokenTree::Punct(_) => false,
    })
}
