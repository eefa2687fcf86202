//! What happens around the body: who answers when it does not run, fails or takes too long.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use crate::expand::Body;
use crate::expand::admission::{admitted, entered, guarded, protected};
use crate::expand::classifier;
use crate::expand::cloned_args::Kept;
use crate::expand::last_good::{self, LastGood};
use crate::item::Item;
use crate::item::params::{self, Param, Rename, SelfKind};
use crate::plan::{Answer, Plan};

/// The parameters as body and fallback need them.
pub(crate) struct Answers {
    pub(crate) params: Vec<Param>,
    pub(crate) receiver: Option<(Ident, SelfKind)>,
    /// Arguments that both the body and the fallback use.
    pub(crate) kept: Kept,
}

impl Answers {
    pub(crate) fn new(plan: &Plan, item: &mut Item) -> Self {
        let receiver = item
            .sig
            .receiver()
            .map(|receiver| (Ident::from(receiver.self_token), params::self_kind(receiver)));
        let rename = match plan.fallback {
            _ if item.block.is_some() => Rename::Nothing,
            Answer::Path { .. } => Rename::Patterns,
            _ if keys_by_parameter(plan) => Rename::Patterns,
            _ => Rename::Ignored,
        };
        let params = params::take(&mut item.sig, rename);
        let kept = Kept::new(plan, &params, receiver.as_ref(), &item.guarded().stream());
        if kept.lends_self {
            item.lend_self();
        }
        let keyed = plan
            .last_good
            .iter()
            .flat_map(|last_good| last_good.without_mut(&params));
        for name in keyed.chain(kept.without_mut()) {
            params::remove_mut(&mut item.sig, &name);
        }
        Self {
            params,
            receiver,
            kept,
        }
    }

    /// The body borrows `self`, so that the fallback still has it.
    pub(crate) fn lends_self(&self) -> bool {
        self.kept.lends_self
    }

    /// What the body's future takes over, in the order in which it drops it.
    pub(crate) fn in_drop_order(&self) -> Vec<Ident> {
        let receiver = self.receiver.as_ref().map(|(word, _)| word);
        let mut names = params::in_drop_order(receiver, &self.params);
        names.retain(|name| !self.kept.is_given_away(name));
        names
    }

