//! The rules between arguments: what needs what, and what excludes what.

use std::time::Duration;

use syn::GenericParam;
use syn::ext::IdentExt as _;

use crate::args::key::Key;
use crate::args::value::{Number, Value, largest};
use crate::args::{Arg, Args};
use crate::diagnostics::Errors;
use crate::item::Item;
use crate::limits::MAX_WINDOW_CALLS;
use crate::plan::settings::Settings;
use crate::plan::{fallback, last_good, output};

const DEFAULT_COOLDOWN: Duration = Duration::from_secs(30);
const DEFAULT_THRESHOLD: u32 = 5;

/// Reports arguments that could never trip, never close, or have no effect.
pub(crate) fn check(args: &Args, settings: &Settings, item: &Item, errors: &mut Errors) {
    let mut rules = Rules { args, errors };
    rules.method_name(item);
    rules.window();
    rules.minimum_calls();
    rules.slow_calls();
    rules.cooldowns();
    rules.trial_calls();
    rules.timeout(item);
    rules.breaker();
    rules.keys();
    rules.error();
    rules.fallback_on();
    rules.classify();
    rules.patterns(item);
    last_good::check(args, item, rules.errors);
    for constant in &settings.constants {
        rules.not_through_self(&constant.path, item);
    }
}

struct Rules<'a> {
    args: &'a Args,
    errors: &'a mut Errors,
}

