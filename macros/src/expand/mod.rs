//! Plan → tokens: the function again, with its body behind an admission.
//!
//! What the output owes to the caller: no `.await` before the body (it would keep the arguments twice), the body's
//! future pinned where it is and never moved into another one, fallbacks boxed, and no identifier of ours on a span
//! of the user's, because editors would answer it on hover.

pub(crate) mod admission;
pub(crate) mod classifier;
pub(crate) mod cloned_args;
pub(crate) mod fallback;
pub(crate) mod flow;
pub(crate) mod ide;
pub(crate) mod last_good;
pub(crate) mod original_item;

use proc_macro2::{Group, Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use crate::args::Args;
use crate::args::key::Key;
use crate::args::value::Name;
use crate::expand::flow::Answers;
use crate::expand::last_good::LastGood;
use crate::item::Item;
use crate::item::params::mentions;
use crate::plan::Plan;
use crate::plan::settings::{self, Constant};

/// The whole item.
pub(crate) fn expand(plan: &Plan, mut item: Item, args: &Args) -> TokenStream {
    let answers = Answers::new(plan, &mut item);
    let body = item.guarded().clone();
    let hints = ide::hints(args, &plan.krate);
    let site = site(plan, &item);
    let flow = answers.flow(
        plan,
        &Body::new(plan, &answers.in_drop_order(), &body, answers.lends_self()),
    );
    let guarded = braces(quote!(#hints #site #flow), &body);
    let whole = match &item.block {
        Some(block) => block.replaced(&item.body, guarded),
        None => guarded,
    };
    let head = item.head();
    quote!(#head #whole)
}

/// A brace group where the user's was.
pub(crate) fn braces(tokens: TokenStream, instead_of: &Group) -> Group {
    let mut group = Group::new(proc_macro2::Delimiter::Brace, tokens);
    group.set_span(instead_of.span());
    group
}

/// The static of this function and the checks that only the compiler can make.
fn site(plan: &Plan, item: &Item) -> TokenStream {
    let krate = &plan.krate;
    let function = item.sig.ident.to_string();
    let function = function.trim_start_matches("r#");
    let named = match &plan.name {
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
    let settings = quote!(__p::Settings::DEFAULT #(#setters)*);
    let checks = checks(plan, &settings);
    let kept = plan.last_good.as_ref().map(LastGood::site);
    let settings = (!plan.settings.setters.is_empty()).then(|| quote!(.with_settings(#settings)));
    quote! {
        use #krate::__private as __p;
        #checks
        static __SITE: __p::CallSite = __p::CallSite::new(
            __p::Declaration::new(
                __p::module_path!(), #function, __p::file!(), __p::line!(), __p::column!(),
            ) #named #settings
        );
        __p::catalogue!(__SITE);
        #kept
    }
}

/// Constants are checked by the compiler, on the token that names them.
fn checks(plan: &Plan, settings: &TokenStream) -> TokenStream {
    let each = plan.settings.constants.iter().map(
        |Constant {
             path,
             ty,
             alias,
             check,
         }| {
            quote_spanned!(check.span()=> const #alias: #ty = #path; const _: () = __p::#check(#alias);)
        },
    );
    let together = plan
        .settings
        .constants
        .first()
        .map(|first| quote_spanned!(first.check.span()=> const _: () = __p::check_together(#settings);));
    each.chain(together).collect()
}

/// The pieces around the body of the function.
pub(crate) struct Body {
    /// `async move { … }`: the body, with the type of its tail and of its `return`s tied to the return type.
    pub(crate) future: TokenStream,
    pub(crate) judge: TokenStream,
    /// The judge of the body, which may keep what it judges.
    pub(crate) settling: TokenStream,
    /// The return type, `impl` erased.
    pub(crate) ret: TokenStream,
    pub(crate) limit: Option<TokenStream>,
    pub(crate) never: bool,
}

impl Body {
    fn new(plan: &Plan, params: &[Ident], body: &Group, lends_self: bool) -> Self {
        let never = plan.output.is_none();
        let ret = plan.output.clone().unwrap_or_else(|| quote!(__p::Infallible));
        let seen = seen_parameters(params, &body.stream(), lends_self);
        let edge = return_edge(&ret, never, &seen, lends_self);
        let capture = (!lends_self).then(|| quote!(move));
        let span = Span::mixed_site();
        let future = quote_spanned! {span=>
            async #capture {
                #edge
                let __out: #ret = #body;
                #[allow(unreachable_code, clippy::implicit_return)]
                __out
            }
        };
        let judge = classifier::expression(plan);
        Self {
            future,
            judge,
            settling: classifier::settling(plan),
            ret,
            limit: plan.timeout.map(settings::duration_tokens),
            never,
        }
    }
}

/// Dead code that ties `return` to the return type, and that captures the parameters in the order in which the plain
/// function drops them: the last first. A parameter that the body does not mention stays unused for the lint.
///
/// A call and no `loop {}`, because that would need a dozen allowed lints, which cost more than all the rest of it.
fn return_edge(ret: &TokenStream, never: bool, seen: &[&Ident], lends_self: bool) -> TokenStream {
    let span = Span::mixed_site();
    let seen_as = |name: &&Ident| if lends_self { quote!(#name) } else { quote!(&#name) };
    let captured: Vec<TokenStream> = seen.iter().map(seen_as).collect();
    if never && seen.is_empty() {
        return TokenStream::new();
    }
    let is_unused = |name: &&Ident| name.to_string().starts_with('_');
    let allowed = seen
        .iter()
        .any(is_unused)
        .then(|| quote!(#[allow(clippy::used_underscore_binding)]));
    if never {
        return quote_spanned!(span=> #allowed if false { __p::consume((#(#captured,)*)); });
    }
    quote_spanned!(span=> #allowed if false { return __p::edge::<#ret, _>((#(#captured,)*)); })
}

/// What the body mentions or what is named with an underscore. A `self` that is lent must not be moved into the block.
fn seen_parameters<'a>(params: &'a [Ident], body: &TokenStream, lends_self: bool) -> Vec<&'a Ident> {
    let is_seen = |name: &&Ident| {
        if *name == "self" {
            return !lends_self && mentions(body, name);
        }
        name.to_string().starts_with('_') || mentions(body, name)
    };
    params.iter().filter(is_seen).collect()
}
