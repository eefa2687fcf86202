//! Snapshots, and the types of their fields.

use std::collections::BTreeMap;

use serde::{
    Serialize, Serializer,
    ser::{SerializeMap as _, SerializeStruct as _},
};

use crate::{
    engine::{Snapshot, Trials, WindowCounts},
    event::{LastChange, LastTrip, Operator},
    registry::GroupSnapshot,
    serialize::moment::{seconds, since_1970},
    state::{Reason, State},
    stats::{Latency, Totals, Transitions},
};

impl Serialize for Snapshot {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self {
            name,
            state,
            since,
            last_change,
            last_trip,
            override_until,
            generation,
            retry_after,
            reopenings,
            totals,
            transitions,
            open_time,
            latency,
            window,
            trials,
        } = self;
        let mut fields = serializer.serialize_struct("Snapshot", 15)?;
        fields.serialize_field("name", name.as_str())?;
        fields.serialize_field("state", state)?;
        fields.serialize_field("since", &seconds(*since))?;
        fields.serialize_field("last_change", last_change)?;
        fields.serialize_field("last_trip", last_trip)?;
        fields.serialize_field("override_until", &override_until.map(since_1970))?;
        fields.serialize_field("generation", generation)?;
        fields.serialize_field("retry_after", &retry_after.map(seconds))?;
        fields.serialize_field("reopenings", reopenings)?;
        fields.serialize_field("totals", totals)?;
        fields.serialize_field("transitions", transitions)?;
        fields.serialize_field("open_time", &seconds(*open_time))?;
        fields.serialize_field("latency", latency)?;
        fields.serialize_field("window", window)?;
        fields.serialize_field("trials", trials)?;
        fields.end()
    }
}

/// `states` is a map from each state to its number of breakers.
impl Serialize for GroupSnapshot {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let states: BTreeMap<_, _> = State::ALL
            .map(|state| (state.as_str(), self.in_state(state)))
            .into();
        let mut fields = serializer.serialize_struct("GroupSnapshot", 10)?;
        fields.serialize_field("name", self.name.as_str())?;
        fields.serialize_field("keys", &self.keys)?;
        fields.serialize_field("max_keys", &self.max_keys)?;
        fields.serialize_field("states", &states)?;
        fields.serialize_field("evicted", &self.evicted)?;
        fields.serialize_field("has_overflowed", &self.has_overflowed)?;
        fields.serialize_field("totals", &self.totals)?;
        fields.serialize_field("transitions", &self.transitions)?;
        fields.serialize_field("open_time", &seconds(self.open_time))?;
        fields.serialize_field("latency", &self.latency)?;
        fields.end()
    }
}

/// `"half_open"`
impl Serialize for State {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// The kind, its numbers, and the text for people: `{"kind": "failures",
/// "failures": 5, "text": "5 failures"}`.
impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (kind, numbers): (&str, &[(&str, u64)]) = match *self {
            Self::Failures { failures } => ("failures", &[("failures", failures)]),
            Self::FailureRate { failures, calls } => {
                ("failure_rate", &[("failures", failures), ("calls", calls)])
            }
            Self::SlowCallRate { slow, calls } => ("slow_call_rate", &[("slow", slow), ("calls", calls)]),
            Self::CooldownElapsed => ("cooldown_elapsed", &[]),
            Self::TrialsSucceeded => ("trials_succeeded", &[]),
            Self::TrialFailed => ("trial_failed", &[]),
            Self::TrialsSlow { slow, calls } => (
                "trials_slow",
                &[("slow", u64::from(slow)), ("calls", u64::from(calls))],
            ),
            Self::TrialsAbandoned { calls } => ("trials_abandoned", &[("calls", u64::from(calls))]),
            Self::Operator => ("operator", &[]),
            Self::Override => ("override", &[]),
            Self::OverrideElapsed => ("override_elapsed", &[]),
            Self::Fleet { open, live } => ("fleet", &[("open", u64::from(open)), ("live", u64::from(live))]),
        };
        let mut map = serializer.serialize_map(Some(numbers.len() + 2))?;
        map.serialize_entry("kind", kind)?;
        for (key, number) in numbers {
            map.serialize_entry(key, number)?;
        }
        map.serialize_entry("text", &self.to_string())?;
        map.end()
    }
}

impl Serialize for Operator {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { who, reason } = self;
        let mut fields = serializer.serialize_struct("Operator", 2)?;
        fields.serialize_field("who", &**who)?;
        fields.serialize_field("reason", &**reason)?;
        fields.end()
    }
}

impl Serialize for LastChange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self {
            reason,
            time,
            operator,
        } = self;
        let mut fields = serializer.serialize_struct("LastChange", 3)?;
        fields.serialize_field("reason", reason)?;
        fields.serialize_field("time", &since_1970(*time))?;
        fields.serialize_field("operator", operator)?;
        fields.end()
    }
}

impl Serialize for LastTrip {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self {
            reason,
            time,
            error,
            operator,
        } = self;
        let mut fields = serializer.serialize_struct("LastTrip", 4)?;
        fields.serialize_field("reason", reason)?;
        fields.serialize_field("time", &since_1970(*time))?;
        fields.serialize_field("error", &error.as_deref())?;
        fields.serialize_field("operator", operator)?;
        fields.end()
    }
}

impl Serialize for Transitions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self {
            from,
            to,
            reason,
            count,
        } = self;
        let mut fields = serializer.serialize_struct("Transitions", 4)?;
        fields.serialize_field("from", from)?;
        fields.serialize_field("to", to)?;
        fields.serialize_field("reason", reason)?;
        fields.serialize_field("count", count)?;
        fields.end()
    }
}

/// The percentiles in seconds, without the buckets.
impl Serialize for Latency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self {
            p50,
            p90,
            p99,
            max,
            successes,
            failures,
        } = self;
        let mut fields = serializer.serialize_struct("Latency", 6)?;
        fields.serialize_field("p50", &p50.map(seconds))?;
        fields.serialize_field("p90", &p90.map(seconds))?;
        fields.serialize_field("p99", &p99.map(seconds))?;
        fields.serialize_field("max", &max.map(seconds))?;
        fields.serialize_field("successes", &successes.calls())?;
        fields.serialize_field("failures", &failures.calls())?;
        fields.end()
    }
}

/// Serializes a struct whose fields are all numbers.
macro_rules! of_numbers {
    ($($name:ident { $($field:ident),+ })+) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let Self { $($field),+ } = self;
                let count = [$(stringify!($field)),+].len();
                let mut fields = serializer.serialize_struct(stringify!($name), count)?;
                $(fields.serialize_field(stringify!($field), $field)?;)+
                fields.end()
            }
        }
    )+};
}

of_numbers! {
    Totals {
        successes, failures, errors, timed_out, panicked, too_slow, ignored, cancelled, late, rejected, slow, last_good,
        fallback_ok, fallback_failed
    }
    WindowCounts { calls, failures, slow, failure_rate, slow_call_rate }
    Trials { in_flight, completed, slow }
}
