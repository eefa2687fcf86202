//! The arguments that exist: one row each in one table.

use proc_macro2::Ident;
use syn::ext::IdentExt as _;

/// Generates [`Key`] and its methods from the rows of one table.
macro_rules! keys {
    ($($key:ident $name:literal $kind:ident $example:literal;)*) => {
        /// One argument of the attribute.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[expect(clippy::enum_variant_names, reason = "a variant has the name of its argument")]
        pub(crate) enum Key {
            $($key,)*
        }

        impl Key {
            /// Every argument, in the order in which messages list them.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$key,)*];

            /// Returns the name as it is written.
            pub(crate) fn name(self) -> &'static str {
                match self { $(Self::$key => $name,)* }
            }

            /// Returns the kind of value that the argument takes.
            pub(crate) fn kind(self) -> Kind {
                match self { $(Self::$key => Kind::$kind,)* }
            }

            fn example_value(self) -> &'static str {
                match self { $(Self::$key => $example,)* }
            }
        }
    };
}

keys! {
    // Key            name                  kind of value     an example of the value
    Threshold         "threshold"           NumberOrRate      "5";
    Cooldown          "cooldown"            Duration          "\"30s\"";
    Fallback          "fallback"            Fallback          "cached_orders";
    FallbackOn        "fallback_on"         FallbackOn        "\"failure\"";
    Name              "name"                Name              "\"orders\"";
    Window            "window"              NumberOrDuration  "\"10s\"";
    MinimumCalls      "minimum_calls"       Number            "10";
    TrialCalls        "trial_calls"         Number            "3";
    Timeout           "timeout"             Duration          "\"2s\"";
    SlowCall          "slow_call"           Duration          "\"500ms\"";
    SlowThreshold     "slow_threshold"      Rate              "\"80%\"";
    Failure           "failure"             Pattern           "Err(_)";
    Ignore            "ignore"              Pattern           "Err(Error::NotFound)";
    Classify          "classify"            Classifier        "fusebox::classify::io";
    LastGood          "last_good"           Duration          "\"5m\"";
    LastGoodKey       "last_good_key"       Expression        "(tenant, id)";
    LastGoodCapacity  "last_good_capacity"  Number            "1024";
    Error             "error"             ErrorMaker        "|refusal| Error::from(refusal)";
    Breaker           "breaker"           Expression        "&self.breaker";
    Key               "key"               Expression        "region";
    MaxKeys           "max_keys"          Number            "1000";
    MaxCooldown       "max_cooldown"        Duration          "\"5m\"";
    Jitter            "jitter"              Rate              "\"20%\"";
    Latency           "latency"             Switch            "true";
    Crate             "crate"               CratePath         "my::fusebox";
}

/// The form of a value after the `=` of an argument.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Name,
    Number,
    Duration,
    Rate,
    NumberOrRate,
    NumberOrDuration,
    Pattern,
    Classifier,
    Fallback,
    FallbackOn,
    ErrorMaker,
    Expression,
    Switch,
    CratePath,
}

impl Key {
    /// Returns the argument of this name; `r#name` is the same name.
    pub(crate) fn of(ident: &Ident) -> Option<Self> {
        let name = ident.unraw().to_string();
        Self::ALL.iter().copied().find(|key| key.name() == name)
    }

    /// Returns the names of all arguments.
    pub(crate) fn names() -> Vec<&'static str> {
        let mut names = Vec::new();
        for key in Self::ALL {
            names.push(key.name());
        }
        names
    }

    /// Returns the argument with a value, as in `threshold = 5`.
    pub(crate) fn example(self) -> String {
        format!("{} = {}", self.name(), self.example_value())
    }

    /// Returns whether the argument configures the breaker, and not the call.
    pub(crate) fn is_of_breaker(self) -> bool {
        match self {
            Self::Name
            | Self::Threshold
            | Self::Window
            | Self::MinimumCalls
            | Self::SlowCall
            | Self::SlowThreshold
            | Self::Cooldown
            | Self::MaxCooldown
            | Self::Jitter
            | Self::TrialCalls
            | Self::Latency
            | Self::Key
            | Self::MaxKeys => true,
            Self::Fallback
            | Self::FallbackOn
            | Self::Timeout
            | Self::Failure
            | Self::Ignore
            | Self::Classify
            | Self::LastGood
            | Self::LastGoodKey
            | Self::LastGoodCapacity
            | Self::Error
            | Self::Breaker
            | Self::Crate => false,
        }
    }

    /// Returns whether the argument may be given several times.
    pub(crate) fn repeats(self) -> bool {
        self.kind() == Kind::Pattern
    }
}

impl Kind {
    /// Returns what a value of this kind is, for "expected …".
    pub(crate) fn expected(self) -> &'static str {
        match self {
            Self::Name => "a string",
            Self::Number | Self::NumberOrRate => "a whole number",
            Self::NumberOrDuration => "a duration or a number of calls",
            Self::Duration => "a duration string",
            Self::Rate => "a percentage such as `\"50%\"`",
            Self::Pattern => "a pattern",
            Self::Classifier => "the path of a function",
            Self::Fallback => "the path of a function",
            Self::FallbackOn => "`\"rejection\"` or `\"failure\"`",
            Self::ErrorMaker => "a closure or the path of a function",
            Self::Expression => "an expression",
            Self::Switch => "`true` or `false`",
            Self::CratePath => "a path",
        }
    }
}
