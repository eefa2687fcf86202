//! The order of events around the body: admission, body, fallback.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::spanned::Spanned as _;

use crate::args::value::Fallback;
use crate::expand::arguments::Arguments;
use crate::expand::body::Body;
use crate::expand::{admission, classifier, error, fallback, last_good};
use crate::plan::Plan;

pub(super) struct Flow<'a> {
    pub(super) plan: &'a Plan,
    pub(super) arguments: &'a Arguments,
    pub(super) body: &'a Body,
}

impl Flow<'_> {
    /// Returns everything after the statics.
    pub(super) fn to_tokens(&self) -> TokenStream {
        let flow = self.by_fallback();
        let given = self.given();
        let refuse = self.plan.error.as_ref();
        let refuse = refuse.and_then(|maker| error::function(maker, &self.body.output));
        quote!(#given #refuse #flow)
    }

    /// Returns `let __given = …;`, if the user gives the breaker or its key.
    fn given(&self) -> Option<TokenStream> {
        self.given_by_key().or_else(|| self.given_breaker())
    }

    /// Returns `let __given = …;`: the breaker of a key.
    ///
    /// The block ends the life of the key, which may borrow the arguments, before they move.
    fn given_by_key(&self) -> Option<TokenStream> {
        let key = self.plan.key.as_ref()?;
        // On the span of the expression, where rustc reports another type.
        let method = Ident::new("of_key", Span::call_site().located_at(key.span()));
        let borrowed = self.arguments.borrowed_for(key);
        Some(quote_spanned! {Span::mixed_site()=>
            let __breaker = {
                #[allow(unused_imports)]
                use __fusebox::{KeyAsItIs as _, KeyByDisplay as _, KeyByText as _};
                #borrowed
                (&__fusebox::Keying(&(#key))).#method(&__SITE)
            };
            let __given = __fusebox::Giving.breaker(&__breaker);
        })
    }

    fn given_breaker(&self) -> Option<TokenStream> {
        let breaker = self.plan.breaker.as_ref()?;
        // On the span of the expression, where rustc reports another type.
        let method = Ident::new("breaker", Span::call_site().located_at(breaker.span()));
        let borrowed = self.arguments.borrowed_for(breaker);
        let breaker = if borrowed.is_empty() {
            breaker.to_token_stream()
        } else {
            quote!({ #borrowed #breaker })
        };
        Some(quote_spanned! {Span::mixed_site()=>
            let __breaker = #breaker;
            let __given = __fusebox::Giving.#method(&__breaker);
        })
    }

    /// Returns what follows: the calls of body and fallback.
    fn by_fallback(&self) -> TokenStream {
        if self.is_simple() {
            return admission::simple(self.body);
        }
        let entry = self.entry();
        let classifier = classifier::shared(self.plan);
        let copied = matches!(self.plan.fallback, Some(Fallback::Path(_)))
            .then(|| self.arguments.copied_for_guards(self.plan));
        if let (Some(maker), Some(_)) = (&self.plan.error, self.plan.error_after_timeout()) {
            // A fallback uses the classifier. Without one, it comes after the rejection, as below.
            let (early, late) = match &self.plan.fallback {
                Some(_) => (classifier, TokenStream::new()),
                None => (TokenStream::new(), classifier),
            };
            let answered = self.error_after_timeout(&maker.expr, &late);
            return quote!(#entry #copied #early #answered);
        }
        match &self.plan.fallback {
            Some(fallback) if self.plan.fallback_on_failure => {
                let answered = self.fallback_on_failure(fallback);
                quote!(#entry #copied #classifier #answered)
            }
            Some(fallback) => {
                let answered = self.fallback_on_rejection(fallback);
                quote!(#entry #copied #classifier #answered)
            }
            // The classifier comes after the rejection. rustc has then already reported a type that
            // is not a `Result`.
            None if self.is_short() && self.body.timeout.is_none() => {
                admission::guarded(self.body, &self.body.rejected(), &classifier)
            }
            None => {
                let answered = self.last_good_or_error(&classifier);
                quote!(#entry #answered)
            }
        }
    }

    /// Returns the form in which body or fallback gets the arguments.
    fn fallback_on_rejection(&self, fallback: &Fallback) -> TokenStream {
        let (span, body) = (Span::mixed_site(), self.body);
        let answer = self.fallback_of_rejected(fallback);
        let patterns = self.arguments.patterns();
        let is_by_result = classifier::is_by_result(self.plan) && !body.makes_error;
        if self.is_short() && (body.timeout.is_none() || is_by_result) {
            let on_rejection = answer;
            return admission::guarded(body, &on_rejection, &patterns);
        }
        let served = self.served();
        let on_rejection = quote_spanned!(span=> { #served return #answer; });
        admission::by_end(body, &on_rejection, &self.after_admission(), &TokenStream::new())
    }

    /// Returns the call of the fallback that answers a rejection.
    pub(super) fn fallback_of_rejected(&self, fallback: &Fallback) -> TokenStream {
        let cause = quote_spanned!(Span::mixed_site()=> __fusebox::Cause::Rejected(__rejected));
        fallback::answer(fallback, self.plan, self.arguments, self.body, &cause)
    }

    /// Returns what follows the admission, before the body.
    ///
    /// With a last good value, but no path, `entry` has taken the patterns apart.
    pub(super) fn after_admission(&self) -> TokenStream {
        let is_path = matches!(self.plan.fallback, Some(Fallback::Path(_)));
        let patterns = (is_path || self.plan.last_good.is_none()).then(|| self.arguments.patterns());
        let dropped = (!self.plan.fallback_on_failure).then(|| self.entry_dropped());
        quote!(#dropped #patterns)
    }

    /// Returns the form in which the body gets clones of the arguments.
    fn fallback_on_failure(&self, fallback: &Fallback) -> TokenStream {
        let span = Span::mixed_site();
        let (cloned, output) = (&self.arguments.cloned, &self.body.output);
        let site = &self.body.site;
        let cause = quote_spanned!(span=> __cause);
        let answer = fallback::answer(fallback, self.plan, self.arguments, self.body, &cause);
        let (served, ended) = (self.served(), admission::ended(self.body));
        let (save, save_and_clone) = (cloned.save(), cloned.save_and_clone());
        let (reborrow, restore) = (cloned.reborrow(), cloned.restore());
        // A path gets only the arguments, so the failed answer is dropped before the call.
        let cause_dropped = matches!(fallback, Fallback::Path(_))
            .then(|| quote_spanned!(span=> __fusebox::consume(__cause);));
        let (boxed, unboxed) = cloned.boxed();
        let timed_out = self.body.timeout.is_some().then(|| {
            quote_spanned!(span=> __fusebox::Ended::TimedOut(__late) => (__fusebox::Cause::TimedOut(__late), #unboxed),)
        });
        // The `break` out of a block ends the life of the admission before the body runs. An arm of
        // one `match` would not.
        quote_spanned! {span=>
            let (__cause, __saved): (__fusebox::Cause<#output>, _) = '__admitted: {
                let __permit = match #site.admit() {
                    __fusebox::Ok(__permit) => __permit,
                    __fusebox::Err(__rejected) => {
                        let __saved = ();
                        #save
                        break '__admitted (__fusebox::Cause::Rejected(__rejected), __saved);
                    }
                };
                let __saved = ();
                #save_and_clone
                #boxed
                let __answer = {
                    #reborrow
                    #ended
                    __answer
                };
                match __answer {
                    __fusebox::Ended::Answer(__answer) => return __answer,
                    __fusebox::Ended::Failed(__answer) => (__fusebox::Cause::Failed(__answer), #unboxed),
                    #timed_out
                }
            };
            #served
            #restore
            #cause_dropped
            #answer
        }
    }

    /// Returns the form without a fallback: a last good value or an error.
    fn last_good_or_error(&self, classifier: &TokenStream) -> TokenStream {
        let (rejected, served) = (self.body.rejected(), self.served());
        let on_rejection = quote_spanned! {Span::mixed_site()=> {
            #served
            return #rejected
        }};
        let (on_failure, dropped) = if self.plan.fallback_on_failure {
            (served, TokenStream::new())
        } else {
            (TokenStream::new(), self.entry_dropped())
        };
        admission::by_end(
            self.body,
            &on_rejection,
            &quote!(#dropped #classifier),
            &on_failure,
        )
    }

    /// Returns the code that finds the last good value of this call.
    ///
    /// For the key, a parameter has to be whole. Its pattern is taken apart after the key.
    fn entry(&self) -> TokenStream {
        let Some(last_good) = &self.plan.last_good else {
            return TokenStream::new();
        };
        let entry = last_good::entry(last_good, self.arguments, self.body);
        let is_path = matches!(self.plan.fallback, Some(Fallback::Path(_)));
        let patterns = (!is_path).then(|| self.arguments.patterns());
        quote!(#entry #patterns)
    }

    /// Returns the code that answers with the last good value, if there is one.
    pub(super) fn served(&self) -> TokenStream {
        let last_good = self.plan.last_good.as_ref();
        last_good.map_or_else(TokenStream::new, |_| last_good::serve())
    }

    /// Returns the code that drops the entry after the admission.
    ///
    /// Only a rejection uses it, so the future need not hold it.
    fn entry_dropped(&self) -> TokenStream {
        let last_good = self.plan.last_good.as_ref();
        last_good.map_or_else(
            TokenStream::new,
            |_| quote_spanned!(Span::mixed_site()=> __fusebox::consume(__entry);),
        )
    }

    /// Returns whether the shortest form applies: no fallback, and every `Err` is a
    /// failure.
    fn is_simple(&self) -> bool {
        self.plan.fallback.is_none()
            && self.is_short()
            && classifier::is_by_result(self.plan)
            && !self.plan.gives_breaker()
            && !self.body.makes_error
    }

    /// Returns whether the shorter forms apply: no last good value, and a function
    /// that returns.
    fn is_short(&self) -> bool {
        self.plan.last_good.is_none() && self.plan.output.is_some()
    }
}
