//! Arguments and item → plan: every refusal is made here, and nothing is left to decide.

pub(crate) mod last_good;
pub(crate) mod rules;
pub(crate) mod settings;

use std::time::Duration;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::ext::IdentExt as _;
use syn::{ReturnType, Type};

use crate::args::key::Key;
use crate::args::value::{Closure, Fallback, Name, Number, Pattern, Value};
use crate::args::{Arg, Args};
use crate::diagnostics::Errors;
use crate::expand::last_good::LastGood;
use crate::item::Item;
use crate::item::params::{self, SelfKind};
use crate::plan::settings::Settings;

/// What is generated for one function.
pub(crate) struct Plan {
    /// The crate `fusebox`, as the user names it.
    pub(crate) krate: TokenStream,
    pub(crate) name: Option<Name>,
    pub(crate) settings: Settings,
    pub(crate) timeout: Option<Duration>,
    pub(crate) failure: Vec<Pattern>,
    pub(crate) ignore: Vec<Pattern>,
    /// What judges in place of patterns.
    pub(crate) classify: Option<syn::ExprPath>,
    pub(crate) last_good: Option<LastGood>,
    pub(crate) fallback: Answer,
    /// The key `fallback` as it was typed: the check of its type is named after it.
    pub(crate) fallback_key: Ident,
    /// What the function, or the block that is guarded, resolves to. `None` for `-> !`.
    pub(crate) output: Option<TokenStream>,
}

/// What answers instead of the function.
pub(crate) enum Answer {
    /// Nothing but a last good value: the caller gets an error made from the rejection, or the failure itself.
    Recover {
        on_failure: bool,
    },
    Path {
        path: syn::ExprPath,
        on_failure: bool,
    },
    Closure {
        closure: Box<Closure>,
        on_failure: bool,
    },
}

impl Plan {
    pub(crate) fn new(args: &Args, item: &Item, errors: &mut Errors) -> Self {
        let found = Found { args, item };
        found.name_of_a_method(errors);
        let settings = Settings::from(args);
        rules::check(args, &settings, item, errors);
        Self {
            krate: found.krate(),
            name: found.name(),
            settings,
            timeout: settings::duration(args, Key::Timeout),
            failure: found.patterns(Key::Failure),
            ignore: found.patterns(Key::Ignore),
            classify: found.classify(),
            last_good: LastGood::from(args),
            fallback: found.answer(errors),
            fallback_key: found.fallback_key(),
            output: found.output(errors),
        }
    }
}

struct Found<'a> {
    args: &'a Args,
    item: &'a Item,
}

