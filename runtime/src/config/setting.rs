//! The settings by name: one row each in one table.

/// Generates [`Setting`] and its methods from the rows of one table.
macro_rules! settings {
    ($($setting:ident $name:literal;)*) => {
        /// One setting of [`Settings`](crate::Settings).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(crate) enum Setting {
            $($setting,)*
        }

        impl Setting {
            /// How many settings there are.
            pub(crate) const COUNT: usize = Self::ALL.len();

            /// Every setting, in the order of the attribute's documentation.
            pub(crate) const ALL: [Self; [$($name),*].len()] = [$(Self::$setting,)*];

            /// Returns the name, as in the attribute.
            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$setting => $name,)* }
            }
        }
    };
}

settings! {
    Threshold      "threshold";
    Window         "window";
    MinimumCalls   "minimum_calls";
    SlowCall       "slow_call";
    SlowThreshold  "slow_threshold";
    Cooldown       "cooldown";
    MaxCooldown    "max_cooldown";
    Jitter         "jitter";
    TrialCalls     "trial_calls";
    Latency        "latency";
}

impl Setting {
    /// Returns the setting of this name.
    pub(crate) fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.name() == name)
    }
}
