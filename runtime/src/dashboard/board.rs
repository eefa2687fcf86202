//! The breakers as the page last saw them, and what has changed since.

use std::{collections::BTreeMap, mem, time::SystemTime};

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    answer::to_json,
    samples::{SECONDS_PER_POINT, Samples},
    view::{Detail, Entry, Row, calls, last_error, since_1970},
};
use crate::{breaker::CircuitBreaker, metrics::prometheus, registry::Registry};

/// How many rows one event carries besides those whose state changed.
///
/// The others follow in the next seconds.
pub(super) const ROWS_PER_EVENT: usize = 1000;

/// All rows of one registry.
#[derive(Debug)]
pub(super) struct Board {
    registry: Registry,
    /// Seconds since the board was made.
    second: u64,
    rows: BTreeMap<String, Tracked>,
    /// Rows that clients have, of breakers that the registry no longer has.
    removed: Vec<String>,
    /// The last row that was sent because its turn had come.
    turn: String,
    /// The snapshot and the list of this second, once a client needed them.
    snapshot: Option<Bytes>,
    list: Option<Bytes>,
}

#[derive(Debug)]
struct Tracked {
    samples: Samples,
    row: Row,
    /// The row as every client has it; `None` if no client has it.
    sent: Option<Row>,
    second: u64,
}

/// All rows at one moment.
#[derive(Serialize)]
struct List<'a> {
    second: u64,
    time_ms: u64,
    seconds_per_point: u64,
    breakers: Vec<Entry<'a>>,
}

/// The fields that changed since the event before.
#[derive(Serialize)]
struct Changes {
    second: u64,
    time_ms: u64,
    changed: Vec<Map<String, Value>>,
    removed: Vec<String>,
}

impl Board {
    pub(super) fn new(registry: Registry) -> Self {
        let mut board = Self {
            registry,
            second: 0,
            rows: BTreeMap::new(),
            removed: Vec::new(),
            turn: String::new(),
            snapshot: None,
            list: None,
        };
        board.read_all();
        board
    }

    /// Takes the samples of the next second.
    pub(super) fn tick(&mut self) {
        self.second += 1;
        self.read_all();
    }

    fn read_all(&mut self) {
        let second = self.second;
        for (breaker, _) in self.registry.observed() {
            let tracked = self
                .rows
                .entry(breaker.name().to_owned())
                .or_insert_with(|| Tracked::new(&breaker, second));
            tracked.read(&breaker, second);
        }
        let removed = &mut self.removed;
        self.rows.retain(|name, tracked| {
            let is_there = tracked.second == second;
            if !is_there && tracked.sent.is_some() {
                removed.push(name.clone());
            }
            is_there
        });
        (self.snapshot, self.list) = (None, None);
    }

    /// All rows, as the clients have them that got every event so far.
    pub(super) fn snapshot_event(&mut self) -> Bytes {
        if let Some(snapshot) = &self.snapshot {
            return snapshot.clone();
        }
        let list = self.list_of(|tracked| tracked.sent.as_ref());
        let snapshot = event("snapshot", self.second, &list);
        self.snapshot = Some(snapshot.clone());
        snapshot
    }

    /// Starts anew for the first client: it gets the rows of this second.
    pub(super) fn restart(&mut self) {
        self.removed.clear();
        self.snapshot = None;
        for tracked in self.rows.values_mut() {
            tracked.sent = Some(tracked.row.clone());
        }
    }

    /// What has changed since the event before.
    pub(super) fn changes_event(&mut self) -> Bytes {
        let changes = Changes {
            second: self.second,
            time_ms: since_1970(SystemTime::now()),
            changed: self.changed(),
            removed: mem::take(&mut self.removed),
        };
        self.snapshot = None;
        event("changes", self.second, &changes)
    }

