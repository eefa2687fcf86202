//! The fallback: its call, awaited in the future of the function.

use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::{quote, quote_spanned};

use crate::expand::Body;
use crate::expand::flow::Answers;
use crate::plan::{Answer, Plan};

impl Answers {
    /// The awaited fallback. It is boxed: only a pointer stays in the future of the function.
    pub(crate) fn instead(&self, plan: &Plan, body: &Body) -> TokenStream {
        let span = Span::mixed_site();
        let (ret, judge) = (&body.ret, &body.judge);
        let out = if body.never { quote!(_) } else { ret.clone() };
        match &plan.fallback {
            Answer::Path { path, .. } => {
                let method = &plan.fallback_key;
                let call = self.call(path);
                quote_spanned! {span=> {
                    #[allow(clippy::used_underscore_binding, clippy::let_unit_value)]
                    let __answer = __p::Check(&__SITE, #judge).#method::<#out, _>(#call).await;
                    #[allow(unreachable_code, clippy::implicit_return)]
                    __answer
                }}
            }
            Answer::Closure { closure, .. } => {
                let (cause, expr) = (&closure.cause, &closure.body);
                let cause = if let syn::Pat::Type(_) = cause {
                    quote_spanned!(span=> let #cause = __cause;)
                } else {
                    quote_spanned!(span=> let #cause: __p::Cause<#ret> = __cause;)
                };
                let unreachable = body.never.then(|| quote_spanned!(span=> match __out {}));
                let answer = unreachable.unwrap_or_else(|| quote_spanned!(span=> __out));
                quote_spanned! {span=> {
                    #[allow(clippy::let_unit_value)]
                    let __answer = __p::Check(&__SITE, #judge).fallback::<#out, _>(async move {
                        #[allow(
                            unknown_lints, unreachable_code, clippy::diverging_sub_expression,
                            clippy::empty_loop, clippy::let_unit_value, clippy::let_with_type_underscore
                        )]
                        if false {
                            let __edge: #ret = loop {};
                            return __edge;
                        }
                        #cause
                        let __out: #ret = #expr;
                        #[allow(unreachable_code, clippy::implicit_return)]
                        #answer
                    }).await;
                    #[allow(unreachable_code, clippy::implicit_return)]
                    __answer
                }}
            }
            Answer::Recover { .. } => TokenStream::new(),
        }
    }

    /// The call of the fallback with all arguments.
    fn call(&self, path: &syn::ExprPath) -> TokenStream {
        let receiver = self.receiver.iter().map(|(word, _)| {
            if self.kept.renames_self {
                quote_spanned!(Span::mixed_site()=> __self)
            } else {
                quote!(#word)
            }
        });
        let arguments = self.params.iter().map(|param| {
            let (cfgs, name) = (param.cfgs(), &param.name);
            quote!(#(#cfgs)* #name)
        });
        call(path, receiver.chain(arguments))
    }
}

/// A call of the fallback: on the user's spans there are only the user's path and brackets.
pub(crate) fn call(path: &syn::ExprPath, arguments: impl Iterator<Item = TokenStream>) -> TokenStream {
    let span = path
        .path
        .segments
        .last()
        .map_or_else(Span::call_site, |last| last.ident.span());
    let mut parentheses = Group::new(Delimiter::Parenthesis, quote!(#(#arguments),*));
    parentheses.set_span(Span::call_site().located_at(span));
    quote!(#path #parentheses)
}