impl Found<'_> {
    fn get(&self, key: Key) -> Option<&Arg> {
        self.args.get(key)
    }

    /// Through `self` one function serves many types, and a default name would say nothing about them.
    fn name_of_a_method(&self, errors: &mut Errors) {
        let Some(receiver) = self.item.sig.receiver() else {
            return;
        };
        if self.get(Key::Name).is_none() && !self.args.typed_keys.iter().any(|key| key == "name") {
            let method = self.item.sig.ident.unraw();
            let message = format!(
                "a method needs a `name`, because one breaker serves every value it is called on; write \
                 `name = \"my_type.{method}\"`"
            );
            errors.push(receiver.self_token.span, message);
        }
    }

    fn krate(&self) -> TokenStream {
        if let Some(Value::Crate(path)) = self.get(Key::Crate).map(|arg| &arg.value) {
            quote!(#path)
        } else {
            quote!(::fusebox)
        }
    }

    fn name(&self) -> Option<Name> {
        match &self.get(Key::Name)?.value {
            Value::Name(name) => Some(name.clone()),
            _ => None,
        }
    }

    fn patterns(&self, key: Key) -> Vec<Pattern> {
        let of_key = self.args.list.iter().filter(|arg| arg.key == key);
        let patterns = of_key.filter_map(|arg| match &arg.value {
            Value::Pattern(pattern) => Some((**pattern).clone()),
            _ => None,
        });
        patterns.collect()
    }

    fn classify(&self) -> Option<syn::ExprPath> {
        match &self.get(Key::Classify)?.value {
            Value::Classify(path) => Some((**path).clone()),
            _ => None,
        }
    }

    fn fallback_key(&self) -> Ident {
        let span = self
            .get(Key::Fallback)
            .map_or_else(Span::call_site, |arg| arg.ident.span());
        Ident::new("fallback", Span::call_site().located_at(span))
    }

    fn answer(&self, errors: &mut Errors) -> Answer {
        let on_failure = matches!(
            self.get(Key::FallbackOn).map(|arg| &arg.value),
            Some(Value::AlsoOnFailure(true))
        );
        let Some(arg) = self.get(Key::Fallback) else {
            return Answer::Recover { on_failure };
        };
        let Value::Fallback(fallback) = &arg.value else {
            return Answer::Recover { on_failure };
        };
        match &**fallback {
            Fallback::Path(path) => {
                if self.is_itself(path) {
                    errors.push(arg.span, "the fallback is the guarded function itself");
                }
                Answer::Path {
                    path: path.clone(),
                    on_failure,
                }
            }
            Fallback::Closure(closure) => {
                if on_failure {
                    self.closure_over_an_owned_self(closure, arg, errors);
                }
                Answer::Closure {
                    closure: closure.clone(),
                    on_failure,
                }
            }
        }
    }

    /// An owned `self` can be cloned under another name, but the closure knows it by this one.
    fn closure_over_an_owned_self(&self, closure: &Closure, arg: &Arg, errors: &mut Errors) {
        let Some(receiver) = self.item.sig.receiver() else {
            return;
        };
        let word = Ident::from(receiver.self_token);
        let expr = &closure.body;
        let both =
            params::mentions(&quote!(#expr), &word) && params::mentions(&self.item.guarded().stream(), &word);
        if both && params::self_kind(receiver) == SelfKind::Owned {
            let message = "`self` is moved into the call, so it is gone when the closure answers; write the path of \
                           a method, or take `&self`";
            errors.push(arg.span, message);
        }
    }

    fn is_itself(&self, path: &syn::ExprPath) -> bool {
        let segments: Vec<String> = path
            .path
            .segments
            .iter()
            .map(|s| s.ident.unraw().to_string())
            .collect();
        let name = self.item.sig.ident.unraw().to_string();
        let is_method = self.item.sig.receiver().is_some();
        match segments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            [function] => !is_method && *function == name,
            ["Self", function] => *function == name,
            ["self", function] => !is_method && *function == name,
            _ => false,
        }
    }

    fn output(&self, errors: &mut Errors) -> Option<TokenStream> {
        let failure_is_known = self.get(Key::Failure).or(self.get(Key::Classify)).is_some();
        let has_fallback = self.get(Key::Fallback).is_some();
        let name = &self.item.sig.ident;
        let ty = match (&self.item.block, &self.item.sig.output) {
            (Some(block), _) => &block.output,
            (None, ReturnType::Type(_, ty)) => &**ty,
            (None, ReturnType::Default) => {
                if !failure_is_known || !has_fallback {
                    let message = format!(
                        "`{name}` returns no `Result`, so it needs `failure = <pattern>` (what counts as a \
                         failure) and a `fallback` (what answers instead)"
                    );
                    errors.push(name.span(), message);
                }
                return Some(quote!(()));
            }
        };
        let ty = crate::item::return_type::without_parentheses(ty);
        let Type::Never(never) = ty else {
            return Some(crate::item::return_type::without_impl(quote!(#ty)));
        };
        if !has_fallback {
            let message = format!("`{name}` never returns, so it needs a `fallback` that answers instead");
            errors.push(never.bang_token.spans[0], message);
        }
        None
    }
}

impl Args {
    pub(crate) fn get(&self, key: Key) -> Option<&Arg> {
        self.list.iter().find(|arg| arg.key == key)
    }

    pub(crate) fn number(&self, key: Key) -> Option<&Number> {
        match &self.get(key)?.value {
            Value::Number(number) => Some(number),
            _ => None,
        }
    }
}
