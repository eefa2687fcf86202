//! The arguments that exist.

use proc_macro2::Ident;
use syn::ext::IdentExt as _;

/// One argument of the attribute.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Key {
    Name,
    Threshold,
    Window,
    MinimumCalls,
    SlowCall,
    SlowThreshold,
    Timeout,
    Cooldown,
    MaxCooldown,
    Jitter,
    TrialCalls,
    Failure,
    Ignore,
    Fallback,
    FallbackOn,
    Classify,
    LastGood,
    LastGoodBy,
    LastGoodCapacity,
    Crate,
}

/// Every argument with its name and an example of its value. The order is the one in which they are listed.
const KEYS: [(Key, &str, &str); 20] = [
    (Key::Threshold, "threshold", "5"),
    (Key::Cooldown, "cooldown", "\"30s\""),
    (Key::Fallback, "fallback", "cached_orders"),
    (Key::FallbackOn, "fallback_on", "\"failure\""),
    (Key::Name, "name", "\"orders\""),
    (Key::Window, "window", "\"10s\""),
    (Key::MinimumCalls, "minimum_calls", "10"),
    (Key::TrialCalls, "trial_calls", "3"),
    (Key::Timeout, "timeout", "\"2s\""),
    (Key::SlowCall, "slow_call", "\"500ms\""),
    (Key::SlowThreshold, "slow_threshold", "\"80%\""),
    (Key::Failure, "failure", "Err(_)"),
    (Key::Ignore, "ignore", "Err(Error::NotFound)"),
    (Key::Classify, "classify", "fusebox::classify::io"),
    (Key::LastGood, "last_good", "\"5m\""),
    (Key::LastGoodBy, "last_good_key", "(tenant, id)"),
    (Key::LastGoodCapacity, "last_good_capacity", "1024"),
    (Key::MaxCooldown, "max_cooldown", "\"5m\""),
    (Key::Jitter, "jitter", "\"20%\""),
    (Key::Crate, "crate", "my::fusebox"),
];

impl Key {
    /// The argument of this name; `r#name` is the same name.
    pub(crate) fn of(ident: &Ident) -> Option<Self> {
        let name = ident.unraw().to_string();
        KEYS.iter()
            .find(|(_, known, _)| *known == name)
            .map(|(key, ..)| *key)
    }

    pub(crate) fn name(self) -> &'static str {
        self.entry().1
    }

    /// How the argument is written, as in `threshold = 5`.
    pub(crate) fn example(self) -> String {
        let (_, name, value) = self.entry();
        format!("{name} = {value}")
    }

    /// Patterns may be given several times.
    pub(crate) fn repeats(self) -> bool {
        matches!(self, Key::Failure | Key::Ignore)
    }

    fn entry(self) -> &'static (Key, &'static str, &'static str) {
        KEYS.iter().find(|(key, ..)| *key == self).unwrap_or(&KEYS[0])
    }
}

pub(crate) fn names() -> Vec<&'static str> {
    KEYS.iter().map(|(_, name, _)| *name).collect()
}
