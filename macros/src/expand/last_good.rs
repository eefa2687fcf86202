//! The static of the last good values, and the code that serves them.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use crate::expand::arguments::Arguments;
use crate::expand::body::Body;
use crate::expand::last_good_key;
use crate::plan::LastGood;

/// Returns the static that holds the values.
pub(super) fn site(last_good: &LastGood) -> TokenStream {
    let (max_age, capacity) = (&last_good.max_age, &last_good.capacity);
    quote!(static __KEPT: __fusebox::LastGoodSite = __fusebox::LastGoodSite::new(#max_age, #capacity);)
}

/// Returns `let (__entry, __keeper) = …;`.
///
/// The entry reads the value of this key, and the keeper records it.
///
/// It comes before the admission, because a rejected call needs it too.
pub(super) fn entry(last_good: &LastGood, arguments: &Arguments, body: &Body) -> TokenStream {
    let span = Span::mixed_site();
    let key = last_good_key::key(
        last_good,
        &arguments.params,
        arguments.receiver.as_ref(),
        &arguments.cloned.names(),
    );
    // On the span of the key `last_good`, where rustc reports a return type that cannot be kept.
    let entry = Ident::new("last_good", Span::call_site().located_at(last_good.span));
    let (output, site) = (&body.output, &body.site);
    let output = quote_spanned!(span=> ::<#output>);
    quote_spanned! {span=>
        #key
        let (__entry, __keeper) = __fusebox::#entry #output(#site, &__KEPT, __key, || {}).twice();
    }
}

/// Returns the code that returns the kept value, if there is one.
pub(super) fn serve() -> TokenStream {
    let span = Span::mixed_site();
    quote_spanned! {span=>
        if let __fusebox::Option::Some(__answer) = __entry.serve() {
            return __answer;
        }
    }
}
