//! The last good value: what it is kept under, where it is kept, and where it answers.

use std::time::Duration;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::{FnArg, Pat, Signature};

use crate::args::Args;
use crate::diagnostics::Errors;
use crate::item::Item;
use crate::keys::Key;
use crate::params::{self, Param, SelfKind};
use crate::settings;
use crate::tokens::is;
use crate::value::{Number, Value};

/// How many keys are kept where nothing is said.
const CAPACITY: u32 = 1024;
/// Set by the feature of the same name of the crate `fusebox`.
const IS_THERE: bool = cfg!(feature = "last-good");

/// `last_good`, `last_good_key` and `last_good_capacity`.
pub(crate) struct LastGood {
    max_age: Duration,
    capacity: TokenStream,
    key: Option<syn::Expr>,
    /// Where the user asked for it.
    span: Span,
}

impl LastGood {
    pub(crate) fn from(args: &Args) -> Option<Self> {
        let arg = args.get(Key::LastGood)?;
        let Value::Duration(max_age) = arg.value else {
            return None;
        };
        let capacity = match args.number(Key::LastGoodCapacity) {
            Some(Number::Literal(keys)) => quote!(#keys),
            Some(Number::Path(_)) => settings::alias(Key::LastGoodCapacity).to_token_stream(),
            None => quote!(#CAPACITY),
        };
        let key = args.get(Key::LastGoodKey).and_then(|arg| match &arg.value {
            Value::Key(key) => Some((**key).clone()),
            _ => None,
        });
        Some(Self {
            max_age,
            capacity,
            key,
            span: arg.ident.span(),
        })
    }

    /// Whether every parameter needs a name in the signature.
    pub(crate) fn names_parameters(&self) -> bool {
        self.key.is_none()
    }

    /// Parameters whose `mut` is written again behind the key.
    pub(crate) fn without_mut(&self, params: &[Param]) -> Vec<Ident> {
        self.bound(params).into_iter().map(|part| part.name).collect()
    }

    /// The static of the values, beside that of the breaker.
    pub(crate) fn site(&self) -> TokenStream {
        let (max_age, capacity) = (settings::duration_tokens(self.max_age), &self.capacity);
        quote!(static __KEPT: __p::LastGoodSite = __p::LastGoodSite::new(#max_age, #capacity);)
    }

    /// `let (__entry, __keeper) = …;`: before the admission, because a rejected call needs it too.
    pub(crate) fn entry(
        &self,
        params: &[Param],
        receiver: Option<&(Ident, SelfKind)>,
        ret: &TokenStream,
    ) -> TokenStream {
        let span = Span::mixed_site();
        let key = match &self.key {
            None => self.all_parameters(params),
            Some(key) => self.expression(key, params, receiver),
        };
        // On the span of the key, so that a return type that cannot be kept is an error there.
        let entry = Ident::new("last_good", Span::mixed_site().located_at(self.span));
        let ret = quote_spanned!(span=> ::<#ret, _>);
        quote_spanned! {span=>
            #key
            let (__entry, __keeper) = __p::#entry #ret(&__SITE, &__KEPT, __key).twice();
        }
    }

    /// One part for each parameter. By value and given back, because a borrow here would keep the argument in the future.
    fn all_parameters(&self, params: &[Param]) -> TokenStream {
        let span = Span::mixed_site();
        let parts = self.bound(params).into_iter().map(|Part { cfgs, name, pat }| {
            let add_to = Ident::new("add_to", span.located_at(name.span()));
            quote_spanned! {span=>
                #(#cfgs)*
                #[allow(unused_mut, clippy::used_underscore_binding)]
                let (__key, #pat) = {
                    #[allow(unused_imports)]
                    use __p::PartOfKey as _;
                    __p::Part(#name).#add_to(__key)
                };
            }
        });
        quote_spanned!(span=> let __key = (); #(#parts)*)
    }

    /// A closure takes the parameters that the expression mentions, and gives them back.
    fn expression(
        &self,
        key: &syn::Expr,
        params: &[Param],
        receiver: Option<&(Ident, SelfKind)>,
    ) -> TokenStream {
        let span = Span::mixed_site();
        let parts = self.bound(params);
        let names: Vec<&Ident> = parts.iter().map(|part| &part.name).collect();
        let pats = parts.iter().map(|part| &part.pat);
        let tokens = key.to_token_stream();
        let borrows_self =
            receiver.is_some_and(|(word, kind)| *kind != SelfKind::Shared && params::mentions(&tokens, word));
        let by_value = (!borrows_self).then(|| quote!(move));
        quote_spanned! {span=>
            #[allow(unused_mut, unused_parens, unused_variables, clippy::redundant_closure_call, clippy::used_underscore_binding)]
            let (__key, #(#pats,)*) = (#by_value || {
                #[allow(unused_imports)]
                use __p::PartOfKey as _;
                let (__key, _) = __p::Part(#key).add_to(());
                (__key, #(#names,)*)
            })();
        }
    }

    /// The bindings that the key is made of.
    fn bound(&self, params: &[Param]) -> Vec<Part> {
        let parts = params.iter().flat_map(|param| {
            let simple = matches!(&param.pat, Pat::Ident(pat) if pat.ident == param.name);
            if simple || param.renamed {
                let pat = if simple {
                    param.pat.to_token_stream()
                } else {
                    param.name.to_token_stream()
                };
                return vec![Part {
                    cfgs: param.cfgs().cloned().collect(),
                    name: param.name.clone(),
                    pat,
                }];
            }
            let bindings = params::binding_patterns(&param.pat).into_iter().map(|binding| {
                let mutability = binding.mutability.filter(|_| binding.by_ref.is_none());
                let name = binding.ident;
                Part {
                    cfgs: param.cfgs().cloned().collect(),
                    pat: quote!(#mutability #name),
                    name,
                }
            });
            bindings.collect()
        });
        match &self.key {
            None => parts.collect(),
            Some(key) => {
                let tokens = key.to_token_stream();
                parts
                    .filter(|part| params::mentions(&tokens, &part.name))
                    .collect()
            }
        }
    }
}

/// One binding of a parameter.
struct Part {
    cfgs: Vec<syn::Attribute>,
    name: Ident,
    pat: TokenStream,
}

/// `return` the kept value, if there is one.
pub(crate) fn serve() -> TokenStream {
    let span = Span::mixed_site();
    quote_spanned! {span=>
        if let __p::Option::Some(__answer) = __entry.serve() {
            return __answer;
        }
    }
}

/// What has no meaning, and what the default key cannot be made of.
pub(crate) fn check(args: &Args, item: &Item, errors: &mut Errors) {
    let Some(last_good) = args.get(Key::LastGood) else {
        for key in [Key::LastGoodKey, Key::LastGoodCapacity] {
            if let Some(arg) = args
                .get(key)
                .filter(|_| !args.typed_keys.iter().any(|key| key == "last_good"))
            {
                let name = key.name();
                let message = format!("`{name}` needs `last_good`; add `last_good = \"5m\"` or remove it");
                errors.push(arg.ident.span(), message);
            }
        }
        return;
    };
    if !IS_THERE {
        let message = "`last_good` needs the feature `last-good` of the crate `fusebox`";
        return errors.push(last_good.ident.span(), message);
    }
    if args.get(Key::LastGoodKey).is_some() || args.typed_keys.iter().any(|key| key == "last_good_key") {
        return;
    }
    if item.sig.receiver().is_some() {
        let message = "a method needs a `last_good_key`, because the default key does not hold `self`; write what tells \
                       the calls apart, as in `last_good_key = (self.id, id)`";
        return errors.push(last_good.ident.span(), message);
    }
    borrowing_parameters(&item.sig, errors);
    if item.block.is_some() {
        nameless_parameters(&item.sig, errors);
    }
}

/// Where the function is not `async` its parameters stay as they are, and a pattern may leave something out of the key.
fn nameless_parameters(sig: &Signature, errors: &mut Errors) {
    for input in &sig.inputs {
        if let FnArg::Typed(input) = input
            && !matches!(&*input.pat, Pat::Ident(_))
        {
            let message = "give this parameter a name, so that it can be part of the key of the last good values, or write \
                           `last_good_key = <expression>`";
            errors.push(crate::tokens::first_span(&first_token(&input.pat)), message);
        }
    }
}

/// `&T` is copied into its owner; a borrow deeper inside has no owner that we know.
fn borrowing_parameters(sig: &Signature, errors: &mut Errors) {
    for input in &sig.inputs {
        let FnArg::Typed(input) = input else {
            continue;
        };
        let ty = match &*input.ty {
            syn::Type::Reference(outer) => &outer.elem,
            other => other,
        };
        if borrows(ty.to_token_stream()) {
            let message = "this parameter borrows inside of its type, so it cannot be part of the key of the last good \
                           values; write what tells the calls apart: `last_good_key = <expression>`";
            errors.push(crate::tokens::first_span(&first_token(&input.pat)), message);
        }
    }
}

/// Whether a reference or a lifetime other than `'static` stands in these tokens.
fn borrows(tokens: TokenStream) -> bool {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    tokens.iter().enumerate().any(|(at, token)| match token {
        TokenTree::Group(group) => borrows(group.stream()),
        TokenTree::Punct(_) if is(token, '&') => !tokens.get(at + 1).is_some_and(|next| is(next, '\'')),
        TokenTree::Punct(_) if is(token, '\'') => {
            !matches!(tokens.get(at + 1), Some(TokenTree::Ident(name)) if name == "static")
        }
        _ => false,
    })
}

fn first_token(pat: &Pat) -> TokenTree {
    let first = pat.to_token_stream().into_iter().next();
    first.unwrap_or_else(|| TokenTree::Ident(Ident::new("_", Span::call_site())))
}
