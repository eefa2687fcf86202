//! Plan → tokens: the function again, with its body after an admission.
//!
//! The generated code keeps four promises:
//!
//! * Nothing is awaited before the body. The future would hold the arguments twice.
//! * The future of the body moves once, into the future that polls it. A borrow before would keep
//!   it in both places, and double the size.
//! * Fallbacks are boxed, so that they do not enlarge the future of a call that is admitted.
//! * No identifier of the macro has a span of the user. Editors would show it when the user hovers
//!   over the source.

mod admission;
mod arguments;
mod body;
mod classifier;
mod cloned_args;
mod error;
mod fallback;
mod flow;
mod last_good;
mod last_good_key;
mod late_error;
mod site;
mod unguarded;

use proc_macro2::TokenStream;
use quote::quote;
use syn::FnArg;

use self::arguments::Arguments;
use self::body::{Body, braces};
use self::flow::Flow;
pub(crate) use self::unguarded::unguarded;
use crate::item::Item;
use crate::plan::Plan;

/// Returns the function with its breaker.
pub(crate) fn guarded(plan: &Plan, mut item: Item) -> TokenStream {
    let arguments = Arguments::new(plan, &mut item);
    let block = item.guarded();
    let body = Body::new(plan, &arguments, block);
    let site = site::site(plan, &item.sig.ident);
    let flow = Flow {
        plan,
        arguments: &arguments,
        body: &body,
    };
    let flow = flow.to_tokens();
    let guarded = braces(quote!(#site #flow), block);
    let whole = match &item.block {
        Some(block) => block.replaced(&item.body, guarded),
        None => guarded,
    };
    let head = item.head();
    if !arguments.are_renamed() {
        return quote!(#head #whole);
    }
    let documented = documented(&item, &arguments);
    quote!(#documented #[cfg(not(doc))] #head #whole)
}

/// Returns the function for rustdoc, with the patterns of the user.
///
/// rustdoc compiles no body, so this one has no breaker.
fn documented(item: &Item, arguments: &Arguments) -> TokenStream {
    let mut written = item.clone();
    let mut params = arguments.params.iter();
    for input in &mut written.sig.inputs {
        if let FnArg::Typed(input) = input
            && let Some(param) = params.next()
        {
            *input.pat = param.pat.clone();
        }
    }
    quote!(#[cfg(doc)] #written)
}