    /// The changed fields of the rows whose turn it is.
    fn changed(&mut self) -> Vec<Map<String, Value>> {
        let (mut chosen, mut others) = (Vec::new(), Vec::new());
        for (name, tracked) in &self.rows {
            match &tracked.sent {
                Some(sent) if *sent == tracked.row => {}
                Some(sent) if sent.state == tracked.row.state => others.push(name.clone()),
                _ => chosen.push(name.clone()),
            }
        }
        let next = others.partition_point(|name| *name <= self.turn);
        let count = others.len().max(1);
        others.rotate_left(next % count);
        others.truncate(ROWS_PER_EVENT);
        self.turn = others.last().cloned().unwrap_or_default();
        chosen.append(&mut others);
        let rows = &mut self.rows;
        let mut send = |name: String| rows.get_mut(&name).map(Tracked::send);
        chosen.into_iter().filter_map(&mut send).collect()
    }

    /// The list of this second, as JSON. Made once, for however many readers.
    pub(super) fn list(&mut self) -> Bytes {
        let list = self.list.take();
        let list = list.unwrap_or_else(|| to_json(&self.list_of(|tracked| Some(&tracked.row))).into());
        self.list = Some(list.clone());
        list
    }

    /// Every breaker as it is now, for Prometheus.
    pub(super) fn metrics(&self) -> String {
        prometheus::render(&self.registry)
    }

    /// One breaker as it is now, as JSON.
    pub(super) fn detail(&self, breaker: &CircuitBreaker) -> Vec<u8> {
        match self.rows.get(breaker.name()) {
            Some(tracked) => to_json(&Detail::new(breaker, &tracked.samples)),
            None => to_json(&Detail::new(breaker, &Tracked::new(breaker, self.second).samples)),
        }
    }

    fn list_of<'a>(&'a self, row: impl Fn(&'a Tracked) -> Option<&'a Row>) -> List<'a> {
        let entry = |tracked: &'a Tracked| {
            Some(Entry {
                row: row(tracked)?,
                sparkline: tracked.samples.points(),
            })
        };
        List {
            second: self.second,
            time_ms: since_1970(SystemTime::now()),
            seconds_per_point: SECONDS_PER_POINT,
            breakers: self.rows.values().filter_map(entry).collect(),
        }
    }
}

impl Tracked {
    fn new(breaker: &CircuitBreaker, second: u64) -> Self {
        let snapshot = breaker.snapshot();
        let samples = Samples::new(second, calls(&snapshot.totals));
        let last_error = last_error(breaker);
        Self {
            row: Row::new(&snapshot, &breaker.settings(), &samples, last_error),
            samples,
            sent: None,
            second,
        }
    }

    fn read(&mut self, breaker: &CircuitBreaker, second: u64) {
        let snapshot = breaker.snapshot();
        if second > self.second {
            self.samples.push(second, calls(&snapshot.totals));
            self.second = second;
        }
        // The history is long: it is read again only after a change.
        let last_error = match self.row.last_error.take() {
            known if self.row.generation == snapshot.generation => known,
            _ => last_error(breaker),
        };
        self.row = Row::new(&snapshot, &breaker.settings(), &self.samples, last_error);
    }

    /// The name and the changed fields, which every client has from now on.
    fn send(&mut self) -> Map<String, Value> {
        let before = self.sent.as_ref().map(fields).unwrap_or_default();
        let mut changed = fields(&self.row);
        changed.retain(|key, value| key == "name" || before.get(key) != Some(value));
        self.sent = Some(self.row.clone());
        changed
    }
}

fn fields(row: &Row) -> Map<String, Value> {
    match serde_json::to_value(row) {
        Ok(Value::Object(fields)) => fields,
        _ => unreachable!("a row is an object"),
    }
}

/// A server-sent event. JSON has no line ends, so the data is one line.
fn event(kind: &str, second: u64, data: &impl Serialize) -> Bytes {
    let mut text = format!("event: {kind}\nid: {second}\ndata: ").into_bytes();
    text.append(&mut to_json(data));
    text.extend_from_slice(b"\n\n");
    text.into()
}

#[cfg(test)]
mod tests {
    use super::Tracked;

    #[test]
    fn a_breaker_takes_as_much_memory_as_documented() {
        assert!(size_of::<Tracked>() <= 768, "{} bytes", size_of::<Tracked>());
    }
}
