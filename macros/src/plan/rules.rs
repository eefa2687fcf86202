//! Which settings exclude each other.

use std::time::Duration;

use syn::GenericParam;

use crate::args::key::Key;
use crate::args::value::{MOST_CALLS_IN_A_WINDOW, Number, Value, largest};
use crate::args::{Arg, Args};
use crate::diagnostics::Errors;
use crate::item::Item;
use crate::plan::last_good;
use crate::plan::settings::{Settings, duration};

const DEFAULT_COOLDOWN: Duration = Duration::from_secs(30);
const DEFAULT_THRESHOLD: u32 = 5;

/// Refuses what could never trip, never close, or has no meaning.
pub(crate) fn check(args: &Args, settings: &Settings, item: &Item, errors: &mut Errors) {
    let mut rules = Rules { args, errors };
    rules.window();
    rules.minimum_calls();
    rules.slow_calls();
    rules.cooldowns();
    rules.trial_calls();
    rules.fallback_on();
    rules.classify();
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
    fn window(&mut self) {
        let threshold = self.args.get(Key::Threshold);
        let window = self.args.get(Key::Window);
        let calls = self.number(Key::Window);
        if let (Some(arg), Some(calls)) = (window, calls)
            && calls > MOST_CALLS_IN_A_WINDOW
        {
            self.too_many(arg, MOST_CALLS_IN_A_WINDOW);
            return;
        }
        let failures = self.number(Key::Threshold);
        match (threshold, window) {
            (Some(arg), None) if matches!(arg.value, Value::Share(_)) && !self.typed("window") => {
                let message = "a share needs a `window`; add `window = 20` (calls) or `window = \"10s\"`";
                self.errors.push(arg.span, message);
            }
            (Some(arg), None) if failures > Some(largest(Key::Threshold)) => {
                self.too_many(arg, largest(Key::Threshold));
            }
            (Some(arg), Some(_)) if failures > Some(MOST_CALLS_IN_A_WINDOW) => {
                self.too_many(arg, MOST_CALLS_IN_A_WINDOW);
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
        let by_share = match self.args.get(Key::Threshold) {
            Some(threshold) => matches!(threshold.value, Value::Share(_)),
            None => self.typed("threshold") || self.args.get(Key::SlowThreshold).is_some(),
        };
        if !by_share && self.args.get(Key::SlowThreshold).is_none() {
            let message = "`minimum_calls` works with a share only; write `threshold = \"50%\"` or remove it";
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
        let slow = duration(self.args, Key::SlowCall);
        if let (Some(slow), Some(timeout)) = (slow, duration(self.args, Key::Timeout))
            && slow >= timeout
        {
            let message = "`slow_call` is never reached, because `timeout` ends the call before; make `slow_call` \
                           shorter than `timeout`";
            self.push_on_later(Key::SlowCall, Key::Timeout, message);
        }
        let Some(arg) = self.args.get(Key::SlowThreshold) else {
            return;
        };
        if slow.is_none() && !self.typed("slow_call") {
            let message = "`slow_threshold` needs `slow_call`, which says from when on a call is slow; add \
                           `slow_call = \"500ms\"`";
            self.errors.push(arg.ident.span(), message);
        } else if self.args.get(Key::Window).is_none() && !self.typed("window") {
            let message =
                "`slow_threshold` needs a `window`; add `window = 20` (calls) or `window = \"10s\"`";
            self.errors.push(arg.ident.span(), message);
        }
    }

    fn cooldowns(&mut self) {
        let Some(longest) = duration(self.args, Key::MaxCooldown) else {
            return;
        };
        match duration(self.args, Key::Cooldown) {
            Some(cooldown) if longest < cooldown => {
                let message =
                    "`max_cooldown` is shorter than `cooldown`; raise `max_cooldown` or lower `cooldown`";
                self.push_on_later(Key::Cooldown, Key::MaxCooldown, message);
            }
            None if longest < DEFAULT_COOLDOWN && !self.typed("cooldown") => {
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

    fn fallback_on(&mut self) {
        if let Some(arg) = self.args.get(Key::FallbackOn)
            && [Key::Fallback, Key::LastGood]
                .iter()
                .all(|key| self.args.get(*key).is_none())
            && !self.typed("fallback")
            && !self.typed("last_good")
        {
            let message = "`fallback_on` needs a `fallback`; add `fallback = cached_orders` or remove it";
            self.errors.push(arg.ident.span(), message);
        }
    }

    /// A classifier says how every value counts, so patterns beside it would say it twice.
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
            let message = format!("`classify` says how every value counts; remove `{name}` or `classify`");
            self.errors.push(arg.ident.span(), message);
        }
    }

    /// A static cannot depend on `Self` or on generic parameters.
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

    /// Two arguments exclude each other: the later one is underlined.
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
        self.args.number(key).and_then(Number::known)
    }

    /// Written, but perhaps with a value that was already refused.
    fn typed(&self, name: &str) -> bool {
        self.args.typed_keys.iter().any(|key| key == name)
    }
}
