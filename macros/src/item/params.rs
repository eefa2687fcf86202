//! The parameters: their names in the signature, and what their patterns bind.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, format_ident, quote};
use syn::{Attribute, FnArg, Pat, PatIdent, Receiver, ReceiverKind, Signature, Type, TypeReference};

use crate::item::return_type::without_parentheses;
use crate::tokens::{first_span, is};

/// One parameter.
pub(crate) struct Param {
    pub(crate) attrs: Vec<Attribute>,
    /// The name in the signature.
    pub(crate) name: Ident,
    /// The pattern that the body uses.
    pub(crate) pat: Pat,
    /// How the value is passed.
    pub(crate) passed: SelfKind,
    /// Whether the type may have a destructor.
    pub(crate) may_drop: bool,
    /// Whether the signature has a generated name in place of the pattern.
    pub(crate) renamed: bool,
}

impl Param {
    /// Returns whether the type is `&mut T`.
    ///
    /// Such a parameter is reborrowed, not cloned.
    pub(crate) fn is_mut_ref(&self) -> bool {
        self.passed == SelfKind::Mutable
    }

    /// Returns whether the type is `&T`.
    pub(crate) fn is_ref(&self) -> bool {
        self.passed == SelfKind::Shared
    }
}

/// The way in which a method takes `self`, or a function a parameter.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum SelfKind {
    Shared,
    Mutable,
    Owned,
}

/// The parameters that get a generated name in the signature.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rename {
    /// None: code before the `async` block uses the parameters.
    Nothing,
    /// Those called `_`: the future of the body drops them by name.
    Ignored,
    /// Also patterns that hold a macro: what it binds is not visible here.
    Macros,
    /// All patterns that are not a name: the fallback is called with names.
    Patterns,
}

/// Returns the parameters without `self`, and renames some of them.
pub(crate) fn take(sig: &mut Signature, rename: Rename) -> Vec<Param> {
    let mut params: Vec<Param> = Vec::new();
    let takes_self = sig
        .receiver()
        .is_some_and(|receiver| self_kind(receiver) == SelfKind::Owned);
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
            // If no earlier parameter may be dropped, the function itself drops this one in the
            // right order.
            Rename::Macros if has_macro(&input.pat) => true,
            Rename::Ignored | Rename::Macros => {
                let has_earlier = takes_self || params.iter().any(|param| param.may_drop);
                is_ignored && has_earlier && may_drop(&input.ty)
            }
            Rename::Patterns => simple.is_none(),
        };
        let number = params.len();
        let name = simple.unwrap_or_else(|| generated(number, &input.pat));
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
            passed: match is_mut {
                Some(true) => SelfKind::Mutable,
                Some(false) => SelfKind::Shared,
                None => SelfKind::Owned,
            },
            may_drop: may_drop(&input.ty),
            renamed,
        });
    }
    params
}

/// Returns a name on the span of the pattern.
///
/// There, rustc reports a type that does not fit.
fn generated(number: usize, pat: &Pat) -> Ident {
    let first = pat.to_token_stream().into_iter().next();
    let span = first.map_or_else(Span::call_site, |first| first_span(&first));
    format_ident!("__arg{number}", span = Span::mixed_site().located_at(span))
}

/// Returns all bindings that may be dropped: the last first, then `self`.
pub(crate) fn in_drop_order(receiver: Option<&Ident>, params: &[Param]) -> Vec<Ident> {
    let mut names = Vec::new();
    names.extend(receiver.cloned());
    for param in params {
        if !param.may_drop {
            continue;
        }
        if param.renamed && matches!(param.pat, Pat::Wild(_)) {
            names.push(param.name.clone());
        } else {
            names.append(&mut bindings(&param.pat));
        }
    }
    names.reverse();
    names
}

/// Removes the `mut` of a name in the signature.
///
/// The body uses another binding, which has the `mut`.
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

/// Returns whether values of the type may have a destructor.
///
/// References and numbers have none, nor do arrays and tuples of them.
fn may_drop(ty: &Type) -> bool {
    match without_parentheses(ty) {
        Type::Reference(_) | Type::Ptr(_) | Type::FnPtr(_) | Type::Never(_) => false,
        Type::Array(array) => may_drop(&array.elem),
        Type::Tuple(tuple) => tuple.elems.iter().any(may_drop),
        Type::Path(path) => !path.path.get_ident().is_some_and(|name| {
            let name = name.to_string();
            PRIMITIVES.contains(&name.as_str())
        }),
        _ => true,
    }
}

