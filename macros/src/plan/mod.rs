//! Turns arguments and item into a plan, which leaves nothing to decide.
//!
//! Every mistake that `args` and `item` have not found is found here.

mod error;
mod fallback;
mod last_good;
mod output;
mod rules;
pub(crate) mod settings;

use proc_macro2::TokenStream;

pub(crate) use self::error::ErrorMaker;
pub(crate) use self::last_good::LastGood;
use self::settings::Settings;
use crate::args::key::Key;
use crate::args::value::{Closure, Fallback, Name, Pattern, Value};
use crate::args::{Arg, Args, Typed};
use crate::diagnostics::Errors;
use crate::item::Item;

/// Everything that `expand` needs to write one function.
pub(crate) struct Plan {
    /// Whether the guarded code is polled.
    ///
    /// Otherwise it runs on the thread of the caller.
    pub(crate) is_async: bool,
    /// The path of the crate `fusebox`.
    pub(crate) krate: TokenStream,
    pub(crate) name: Option<Name>,
    pub(crate) settings: Settings,
    /// The limit of a call, as an expression.
    pub(crate) timeout: Option<TokenStream>,
    /// The limit from which a call is slow, as an expression.
    ///
    /// The compiler compares it with the timeout, if one of the two is a constant.
    pub(crate) slow_call: Option<TokenStream>,
    pub(crate) failure: Vec<Pattern>,
    pub(crate) ignore: Vec<Pattern>,
    /// Makes the error of a call that was refused.
    pub(crate) error: Option<ErrorMaker>,
    /// Gives the breaker of each call, in place of one by name.
    pub(crate) breaker: Option<syn::Expr>,
    /// Gives the key of each call: one breaker per key.
    pub(crate) key: Option<syn::Expr>,
    /// How many keys have a breaker, as an expression.
    pub(crate) max_keys: Option<TokenStream>,
    /// The classifier in place of patterns.
    pub(crate) classify: Option<syn::ExprPath>,
    pub(crate) last_good: Option<LastGood>,
    pub(crate) fallback: Option<Fallback>,
    /// Whether the fallback, or the last good value, also answers failures.
    pub(crate) fallback_on_failure: bool,
    /// The type that the guarded block resolves to. `None` for `-> !`.
    pub(crate) output: Option<TokenStream>,
    /// Whether `_` stands for a part of that type.
    pub(crate) is_erased: bool,
    /// The arguments as they were typed, for editors.
    pub(crate) typed: Vec<Typed>,
}

impl Plan {
    pub(crate) fn new(args: Args, item: &Item, errors: &mut Errors) -> Self {
        let settings = Settings::from(&args);
        rules::check(&args, &settings, item, errors);
        let (output, is_erased) = output::from(&args, item, errors);
        Self {
            is_async: item.is_async(),
            krate: args.krate(),
            name: name(&args),
            settings,
            timeout: timespan(&args, Key::Timeout),
            slow_call: timespan(&args, Key::SlowCall),
            failure: patterns(&args, Key::Failure),
            ignore: patterns(&args, Key::Ignore),
            error: error::from(&args, item, errors),
            breaker: expression(&args, Key::Breaker),
            key: expression(&args, Key::Key),
            max_keys: max_keys(&args),
            classify: classify(&args),
            last_good: LastGood::from(&args),
            fallback: fallback::from(&args, item, errors),
            fallback_on_failure: fallback::answers_failures(&args),
            output,
            is_erased,
            typed: args.typed,
        }
    }
}

impl Plan {
    /// Returns whether each call gets a breaker of its own, by an expression or a
    /// key.
    pub(crate) fn gives_breaker(&self) -> bool {
        self.breaker.is_some() || self.key.is_some()
    }

    /// Returns the closure of `error` that uses parameters after a timeout.
    pub(crate) fn error_after_timeout(&self) -> Option<&Closure> {
        self.timeout.as_ref()?;
        self.error.as_ref()?.capturing.as_ref()
    }
}

fn timespan(args: &Args, key: Key) -> Option<TokenStream> {
    let timespan = args.timespan(key)?;
    Some(settings::timespan_tokens(key, timespan))
}

fn name(args: &Args) -> Option<Name> {
    match value(args, Key::Name)? {
        Value::Name(name) => Some(name.clone()),
        _ => None,
    }
}

fn patterns(args: &Args, key: Key) -> Vec<Pattern> {
    let mut patterns = Vec::new();
    for arg in &args.list {
        if let Value::Pattern(pattern) = &arg.value
            && arg.key == key
        {
            patterns.push((**pattern).clone());
        }
    }
    patterns
}

fn expression(args: &Args, key: Key) -> Option<syn::Expr> {
    match value(args, key)? {
        Value::Expression(expr) => Some((**expr).clone()),
        _ => None,
    }
}

fn max_keys(args: &Args) -> Option<TokenStream> {
    match value(args, Key::MaxKeys)? {
        Value::Number(number) => Some(settings::number_tokens(Key::MaxKeys, number)),
        _ => None,
    }
}

fn classify(args: &Args) -> Option<syn::ExprPath> {
    match value(args, Key::Classify)? {
        Value::Classifier(path) => Some((**path).clone()),
        _ => None,
    }
}

fn value(args: &Args, key: Key) -> Option<&Value> {
    args.get(key).map(|Arg { value, .. }| value)
}