    /// Everything after the static.
    pub(crate) fn flow(&self, plan: &Plan, body: &Body) -> TokenStream {
        let judge = classifier::shared(plan);
        let entry = self.entry(plan, body);
        match &plan.fallback {
            Answer::Path { on_failure: true, .. } | Answer::Closure { on_failure: true, .. } => {
                let answered = self.after_any_cause(plan, body);
                quote!(#entry #judge #answered)
            }
            Answer::Path { .. } | Answer::Closure { .. } => {
                let answered = self.after_rejection(plan, body);
                quote!(#entry #judge #answered)
            }
            Answer::Recover { .. } if is_short(plan) && classifier::is_by_result(plan) => entered(body),
            // The judge comes behind: rustc has then reported already that a type is no `Result`.
            Answer::Recover { .. } if is_short(plan) && body.limit.is_none() => {
                let ret = &body.ret;
                let refuse = quote_spanned!(Span::mixed_site()=> __p::recover::<#ret>(__rejected));
                guarded(body, &refuse, &judge)
            }
            Answer::Recover { on_failure } => {
                let (ret, served) = (&body.ret, Self::served(plan));
                let refuse = quote_spanned! {Span::mixed_site()=> {
                    #served
                    return __p::recover::<#ret>(__rejected)
                }};
                let (served, done) = if *on_failure {
                    (served, TokenStream::new())
                } else {
                    (TokenStream::new(), Self::done(plan))
                };
                let admitted = admitted(body, &refuse, &quote!(#done #judge), &served);
                quote!(#entry #admitted)
            }
        }
    }

    /// What the good value is kept under, and the parameters that had to have one name for that.
    fn entry(&self, plan: &Plan, body: &Body) -> TokenStream {
        let Some(last_good) = &plan.last_good else {
            return TokenStream::new();
        };
        let entry = last_good.entry(
            &self.params,
            self.receiver.as_ref(),
            &body.ret,
            &self.kept.without_mut(),
        );
        let patterns = (!matches!(plan.fallback, Answer::Path { .. })).then(|| self.patterns());
        quote!(#entry #patterns)
    }

    /// The last good value, where it is wanted, before all others.
    fn served(plan: &Plan) -> TokenStream {
        plan.last_good
            .as_ref()
            .map_or_else(TokenStream::new, |_| last_good::serve())
    }

    /// The call was admitted, and only a rejection is answered: the future need not carry the entry on.
    fn done(plan: &Plan) -> TokenStream {
        let done = plan.last_good.as_ref();
        done.map_or_else(
            TokenStream::new,
            |_| quote_spanned!(Span::mixed_site()=> __p::consume(__entry);),
        )
    }

    /// The arguments go to the body or to the fallback, never to both.
    fn after_rejection(&self, plan: &Plan, body: &Body) -> TokenStream {
        let span = Span::mixed_site();
        let fallback = self.instead(plan, body);
        let ret = &body.ret;
        let is_path = matches!(plan.fallback, Answer::Path { .. });
        let cause = (!is_path).then(
            || quote_spanned!(span=> let __cause: __p::Cause<#ret> = __p::Cause::Rejected(__rejected);),
        );
        if is_short(plan) && (body.limit.is_none() || classifier::is_by_result(plan)) {
            let refuse = quote_spanned!(span=> { #cause #fallback });
            return guarded(body, &refuse, &self.patterns());
        }
        let served = Self::served(plan);
        let refuse = quote_spanned!(span=> { #served #cause return #fallback; });
        let patterns = if is_path || plan.last_good.is_none() {
            self.patterns()
        } else {
            TokenStream::new()
        };
        let done = Self::done(plan);
        admitted(body, &refuse, &quote!(#done #patterns), &TokenStream::new())
    }

    /// The fallback has the arguments, the body has their clones.
    fn after_any_cause(&self, plan: &Plan, body: &Body) -> TokenStream {
        let span = Span::mixed_site();
        let fallback = self.instead(plan, body);
        let (ret, served) = (&body.ret, Self::served(plan));
        let verdict = protected(body);
        let (give, clone, lend, back) = (
            self.kept.give(),
            self.kept.clone_for_body(),
            self.kept.lend(),
            self.kept.take_back(),
        );
        // A path gets the arguments alone: what failed is dropped before it is called.
        let dropped = matches!(plan.fallback, Answer::Path { .. })
            .then(|| quote_spanned!(span=> __p::consume(__cause);));
        let (boxed, unboxed) = if self.kept.is_empty() {
            (TokenStream::new(), quote_spanned!(span=> __kept))
        } else {
            (
                quote_spanned!(span=> let __kept = __p::Box::new(__kept);),
                quote_spanned!(span=> *__kept),
            )
        };
        let timed_out = body.limit.is_some().then(|| {
            quote_spanned!(span=> __p::Verdict::TimedOut(__late) => (__p::Cause::TimedOut(__late), #unboxed),)
        });
        // Leaving a block by `break`, and not the arms of one `match`, ends the life of the admission before the body.
        quote_spanned! {span=>
            let (__cause, __kept): (__p::Cause<#ret>, _) = '__admitted: {
                let __permit = match __SITE.admit() {
                    __p::Result::Ok(__permit) => __permit,
                    __p::Result::Err(__rejected) => {
                        let __kept = ();
                        #give
                        break '__admitted (__p::Cause::Rejected(__rejected), __kept);
                    }
                };
                let __kept = ();
                #clone
                #boxed
                let __verdict = {
                    #lend
                    #verdict
                    __verdict
                };
                match __verdict {
                    __p::Verdict::Answer(__answer) => return __answer,
                    __p::Verdict::Failed(__answer) => (__p::Cause::Failed(__answer), #unboxed),
                    #timed_out
                }
            };
            #served
            #back
            #dropped
            #fallback
        }
    }

    /// Takes apart the parameters that the signature holds under a generated name.
    fn patterns(&self) -> TokenStream {
        let renamed = self.params.iter().filter(|param| param.renamed);
        let renamed = renamed.map(|param| {
            let (attrs, pat, name) = (&param.attrs, &param.pat, &param.name);
            quote!(#(#attrs)* let #pat = #name;)
        });
        renamed.collect()
    }
}

/// Nothing is kept, and the function returns: the short forms serve it.
fn is_short(plan: &Plan) -> bool {
    plan.last_good.is_none() && plan.output.is_some()
}

/// The default key of last good values is made of whole parameters.
fn keys_by_parameter(plan: &Plan) -> bool {
    plan.last_good.as_ref().is_some_and(LastGood::names_parameters)
}
