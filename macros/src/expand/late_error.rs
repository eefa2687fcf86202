//! The form in which the closure of `error` gets the arguments after a timeout.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::Expr;

use crate::expand::flow::Flow;
use crate::expand::{admission, error};

impl Flow<'_> {
    /// Returns the admission, the body, and the closure after them.
    ///
    /// The closure occurs once, for the rejection and the timeout. If it came twice, rustc would
    /// report each mistake in it twice.
    pub(super) fn error_after_timeout(&self, closure: &Expr, classifier: &TokenStream) -> TokenStream {
        let span = Span::mixed_site();
        let (body, cloned) = (self.body, &self.arguments.cloned);
        let served = self.served();
        let (on_failure, before_saving) = if self.plan.fallback_on_failure {
            (served, TokenStream::new())
        } else {
            (TokenStream::new(), served)
        };
        let on_rejection = if let Some(fallback) = &self.plan.fallback {
            let answer = self.fallback_of_rejected(fallback);
            quote_spanned!(span=> { #before_saving return #answer; })
        } else {
            let save = cloned.save();
            quote_spanned! {span=> {
                #before_saving
                let __saved = ();
                #save
                break '__refused (__fusebox::Refusal::Rejected(__rejected), __saved);
            }}
        };
        let permit = admission::permit(body, &on_rejection);
        let prepared = self.after_admission();
        let (save, (boxed, unboxed)) = (cloned.save_and_clone(), cloned.boxed());
        let (reborrow, restore) = (cloned.reborrow(), cloned.restore());
        let ended = admission::ended(body);
        let failed = (!on_failure.is_empty()).then(|| {
            quote_spanned!(span=> __fusebox::Ended::Failed(__failed) => {
                #on_failure
                return __failed;
            })
        });
        let answer = error::answer(closure, &quote_spanned!(span=> __refusal), &body.output);
        // No fallback answers here, so both arms have the same type.
        quote_spanned! {span=>
            let (__refusal, __saved): (__fusebox::Refusal, _) = '__refused: {
                #permit
                #prepared
                #classifier
                let __saved = ();
                #save
                #boxed
                let __answer = {
                    #reborrow
                    #ended
                    __answer
                };
                match __answer {
                    #failed
                    __fusebox::Ended::Answer(__answer) | __fusebox::Ended::Failed(__answer) => return __answer,
                    __fusebox::Ended::TimedOut(__late) => (__fusebox::Refusal::TimedOut(__late), #unboxed),
                }
            };
            #on_failure
            #restore
            #[allow(clippy::implicit_return)]
            #answer
        }
    }
}
