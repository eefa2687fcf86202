//! A row of the page, and what clients have of it.

use serde_json::{Map, Value};

use super::{
    samples::{Calls, Samples},
    view::{Row, calls, last_error},
};
use crate::{
    breaker::CircuitBreaker,
    engine::Snapshot,
    registry::{GroupSnapshot, KeyedBreakers},
    state::State,
};

/// How many breakers of a group are read for its countdown and its last error.
const READ: usize = 64;

/// A row, and what clients have of it.
#[derive(Debug)]
pub(super) struct Tracked {
    pub(super) samples: Samples,
    pub(super) row: Row,
    /// The row as every client has it; `None` if no client has it.
    pub(super) sent: Option<Row>,
    pub(super) second: u64,
}

/// The subject of a row: a breaker, or a group of keyed breakers.
#[derive(Debug, Clone, Copy)]
pub(super) enum Subject<'a> {
    Breaker(&'a CircuitBreaker),
    Group(&'a KeyedBreakers),
}

/// A subject at one moment.
enum Seen<'a> {
    Breaker(&'a CircuitBreaker, Box<Snapshot>),
    Group(&'a KeyedBreakers, Box<GroupSnapshot>),
}

impl Tracked {
    pub(super) fn new(subject: Subject<'_>, second: u64) -> Self {
        let seen = Seen::new(subject);
        let samples = Samples::new(second, seen.calls());
        Self {
            row: seen.row(&samples, None),
            samples,
            sent: None,
            second,
        }
    }

    pub(super) fn read(&mut self, subject: Subject<'_>, second: u64) {
        let seen = Seen::new(subject);
        if second > self.second {
            self.samples.push(second, seen.calls());
            self.second = second;
        }
        self.row = seen.row(&self.samples, Some(&self.row));
    }

    /// Returns the name and the changed fields, which every client has from now on.
    pub(super) fn send(&mut self) -> Map<String, Value> {
        let before = self.sent.as_ref().map(fields).unwrap_or_default();
        let mut changed = fields(&self.row);
        changed.retain(|key, value| key == "name" || before.get(key) != Some(value));
        self.sent = Some(self.row.clone());
        changed
    }
}

impl<'a> Seen<'a> {
    fn new(subject: Subject<'a>) -> Self {
        match subject {
            Subject::Breaker(breaker) => Self::Breaker(breaker, Box::new(breaker.snapshot())),
            Subject::Group(group) => Self::Group(group, Box::new(group.snapshot())),
        }
    }

    fn calls(&self) -> Calls {
        match self {
            Self::Breaker(_, snapshot) => calls(&snapshot.totals),
            Self::Group(_, snapshot) => calls(&snapshot.totals),
        }
    }

    fn row(&self, samples: &Samples, before: Option<&Row>) -> Row {
        match self {
            Self::Breaker(breaker, snapshot) => {
                // The history is long: it is read again only after a change.
                let last_error = match before {
                    Some(before) if before.generation == snapshot.generation => before.last_error.clone(),
                    _ => last_error(breaker),
                };
                Row::new(snapshot, &breaker.settings(), samples, last_error)
            }
            Self::Group(group, snapshot) => {
                Row::of_group(snapshot, &group.settings(), samples, &not_closed(group, snapshot))
            }
        }
    }
}

/// Returns some of the breakers of a group that are open or half-open.
pub(super) fn not_closed(group: &KeyedBreakers, snapshot: &GroupSnapshot) -> Vec<Snapshot> {
    if snapshot.open + snapshot.half_open == 0 {
        return Vec::new();
    }
    let is_not_closed = |breaker: &CircuitBreaker| {
        matches!(breaker.state(), State::Open | State::HalfOpen | State::ForcedOpen)
    };
    let breakers = group.iter().filter(is_not_closed).take(READ);
    breakers.map(|breaker| breaker.snapshot()).collect()
}

fn fields(row: &Row) -> Map<String, Value> {
    match serde_json::to_value(row) {
        Ok(Value::Object(fields)) => fields,
        _ => unreachable!("a row is an object"),
    }
}

#[cfg(test)]
mod tests {
    use super::Tracked;

    #[test]
    fn a_breaker_takes_as_much_memory_as_documented() {
        assert!(size_of::<Tracked>() <= 768, "{} bytes", size_of::<Tracked>());
    }
}
