//! The text that an operator reads: what a breaker does, and why.

use std::{
    fmt,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use crate::{
    breaker::CircuitBreaker,
    config::Settings,
    engine::{Snapshot, WindowCounts},
    event::{BreakerEvent, EventKind},
    state::{Reason, State},
};

/// The state of a breaker and its reasons, for a person to read. Its `Display`
/// is the text. Made by [`CircuitBreaker::explain`].
///
/// ```text
/// payments is open since 14:02:11 UTC (37 s), next trial in 23 s
///   rule        61 of 118 calls failed (threshold 50%, window 10s, minimum_calls 10)
///   last error  connect error: Connection refused (os error 111)
///   before      reopened twice: a trial call failed 14:02:41, 14:03:11; cooldown now 60 s of …
///   settings    threshold 50% (fusebox.toml:7), window 10s (attribute src/pay.rs:31), cooldown 30s, …
/// ```
///
/// A line that has nothing to report is left out.
#[derive(Debug, Clone)]
pub struct Explanation {
    snapshot: Snapshot,
    settings: Settings,
    history: Vec<BreakerEvent>,
    now: SystemTime,
}

impl CircuitBreaker {
    /// Returns the last 64 changes of this breaker, oldest first: transitions,
    /// overrides, new settings, trips that an override prevented.
    ///
    /// The memory is fixed: about 10 KiB from the first change on. A change without an audience
    /// does not read the wall clock, nor does one whose only subscriber does not use its time. Such
    /// a time is computed back from now by the breaker's clock, so it is too late if the machine
    /// was suspended since then.
    pub fn history(&self) -> Vec<BreakerEvent> {
        self.engine.history()
    }

    /// Explains the state of this breaker to a person.
    pub fn explain(&self) -> Explanation {
        Explanation {
            snapshot: self.snapshot(),
            settings: self.settings(),
            history: self.history(),
            now: SystemTime::now(),
        }
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fmt_state(f)?;
        self.fmt_rule(f)?;
        self.fmt_operator(f)?;
        self.fmt_error(f)?;
        self.fmt_before(f)?;
        write!(f, "\n  settings    {}", self.settings.explained())
    }
}

impl Explanation {
    fn fmt_state(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Snapshot {
            ref name,
            state,
            since,
            ..
        } = self.snapshot;
        let state = match state {
            State::Closed => "closed",
            State::Open => "open",
            State::HalfOpen => "half-open",
            State::ForcedOpen => "forced open",
            State::ForcedClosed => "forced closed",
            State::Disabled => "disabled",
        };
        let start = self.now.checked_sub(since).unwrap_or(self.now);
        write!(
            f,
            "{name} is {state} since {} UTC ({})",
            TimeOfDay(start),
            Seconds(since)
        )?;
        if let (State::Open, Some(wait)) = (self.snapshot.state, self.snapshot.retry_after) {
            write!(f, ", next trial in {}", Seconds(wait))?;
        }
        if let Some(until) = self.snapshot.override_until {
            write!(f, ", until {} UTC", TimeOfDay(until))?;
        }
        Ok(())
    }

    /// Writes the rule of the last trip, or the counts of the window.
    fn fmt_rule(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let trip = self.snapshot.last_trip.as_ref().filter(|_| self.is_tripped());
        match trip {
            Some(trip) => write!(f, "\n  rule        {}", trip.reason)?,
            None => write!(f, "\n  window      {}", CountsText(self.snapshot.window))?,
        }
        write!(f, " (threshold {}", self.settings.threshold())?;
        if let Some(window) = self.settings.window() {
            write!(f, ", window {window}")?;
        }
        if let Some(minimum) = self.settings.minimum_calls() {
            write!(f, ", minimum_calls {minimum}")?;
        }
        f.write_str(")")
    }

    fn fmt_operator(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let change = self.snapshot.last_change.as_ref();
        match change.and_then(|change| change.operator.as_ref()) {
            Some(operator) => write!(f, "\n  operator    {operator}"),
            None => Ok(()),
        }
    }

    /// Writes the newest error since the last trip, that of the trip included.
    fn fmt_error(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.is_tripped() {
            return Ok(());
        }
        for event in self.history.iter().rev() {
            if let Some(error) = &event.error {
                return write!(f, "\n  last error  {error}");
            }
            if let EventKind::Transition {
                from: State::Closed,
                to: State::Open,
                ..
            } = event.kind
            {
                break;
            }
        }
        Ok(())
    }

    /// Writes the reopenings since the last trip.
    fn fmt_before(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let times = match self.snapshot.reopenings {
            0 => return Ok(()),
            1 => "once".to_owned(),
            2 => "twice".to_owned(),
            times => format!("{times} times"),
        };
        write!(f, "\n  before      reopened {times}")?;
        let mut last_reason = None;
        for (time, reason) in self.reopenings() {
            match last_reason.replace(reason) {
                None => write!(f, ": {reason} {}", TimeOfDay(time))?,
                Some(last) if last == reason => write!(f, ", {}", TimeOfDay(time))?,
                Some(_) => write!(f, ", {reason} {}", TimeOfDay(time))?,
            }
        }
        if let Some(cooldown) = self.cooldown() {
            write!(f, "; cooldown now {}", Seconds(cooldown))?;
        }
        match self.settings.max_cooldown() {
            Some(longest) => write!(f, " of at most {}", Seconds(longest)),
            None => Ok(()),
        }
    }

    /// Returns whether the breaker has tripped and not closed since then.
    fn is_tripped(&self) -> bool {
        matches!(self.snapshot.state, State::Open | State::HalfOpen)
    }

    /// Returns the reopenings that the history holds, oldest first.
    fn reopenings(&self) -> impl Iterator<Item = (SystemTime, Reason)> {
        let times = usize::try_from(self.snapshot.reopenings).unwrap_or(usize::MAX);
        let newest_first = self.history.iter().rev().filter_map(|event| match event.kind {
            EventKind::Transition {
                from: State::HalfOpen,
                to: State::Open,
                reason,
                ..
            } => Some((event.time(), reason)),
            _ => None,
        });
        let mut reopenings: Vec<_> = newest_first.take(times).collect();
        reopenings.reverse();
        reopenings.into_iter()
    }

    /// Returns the length of the last cooldown.
    fn cooldown(&self) -> Option<Duration> {
        let mut newest_first = self.history.iter().rev();
        newest_first.find_map(|event| match event.kind {
            EventKind::Transition { cooldown, .. } | EventKind::Restarted { cooldown, .. } => cooldown,
            _ => None,
        })
    }
}

/// The counts of a window: `2 of 15 calls failed`.
struct CountsText(WindowCounts);

impl fmt::Display for CountsText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0.calls, self.0.failures) {
            (Some(calls), failures) => write!(f, "{failures} of {calls} calls failed"),
            (None, 1) => f.write_str("1 failure"),
            (None, failures) => write!(f, "{failures} failures"),
        }
    }
}

/// A duration in whole seconds, or in milliseconds below one second.
struct Seconds(Duration);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_secs() {
            0 => write!(f, "{} ms", self.0.as_millis()),
            seconds => write!(f, "{seconds} s"),
        }
    }
}

/// The time of day in UTC: `14:02:11`. The standard library has no time zones.
struct TimeOfDay(SystemTime);

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let (hours, minutes) = (seconds / 3600 % 24, seconds / 60 % 60);
        write!(f, "{hours:02}:{minutes:02}:{:02}", seconds % 60)
    }
}
