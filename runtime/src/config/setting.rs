//! The settings by name.

/// One setting of [`Settings`](crate::Settings).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Setting {
    Threshold,
    Window,
    MinimumCalls,
    SlowCall,
    SlowThreshold,
    Cooldown,
    MaxCooldown,
    Jitter,
    TrialCalls,
    Latency,
}

impl Setting {
    /// How many settings there are.
    pub(crate) const COUNT: usize = 10;

    /// Every setting, in the order of the attribute's documentation.
    pub(crate) const ALL: [Self; Self::COUNT] = [
        Self::Threshold,
        Self::Window,
        Self::MinimumCalls,
        Self::SlowCall,
        Self::SlowThreshold,
        Self::Cooldown,
        Self::MaxCooldown,
        Self::Jitter,
        Self::TrialCalls,
        Self::Latency,
    ];

    /// Returns the name, as in the attribute.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Threshold => "threshold",
            Self::Window => "window",
            Self::MinimumCalls => "minimum_calls",
            Self::SlowCall => "slow_call",
            Self::SlowThreshold => "slow_threshold",
            Self::Cooldown => "cooldown",
            Self::MaxCooldown => "max_cooldown",
            Self::Jitter => "jitter",
            Self::TrialCalls => "trial_calls",
            Self::Latency => "latency",
        }
    }

    /// Returns the setting of this name.
    pub(crate) fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.name() == name)
    }
}
