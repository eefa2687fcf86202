//! The arguments that exist: one row each in one table.

use proc_macro2::Ident;
use syn::ext::IdentExt as _;

/// Generates [`Key`] and its methods from the rows of one table.
macro_rules! keys {
    ($($key:ident $name:literal $scope:ident $kind:ident $example:literal;)*) => {
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

            /// Returns the subject of the argument.
            pub(crate) fn scope(self) -> Scope {
                match self { $(Self::$key => Scope::$scope,)* }
            }

            /// Returns the method of `fusebox::Settings` for a setting.
            pub(crate) fn setter(self) -> &'static str {
                match self { $(Self::$key => concat!("with_", $name),)* }
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
    // Key             name                  is of    kind of value     an example of the value
    Threshold         "threshold"           Setting  NumberOrRate      "5";
    Cooldown          "cooldown"            Setting  Duration          "\"30s\"";
    Fallback          "fallback"            Call     Fallback          "cached_orders";
    FallbackOn        "fallback_on"         Call     FallbackOn        "\"failure\"";
    Name              "name"                Breaker  Name              "\"orders\"";
    Window            "window"              Setting  NumberOrDuration  "\"10s\"";
    MinimumCalls      "minimum_calls"       Setting  Number            "10";
    TrialCalls        "trial_calls"         Setting  Number            "3";
    Timeout           "timeout"             Call     Duration          "\"2s\"";
    SlowCall          "slow_call"           Setting  Duration          "\"500ms\"";
    SlowThreshold     "slow_threshold"      Setting  Rate              "\"80%\"";
    Failure           "failure"             Call     Pattern           "Err(_)";
    Ignore            "ignore"              Call     Pattern           "Err(Error::NotFound)";
    Classify          "classify"            Call     Classifier        "fusebox::classify::io";
    LastGood          "last_good"           Call     Duration          "\"5m\"";
    LastGoodKey       "last_good_key"       Call     Expression        "(tenant, id)";
    LastGoodCapacity  "last_good_capacity"  Call     Number            "1024";
    Error             "error"               Call     ErrorMaker        "|refusal| Error::from(refusal)";
    Breaker           "breaker"             Call     Expression        "&self.breaker";
    Key               "key"                 Breaker  Expression        "region";
    MaxKeys           "max_keys"            Breaker  Number            "1000";
    MaxCooldown       "max_cooldown"        Setting  Duration          "\"5m\"";
    Jitter            "jitter"              Setting  Rate              "\"20%\"";
    Latency           "latency"             Setting  Switch            "true";
    Crate             "crate"               Call     CratePath         "my::fusebox";
}

/// The subject of an argument.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// A setting of the breaker: functions that share the breaker agree on it.
    Setting,
    /// The breaker itself: which one it is.
    Breaker,
    /// The call. Each function has its own.
    Call,
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
        self.scope() != Scope::Call
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
