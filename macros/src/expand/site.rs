//! The static of a call site, and the checks that only the compiler can make.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt as _;

use crate::args::key::Key;
use crate::args::value::Name;
use crate::expand::last_good;
use crate::plan::Plan;
use crate::plan::settings::{self, Constant};

/// Returns the items at the start of the function.
///
/// These are the import of `__fusebox`, the checks and the statics.
pub(super) fn site(plan: &Plan, function: &Ident) -> TokenStream {
    let krate = &plan.krate;
    let function = function.unraw().to_string();
    let name = match &plan.name {
        Some(Name::Text(text)) => quote!(.named(#text)),
        Some(Name::Path(_)) => {
            let name = settings::alias(Key::Name);
            quote!(.named(#name))
        }
        None => TokenStream::new(),
    };
    let setters = plan.settings.setters.iter().map(|(setter, value)| {
        let setter = Ident::new(setter, Span::call_site());
        quote!(.#setter(#value))
    });
    let settings = quote!(__fusebox::Settings::DEFAULT #(#setters)*);
    let checks = checks(plan, &settings);
    let last_good = plan.last_good.as_ref().map(last_good::site);
    let settings = (!plan.settings.setters.is_empty()).then(|| quote!(.with_settings(&#settings)));
    if plan.breaker.is_some() {
        return quote!(use #krate::__private as __fusebox; #checks #last_good);
    }
    let (ty, keyed) = if plan.key.is_some() {
        let max_keys = plan.max_keys.as_ref();
        let bound = max_keys.map_or_else(
            || quote!(__fusebox::Option::None),
            |bound| quote!(__fusebox::Option::Some(#bound)),
        );
        (quote!(__fusebox::KeyedSite), quote!(.keyed(#bound)))
    } else {
        (quote!(__fusebox::CallSite), TokenStream::new())
    };
    let timed = plan.timeout.is_some().then(|| quote!(.timed()));
    quote! {
        use #krate::__private as __fusebox;
        #checks
        static __SITE: #ty = #ty::new(
            __fusebox::Declaration::new(
                __fusebox::module_path!(), #function, __fusebox::file!(), __fusebox::line!(), __fusebox::column!(),
            ) #name #settings #keyed #timed
        );
        __fusebox::catalogue!(__SITE);
        #last_good
    }
}

/// Returns one check for each constant, and one for all settings.
fn checks(plan: &Plan, settings: &TokenStream) -> TokenStream {
    let mut checks = TokenStream::new();
    for constant in &plan.settings.constants {
        let Constant {
            alias,
            ty,
            value,
            check,
            ..
        } = constant;
        checks.extend(
            quote_spanned!(check.span()=> const #alias: #ty = #value; const _: () = __fusebox::#check(#alias);),
        );
    }
    if let Some(first) = plan.settings.constants.first() {
        let span = first.check.span();
        checks.extend(quote_spanned!(span=> const _: () = __fusebox::check_together(#settings);));
        if let (Some(slow_call), Some(timeout)) = (&plan.slow_call, &plan.timeout) {
            checks.extend(
                quote_spanned!(span=> const _: () = __fusebox::check_slow_call_ends(#slow_call, #timeout);),
            );
        }
    }
    checks
}