impl Rules<'_> {
    /// Reports a method without a `name`.
    ///
    /// The default name is the path of the function, which does not name the type of a method.
    fn method_name(&mut self, item: &Item) {
        let Some(receiver) = item.sig.receiver() else {
            return;
        };
        if !self.is_typed(Key::Name) && !self.is_typed(Key::Breaker) {
            let method = item.sig.ident.unraw();
            let message = format!(
                "a method needs a `name`, because one breaker serves every value it is called on; write \
                 `name = \"my_type.{method}\"`"
            );
            self.errors.push(receiver.self_token.span, message);
        }
    }

    fn window(&mut self) {
        let threshold = self.args.get(Key::Threshold);
        let window = self.args.get(Key::Window);
        let calls = self.number(Key::Window);
        if let (Some(arg), Some(calls)) = (window, calls)
            && calls > MAX_WINDOW_CALLS
        {
            self.too_many(arg, MAX_WINDOW_CALLS);
            return;
        }
        let failures = self.number(Key::Threshold);
        match (threshold, window) {
            (Some(arg), None) if matches!(arg.value, Value::Rate(_)) && !self.is_typed(Key::Window) => {
                let message = "a rate needs a `window`; add `window = 20` (calls) or `window = \"10s\"`";
                self.errors.push(arg.span, message);
            }
            (Some(arg), None) if failures > Some(largest(Key::Threshold)) => {
                self.too_many(arg, largest(Key::Threshold));
            }
            (Some(arg), Some(_)) if failures > Some(MAX_WINDOW_CALLS) => {
                self.too_many(arg, MAX_WINDOW_CALLS);
            }
            (Some(_), Some(_)) => self.reachable(failures, calls),
            (None, Some(arg)) if calls.is_some_and(|calls| calls < DEFAULT_THRESHOLD) => {
                let message = format!(
                    "a window of {} calls never holds the {DEFAULT_THRESHOLD} failures of the default `threshold`; \
                     write a `threshold` too",
                    calls.unwrap_or_default()
                );
                self.errors.push(arg.span, message);
            }
            _ => {}
        }
    }

    fn reachable(&mut self, failures: Option<u32>, calls: Option<u32>) {
        if let (Some(failures), Some(calls)) = (failures, calls)
            && failures > calls
        {
            self.push_on_later(
                Key::Threshold,
                Key::Window,
                &format!(
                    "`threshold = {failures}` is never reached in `window = {calls}`; lower `threshold` to \
                     {calls} or raise `window`"
                ),
            );
        }
    }

    fn minimum_calls(&mut self) {
        let Some(arg) = self.args.get(Key::MinimumCalls) else {
            return;
        };
        let by_rate = match self.args.get(Key::Threshold) {
            Some(threshold) => matches!(threshold.value, Value::Rate(_)),
            None => self.is_typed(Key::Threshold) || self.args.get(Key::SlowThreshold).is_some(),
        };
        if !by_rate && self.args.get(Key::SlowThreshold).is_none() {
            let message =
                "`minimum_calls` needs a rate; write `threshold = \"50%\"` or remove `minimum_calls`";
            self.errors.push(arg.ident.span(), message);
            return;
        }
        if let (Some(minimum), Some(calls)) = (self.number(Key::MinimumCalls), self.number(Key::Window))
            && minimum > calls
        {
            self.push_on_later(
                Key::MinimumCalls,
                Key::Window,
                &format!(
                    "`minimum_calls = {minimum}` is never reached in `window = {calls}`; lower `minimum_calls` to \
                     {calls} or raise `window`"
                ),
            );
        }
    }

    fn slow_calls(&mut self) {
        let slow = self.args.duration(Key::SlowCall);
        if let (Some(slow), Some(timeout)) = (slow, self.args.duration(Key::Timeout))
            && slow >= timeout
        {
            let message = "`slow_call` is never reached, because `timeout` ends the call first; make `slow_call` \
                           shorter than `timeout`";
            self.push_on_later(Key::SlowCall, Key::Timeout, message);
        }
        let Some(arg) = self.args.get(Key::SlowThreshold) else {
            return;
        };
        if slow.is_none() && !self.is_typed(Key::SlowCall) {
            let message = "`slow_threshold` needs `slow_call`, the duration from which on a call is slow; add \
                           `slow_call = \"500ms\"`";
            self.errors.push(arg.ident.span(), message);
        } else if self.args.get(Key::Window).is_none() && !self.is_typed(Key::Window) {
            let message =
                "`slow_threshold` needs a `window`; add `window = 20` (calls) or `window = \"10s\"`";
            self.errors.push(arg.ident.span(), message);
        }
    }

    fn cooldowns(&mut self) {
        let Some(longest) = self.args.duration(Key::MaxCooldown) else {
            return;
        };
        match self.args.duration(Key::Cooldown) {
            Some(cooldown) if longest < cooldown => {
                let message =
                    "`max_cooldown` is shorter than `cooldown`; raise `max_cooldown` or lower `cooldown`";
                self.push_on_later(Key::Cooldown, Key::MaxCooldown, message);
            }
            None if longest < DEFAULT_COOLDOWN && !self.is_typed(Key::Cooldown) => {
                if let Some(arg) = self.args.get(Key::MaxCooldown) {
                    let message = "`max_cooldown` is shorter than the default `cooldown` of `\"30s\"`; write a \
                                   `cooldown` too";
                    self.errors.push(arg.span, message);
                }
            }
            _ => {}
        }
    }

    fn trial_calls(&mut self) {
        if let Some(arg) = self.args.get(Key::TrialCalls)
            && self.number(Key::TrialCalls) > Some(largest(Key::TrialCalls))
        {
            self.too_many(arg, largest(Key::TrialCalls));
        }
    }

    fn timeout(&mut self, item: &Item) {
        let Some(arg) = self.args.get(Key::Timeout) else {
            return;
        };
        let is_answered = !self.is_typed(Key::Fallback) || self.is_typed(Key::FallbackOn);
        if !output::has_value(item) && !is_answered {
            let message = format!(
                "`{}` has no error to return after its `timeout`; add `fallback_on = \"failure\"`, so that the fallback \
                 answers then too",
                item.sig.ident
            );
            self.errors.push(arg.ident.span(), message);
        }
        if !item.is_async() {
            let message = "a synchronous call cannot be stopped, so `timeout` needs an `async fn`; `slow_call` counts a \
                           call that took too long as a failure";
            self.errors.push(arg.ident.span(), message);
        }
    }

    /// Reports settings beside `breaker`, which has its own.
    fn breaker(&mut self) {
        if self.args.get(Key::Breaker).is_none() {
            return;
        }
        for arg in self.args.list.iter().filter(|arg| arg.key.is_of_breaker()) {
            let name = arg.key.name();
            let message = format!(
                "`breaker` brings its own settings, so `{name}` has no effect; remove `{name}` or `breaker`"
            );
            self.errors.push(arg.ident.span(), message);
        }
    }

    /// Reports a bound of keys without keys, and one that is too large.
    fn keys(&mut self) {
        let Some(arg) = self.args.get(Key::MaxKeys) else {
            return;
        };
        if !self.is_typed(Key::Key) {
            let message = "`max_keys` needs a `key`, an expression over the parameters; add `key = region` or remove \
                           `max_keys`";
            self.errors.push(arg.ident.span(), message);
        } else if self.number(Key::MaxKeys) > Some(largest(Key::MaxKeys)) {
            self.too_many(arg, largest(Key::MaxKeys));
        }
    }

    /// Reports an `error` beside a fallback that answers every refusal.
    fn error(&mut self) {
        let Some(arg) = self.args.get(Key::Error) else {
            return;
        };
        let may_time_out = self.is_typed(Key::Timeout) && !fallback::answers_failures(self.args);
        if self.args.get(Key::Fallback).is_some() && !may_time_out {
            let message = "`error` is never made, because the `fallback` answers every call that is refused; remove \
                           `error` or `fallback`";
            self.errors.push(arg.ident.span(), message);
        }
    }

    fn fallback_on(&mut self) {
        if let Some(arg) = self.args.get(Key::FallbackOn)
            && [Key::Fallback, Key::LastGood]
                .iter()
                .all(|key| self.args.get(*key).is_none())
            && !self.is_typed(Key::Fallback)
            && !self.is_typed(Key::LastGood)
        {
            let message = "`fallback_on` needs a `fallback`; add `fallback = cached_orders` or remove it";
            self.errors.push(arg.ident.span(), message);
        }
    }

    /// Reports patterns beside `classify`, which would have no effect.
    fn classify(&mut self) {
        if self.args.get(Key::Classify).is_none() {
            return;
        }
        let patterns = self
            .args
            .list
            .iter()
            .filter(|arg| matches!(arg.key, Key::Failure | Key::Ignore));
        for arg in patterns {
            let name = arg.key.name();
            let message = format!("`classify` covers every return value; remove `{name}` or `classify`");
            self.errors.push(arg.ident.span(), message);
        }
    }

    /// Reports a variant of the error: the whole return value is matched.
    fn patterns(&mut self, item: &Item) {
        let Some(error) = output::error_name(item) else {
            return;
        };
        for arg in &self.args.list {
            if let Value::Pattern(pattern) = &arg.value
                && let Some(inside) = pattern.inside_err(error)
            {
                let name = arg.key.name();
                let message =
                    format!("`{name}` is matched with the whole return value; write `{name} = {inside}`");
                self.errors.push(arg.span, message);
            }
        }
    }

    /// Reports a constant that depends on `Self` or on a generic parameter.
    ///
    /// The breaker is a static, which cannot.
    fn not_through_self(&mut self, path: &syn::Path, item: &Item) {
        let Some(first) = path.segments.first() else {
            return;
        };
        let is_generic = item.sig.generics.params.iter().any(|param| match param {
            GenericParam::Type(param) => param.ident == first.ident,
            GenericParam::Const(param) => param.ident == first.ident,
            GenericParam::Lifetime(_) => false,
        });
        let last = path
            .segments
            .last()
            .map_or(&first.ident, |segment| &segment.ident);
        if first.ident == "Self" || is_generic {
            let message = format!(
                "one breaker serves every type, so its settings cannot depend on `{}`; name the type, as in \
                 `Type::{last}`",
                first.ident
            );
            self.errors.push(first.ident.span(), message);
        }
    }

    fn too_many(&mut self, arg: &Arg, most: u32) {
        let message = format!("`{}` is too large; the largest value is {most}", arg.key.name());
        self.errors.push(arg.span, message);
    }

    /// Reports two arguments that exclude each other, on the later one.
    fn push_on_later(&mut self, a: Key, b: Key, message: &str) {
        if let Some(later) = self
            .args
            .list
            .iter()
            .rev()
            .find(|arg| arg.key == a || arg.key == b)
        {
            self.errors.push(later.ident.span(), message);
        }
    }

    fn number(&self, key: Key) -> Option<u32> {
        self.args.number(key).and_then(Number::literal)
    }

    /// Returns whether the argument was written.
    ///
    /// An argument with a wrong value counts too, so that the value is its only error.
    fn is_typed(&self, key: Key) -> bool {
        self.args.is_typed(key)
    }
}
