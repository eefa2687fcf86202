//! The parameters: what they bind, what a fallback is called with, and what must exist twice for it.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::format_ident;
use syn::{Attribute, FnArg, Pat, PatIdent, Receiver, ReceiverKind, Signature, Type, TypeReference};

use crate::item::return_type::without_parentheses;

/// One parameter.
pub(crate) struct Param {
    pub(crate) attrs: Vec<Attribute>,
    /// How it is called in the signature.
    pub(crate) name: Ident,
    /// What the body knows it by.
    pub(crate) pat: Pat,
    /// `&mut T` is lent, not cloned.
    pub(crate) is_mut_ref: bool,
    /// `&T`.
    pub(crate) is_ref: bool,
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

/// Which parameters get a generated name in the signature.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rename {
    /// None: the function is not `async`, so its parameters are not ours.
    Nothing,
    /// Those called `_`: under a name the body's future can take them, to drop them in their turn.
    Ignored,
    /// All that a fallback could not be called with otherwise.
    Patterns,
}

/// The parameters but the receiver.
pub(crate) fn take(sig: &mut Signature, rename: Rename) -> Vec<Param> {
    let mut params = Vec::new();
    for input in &mut sig.inputs {
        let FnArg::Typed(input) = input else {
            continue;
        };
        let simple = match &*input.pat {
            Pat::Ident(pat) if pat.by_ref.is_none() && pat.subpat.is_none() => Some(pat.ident.clone()),
            _ => None,
        };
        let is_ignored = matches!(&*input.pat, Pat::Wild(_));
        let renamed = match rename {
            Rename::Nothing => false,
            Rename::Ignored => is_ignored,
            Rename::Patterns => simple.is_none(),
        };
        let number = params.len();
        let name = simple.unwrap_or_else(|| generated(number));
        let pat = (*input.pat).clone();
        if renamed {
            *input.pat = syn::parse_quote!(#name);
        }
        let attrs = input.attrs.clone();
        let is_mut = reference(&input.ty).map(|reference| reference.mutability.is_some());
        params.push(Param {
            attrs,
            name,
            pat,
            is_mut_ref: is_mut == Some(true),
            is_ref: is_mut == Some(false),
            renamed,
        });
    }
    params
}

fn generated(number: usize) -> Ident {
    format_ident!("__arg{number}", span = Span::mixed_site())
}

/// Everything that the parameters bind, in the order in which it is dropped: the last first, `self` last. What may be
/// configured away is left out.
pub(crate) fn in_drop_order(receiver: Option<&Ident>, params: &[Param]) -> Vec<Ident> {
    let names = params
        .iter()
        .rev()
        .filter(|param| param.cfgs().next().is_none())
        .flat_map(|param| {
            if param.renamed && matches!(param.pat, Pat::Wild(_)) {
                return vec![param.name.clone()];
            }
            bindings(&param.pat).into_iter().rev().collect()
        });
    names.chain(receiver.cloned()).collect()
}

/// Removes the `mut` of a name that the body sees through another binding.
pub(crate) fn remove_mut(sig: &mut Signature, name: &Ident) {
    for input in &mut sig.inputs {
        if let FnArg::Typed(input) = input {
            for_each_binding(&mut input.pat, &mut |binding| {
                if binding.ident == *name && binding.by_ref.is_none() {
                    binding.mutability = None;
                }
            });
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

/// The reference that a type is, also in parentheses.
fn reference(ty: &Type) -> Option<&TypeReference> {
    match without_parentheses(ty) {
        Type::Reference(ty) => Some(ty),
        _ => None,
    }
}

/// The names that a pattern binds, in order.
pub(crate) fn bindings(pat: &Pat) -> Vec<Ident> {
    binding_patterns(pat)
        .into_iter()
        .map(|binding| binding.ident)
        .collect()
}

/// The same, with `ref` and `mut`.
pub(crate) fn binding_patterns(pat: &Pat) -> Vec<PatIdent> {
    let mut found = Vec::new();
    for_each_binding(&mut pat.clone(), &mut |binding| found.push(binding.clone()));
    found
}

fn for_each_binding(pat: &mut Pat, visit: &mut dyn FnMut(&mut PatIdent)) {
    match pat {
        Pat::Ident(pat) => {
            visit(pat);
            if let Some((_, sub)) = &mut pat.subpat {
                for_each_binding(sub, visit);
            }
        }
        Pat::Paren(pat) => for_each_binding(&mut pat.pat, visit),
        Pat::Reference(pat) => for_each_binding(&mut pat.pat, visit),
        Pat::Slice(pat) => pat.elems.iter_mut().for_each(|pat| for_each_binding(pat, visit)),
        Pat::Struct(pat) => pat
            .fields
            .iter_mut()
            .for_each(|field| for_each_binding(&mut field.pat, visit)),
        Pat::Tuple(pat) => pat.elems.iter_mut().for_each(|pat| for_each_binding(pat, visit)),
        Pat::TupleStruct(pat) => pat.elems.iter_mut().for_each(|pat| for_each_binding(pat, visit)),
        Pat::Type(pat) => for_each_binding(&mut pat.pat, visit),
        Pat::Or(pat) => pat
            .cases
            .iter_mut()
            .take(1)
            .for_each(|pat| for_each_binding(pat, visit)),
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
