//! The last good value: what it is kept under, where it is kept, and where it answers.

use std::time::Duration;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::Pat;

use crate::args::Args;
use crate::args::key::Key;
use crate::args::value::{Number, Value};
use crate::item::params::{self, Param, SelfKind};
use crate::plan::settings;

/// How many keys are kept where nothing is said.
const CAPACITY: u32 = 1024;

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
        let key = args.get(Key::LastGoodBy).and_then(|arg| match &arg.value {
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

    /// `let (__entry, __keeper) = …;`: before the admission, because a rejected call needs it too. What is bound
    /// `again` behind it gets its `mut` there.
    pub(crate) fn entry(
        &self,
        params: &[Param],
        receiver: Option<&(Ident, SelfKind)>,
        ret: &TokenStream,
        again: &[Ident],
    ) -> TokenStream {
        let span = Span::mixed_site();
        let mut parts = self.bound(params);
        for part in parts.iter_mut().filter(|part| again.contains(&part.name)) {
            part.pat = part.name.to_token_stream();
        }
        let key = match &self.key {
            None => Self::all_parameters(&parts),
            Some(key) => Self::expression(key, &parts, receiver),
        };
        // On the span of the key, so that a return type that cannot be kept is an error there.
        let entry = Ident::new("last_good", Span::call_site().located_at(self.span));
        let ret = quote_spanned!(span=> ::<#ret>);
        quote_spanned! {span=>
            #key
            let (__entry, __keeper) = __p::#entry #ret(&__SITE, &__KEPT, __key).twice();
        }
    }

    /// One part for each parameter. By value and given back, because a borrow here would keep the argument in the future.
    fn all_parameters(parts: &[Part]) -> TokenStream {
        let span = Span::mixed_site();
        let parts = parts.iter().map(|part| {
            let Part { cfgs, pat, .. } = part;
            let added = part.added();
            quote_spanned! {span=>
                #(#cfgs)*
                #[allow(clippy::used_underscore_binding, clippy::shadow_reuse)]
                let (__key, #pat) = #added;
            }
        });
        quote_spanned!(span=> let __key = __p::Option::None; #(#parts)*)
    }

    /// A closure takes the parameters that the expression mentions, and gives them back.
    fn expression(key: &syn::Expr, parts: &[Part], receiver: Option<&(Ident, SelfKind)>) -> TokenStream {
        let span = Span::mixed_site();
        let names: Vec<&Ident> = parts.iter().map(|part| &part.name).collect();
        let bound = parts.iter().map(|part| &part.pat);
        let tokens = key.to_token_stream();
        let borrows_self =
            receiver.is_some_and(|(word, kind)| *kind != SelfKind::Shared && params::mentions(&tokens, word));
        let by_value = (!borrows_self).then(|| quote!(move));
        quote_spanned! {span=>
            #[allow(unused_parens, unused_variables, clippy::redundant_closure_call, clippy::used_underscore_binding, clippy::shadow_reuse)]
            let (__key, #(#bound,)*) = (#by_value || {
                #[allow(unused_imports)]
                use __p::PartOfKey as _;
                let (__key, _) = __p::Part(#key).add_to(__p::Option::None);
                (__key, #(#names,)*)
            })();
        }
    }

    /// The bindings that the key is made of.
    fn bound(&self, params: &[Param]) -> Vec<Part> {
        let parts = params.iter().flat_map(parts_of);
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
    reference: Option<&'static str>,
}

impl Part {
    /// The key with this part, and the argument again. A reference is passed as one, so that an error stands on it.
    fn added(&self) -> TokenStream {
        let (span, name) = (Span::mixed_site(), &self.name);
        if let Some(function) = self.reference {
            let function = Ident::new(function, span);
            return quote_spanned!(span=> __p::#function(#name, __key));
        }
        let add_to = Ident::new("add_to", Span::call_site().located_at(name.span()));
        quote_spanned! {span=> {
            #[allow(unused_imports)]
            use __p::PartOfKey as _;
            __p::Part(#name).#add_to(__key)
        }}
    }
}

/// One part where the parameter has a name, else one for each name in it.
fn parts_of(param: &Param) -> Vec<Part> {
    let cfgs: Vec<_> = param.cfgs().cloned().collect();
    let simple = matches!(&param.pat, Pat::Ident(pat) if pat.ident == param.name);
    if simple || param.renamed {
        let name = param.name.clone();
        let pat = if simple {
            param.pat.to_token_stream()
        } else {
            quote!(#name)
        };
        let reference = match (param.is_ref, param.is_mut_ref) {
            (true, _) => Some("add_ref"),
            (_, true) => Some("add_mut"),
            _ => None,
        };
        return vec![Part {
            cfgs,
            name,
            pat,
            reference,
        }];
    }
    let bindings = params::binding_patterns(&param.pat).into_iter().map(|binding| {
        let mutability = binding.mutability.filter(|_| binding.by_ref.is_none());
        let name = binding.ident;
        Part {
            cfgs: cfgs.clone(),
            pat: quote!(#mutability #name),
            name,
            reference: None,
        }
    });
    bindings.collect()
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
