//! Events as maps, each with its kind and the fields of that kind.

use serde::{
    Serialize, Serializer,
    ser::{SerializeMap, SerializeStruct as _},
};

use crate::{
    config::Difference,
    event::{BreakerEvent, Event, EventKind},
    serialize::moment::{seconds, since_1970},
    state::Reason,
};

/// `{"event": "breaker", …}` with the fields of the change, or `{"event":
/// "dropped", "events": 3}`.
impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self {
            Self::Breaker(event) => {
                map.serialize_entry("event", "breaker")?;
                entries(event, &mut map)?;
            }
            Self::Dropped { events } => {
                map.serialize_entry("event", "dropped")?;
                map.serialize_entry("events", events)?;
            }
        }
        map.end()
    }
}

impl Serialize for BreakerEvent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        entries(self, &mut map)?;
        map.end()
    }
}

fn entries<M: SerializeMap>(event: &BreakerEvent, map: &mut M) -> Result<(), M::Error> {
    let BreakerEvent {
        name,
        generation,
        state,
        at,
        kind,
        operator,
        error,
        ..
    } = event;
    map.serialize_entry("name", name.as_str())?;
    map.serialize_entry("generation", generation)?;
    map.serialize_entry("state", state)?;
    map.serialize_entry("at", &seconds(*at))?;
    map.serialize_entry("time", &since_1970(event.time()))?;
    change(kind, map)?;
    map.serialize_entry("operator", operator)?;
    map.serialize_entry("error", &error.as_deref())
}

/// Writes the kind of the change and its fields.
fn change<M: SerializeMap>(kind: &EventKind, map: &mut M) -> Result<(), M::Error> {
    match kind {
        EventKind::Transition {
            from,
            to,
            reason,
            cooldown,
            override_for,
        } => {
            map.serialize_entry("kind", "transition")?;
            map.serialize_entry("from", from)?;
            map.serialize_entry("to", to)?;
            reasoned(reason, map)?;
            map.serialize_entry("cooldown", &cooldown.map(seconds))?;
            map.serialize_entry("override_for", &override_for.map(seconds))
        }
        EventKind::Restarted {
            reason,
            cooldown,
            override_for,
        } => {
            map.serialize_entry("kind", "restarted")?;
            reasoned(reason, map)?;
            map.serialize_entry("cooldown", &cooldown.map(seconds))?;
            map.serialize_entry("override_for", &override_for.map(seconds))
        }
        EventKind::WouldTrip { reason } => {
            map.serialize_entry("kind", "would_trip")?;
            reasoned(reason, map)
        }
        EventKind::Reconfigured { difference } => {
            map.serialize_entry("kind", "reconfigured")?;
            map.serialize_entry("difference", &**difference)
        }
        EventKind::CooldownEnded => map.serialize_entry("kind", "cooldown_ended"),
        EventKind::Current { .. } => map.serialize_entry("kind", "current"),
    }
}

fn reasoned<M: SerializeMap>(reason: &Reason, map: &mut M) -> Result<(), M::Error> {
    map.serialize_entry("reason", reason)
}

/// `{"key": "cooldown", "from": "30s", "to": "5s", "source": "fusebox.toml:7"}`
impl Serialize for Difference {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Difference", 4)?;
        fields.serialize_field("key", self.key())?;
        fields.serialize_field("from", &self.existing().to_string())?;
        fields.serialize_field("to", &self.given().to_string())?;
        fields.serialize_field("source", &self.source().to_string())?;
        fields.end()
    }
}