const PRIMITIVES: [&str; 16] = [
    "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64",
    "u128", "usize",
];

/// Returns how the method takes `self`.
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

/// Returns the type as a reference, if it is one; parentheses do not matter.
fn reference(ty: &Type) -> Option<&TypeReference> {
    match without_parentheses(ty) {
        Type::Reference(ty) => Some(ty),
        _ => None,
    }
}

/// Returns whether a part of the pattern is a macro, which may bind names.
pub(crate) fn has_macro(pat: &Pat) -> bool {
    match pat {
        Pat::Macro(_) => true,
        Pat::Ident(pat) => pat.subpat.as_ref().is_some_and(|(_, sub)| has_macro(sub)),
        Pat::Paren(pat) => has_macro(&pat.pat),
        Pat::Reference(pat) => has_macro(&pat.pat),
        Pat::Slice(pat) => pat.elems.iter().any(has_macro),
        Pat::Struct(pat) => pat.fields.iter().any(|field| has_macro(&field.pat)),
        Pat::Tuple(pat) => pat.elems.iter().any(has_macro),
        Pat::TupleStruct(pat) => pat.elems.iter().any(has_macro),
        _ => false,
    }
}

/// Returns whether the pattern moves every part of the value into a binding.
pub(crate) fn moves_all(pat: &Pat) -> bool {
    match pat {
        Pat::Ident(pat) => pat.by_ref.is_none() && pat.subpat.is_none(),
        Pat::Paren(pat) => moves_all(&pat.pat),
        Pat::Type(pat) => moves_all(&pat.pat),
        Pat::Struct(pat) => pat.rest.is_none() && pat.fields.iter().all(|field| moves_all(&field.pat)),
        Pat::Tuple(pat) => pat.elems.iter().all(moves_all),
        Pat::TupleStruct(pat) => pat.elems.iter().all(moves_all),
        Pat::Slice(pat) => pat.elems.iter().all(moves_all),
        _ => false,
    }
}

/// Returns whether a binding of the pattern is a `ref`.
pub(crate) fn has_ref(pat: &Pat) -> bool {
    binding_patterns(pat)
        .iter()
        .any(|binding| binding.by_ref.is_some())
}

/// Returns the names that a pattern binds, in order.
pub(crate) fn bindings(pat: &Pat) -> Vec<Ident> {
    let mut names = Vec::new();
    for binding in binding_patterns(pat) {
        names.push(binding.ident);
    }
    names
}

/// Returns the bindings of a pattern, with `ref` and `mut`.
pub(crate) fn binding_patterns(pat: &Pat) -> Vec<PatIdent> {
    let mut found = Vec::new();
    for_each_binding(&mut pat.clone(), &mut |binding| found.push(binding.clone()));
    found
}

/// A pattern that only borrows, made of one that may move.
pub(crate) enum Borrowing {
    /// Each binding is `ref`. It matches the value.
    Explicit(Pat),
    /// No binding has a mode. It matches a reference to the value.
    Implicit(Pat),
}

/// Returns the pattern with the same names, as references.
///
/// rustc refuses `&`, `ref` and `mut` in a pattern that matches through a reference. So a pattern
/// that has `&` or `ref` gets more of them, and any other one gets none.
pub(crate) fn borrowing(pat: &Pat) -> Borrowing {
    let has_modes = has_mode(quote!(#pat));
    let mut pat = pat.clone();
    for_each_binding(&mut pat, &mut |binding| {
        binding.mutability = None;
        binding.by_ref = has_modes.then(Default::default);
    });
    if has_modes {
        Borrowing::Explicit(pat)
    } else {
        Borrowing::Implicit(pat)
    }
}

/// Returns whether the tokens of a pattern have a `&` or a `ref`.
fn has_mode(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => has_mode(group.stream()),
        TokenTree::Ident(word) => word == "ref",
        other => is(&other, '&'),
    })
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
