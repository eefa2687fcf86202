//! The rules that settings must keep.
//!
//! They are constant functions, so that the compiler checks the attribute's constants by them.

use std::time::Duration;

use crate::config::limits::{MAX_CONSECUTIVE_FAILURES, MAX_DURATION, MAX_TRIAL_CALLS, MAX_WINDOW_CALLS};
use crate::config::{ConfigError, Setting, Settings, ThresholdKind, Window, WindowKind};

impl Settings {
    /// Checks that these settings make a breaker that can trip and can close.
    ///
    /// # Errors
    /// The first broken rule, with the value that breaks it.
    pub const fn check(&self) -> Result<(), ConfigError> {
        let mut index = 0;
        while index < Setting::COUNT {
            if let Err(error) = self.check_value(Setting::ALL[index]) {
                return Err(error);
            }
            index += 1;
        }
        Ok(())
    }

    /// Checks one value, by itself and beside the others.
    const fn check_value(&self, setting: Setting) -> Result<(), ConfigError> {
        match setting {
            Setting::Threshold => self.check_threshold(),
            Setting::Window => self.check_window(),
            Setting::MinimumCalls => self.check_minimum_calls(),
            Setting::SlowCall => self.check_slow_call(),
            Setting::SlowThreshold => self.check_slow_threshold(),
            Setting::Cooldown => self.check_cooldown(),
            Setting::MaxCooldown => self.check_max_cooldown(),
            Setting::Jitter => self.check_jitter(),
            Setting::TrialCalls => self.check_trial_calls(),
            Setting::Latency => Ok(()),
        }
    }

    const fn check_threshold(&self) -> Result<(), ConfigError> {
        match (self.threshold.0, self.window) {
            (ThresholdKind::Failures(0), _) => Err(ConfigError::ThresholdZero),
            (ThresholdKind::Failures(failures), None) if failures > MAX_CONSECUTIVE_FAILURES => {
                Err(ConfigError::ThresholdTooLarge {
                    failures,
                    largest: MAX_CONSECUTIVE_FAILURES,
                })
            }
            (ThresholdKind::Failures(failures), Some(_)) if failures > MAX_WINDOW_CALLS => {
                Err(ConfigError::ThresholdTooLarge {
                    failures,
                    largest: MAX_WINDOW_CALLS,
                })
            }
            (ThresholdKind::Failures(failures), Some(Window(WindowKind::Calls(calls))))
                if failures > calls && calls > 0 =>
            {
                Err(ConfigError::ThresholdExceedsWindow { failures, calls })
            }
            (ThresholdKind::Rate(rate), _) if !rate.is_above_zero() || !rate.is_in_range() => {
                Err(ConfigError::ThresholdRate { rate })
            }
            (ThresholdKind::Rate(rate), None) => Err(ConfigError::RateNeedsWindow { rate }),
            _ => Ok(()),
        }
    }

    const fn check_window(&self) -> Result<(), ConfigError> {
        match self.window {
            Some(Window(WindowKind::Calls(calls))) if calls == 0 || calls > MAX_WINDOW_CALLS => {
                Err(ConfigError::WindowCalls { calls })
            }
            Some(Window(WindowKind::Time(window))) if !is_usable(window) => {
                Err(ConfigError::WindowTime { window })
            }
            _ => Ok(()),
        }
    }

    const fn check_minimum_calls(&self) -> Result<(), ConfigError> {
        match (self.minimum_calls, self.window) {
            (Some(calls), _) if !self.has_rate() => Err(ConfigError::MinimumNeedsRate { calls }),
            (Some(0), _) => Err(ConfigError::MinimumZero),
            (Some(minimum), Some(Window(WindowKind::Calls(calls)))) if minimum > calls => {
                Err(ConfigError::MinimumExceedsWindow { minimum, calls })
            }
            _ => Ok(()),
        }
    }

    const fn check_slow_call(&self) -> Result<(), ConfigError> {
        match self.slow_call {
            Some(slow_call) if !is_usable(slow_call) => Err(ConfigError::SlowCall { slow_call }),
            _ => Ok(()),
        }
    }

    const fn check_slow_threshold(&self) -> Result<(), ConfigError> {
        match (self.slow_threshold, self.slow_call, self.window) {
            (Some(rate), ..) if !rate.is_above_zero() || !rate.is_in_range() => {
                Err(ConfigError::SlowThresholdRate { rate })
            }
            (Some(rate), None, _) => Err(ConfigError::SlowThresholdNeedsSlowCall { rate }),
            (Some(rate), _, None) => Err(ConfigError::SlowThresholdNeedsWindow { rate }),
            _ => Ok(()),
        }
    }

    const fn check_cooldown(&self) -> Result<(), ConfigError> {
        let cooldown = self.cooldown;
        if is_usable(cooldown) {
            Ok(())
        } else {
            Err(ConfigError::Cooldown { cooldown })
        }
    }

    const fn check_max_cooldown(&self) -> Result<(), ConfigError> {
        let cooldown = self.cooldown;
        match self.max_cooldown {
            Some(max_cooldown) if !is_usable(max_cooldown) || is_shorter(max_cooldown, cooldown) => {
                Err(ConfigError::MaxCooldown {
                    max_cooldown,
                    cooldown,
                })
            }
            _ => Ok(()),
        }
    }

    const fn check_jitter(&self) -> Result<(), ConfigError> {
        let jitter = self.jitter;
        if jitter.is_in_range() {
            Ok(())
        } else {
            Err(ConfigError::Jitter { jitter })
        }
    }

    const fn check_trial_calls(&self) -> Result<(), ConfigError> {
        match self.trial_calls {
            1..=MAX_TRIAL_CALLS => Ok(()),
            calls => Err(ConfigError::TrialCalls { calls }),
        }
    }
}

/// Returns whether the duration is more than zero and at most 100 years.
const fn is_usable(duration: Duration) -> bool {
    duration.as_nanos() > 0 && !is_shorter(MAX_DURATION, duration)
}

const fn is_shorter(a: Duration, b: Duration) -> bool {
    a.as_nanos() < b.as_nanos()
}
