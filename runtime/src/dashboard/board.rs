//! The breakers as the page last saw them, and what has changed since.

use std::{
    collections::{BTreeMap, HashMap},
    mem,
    time::SystemTime,
};

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    answer::to_json,
    samples::SECONDS_PER_POINT,
    tracked::{Subject, Tracked, not_closed},
    view::{Detail, FleetView, GroupDetail, Row, RowWithSparkline, since_1970},
};
use crate::{
    breaker::CircuitBreaker,
    metrics::prometheus::Exporter,
    registry::{KeyedBreakers, Registry},
};

/// How many rows one event carries besides those whose state changed.
///
/// The others follow in the next seconds.
pub(super) const ROWS_PER_EVENT: usize = 1000;
/// How many keyed breakers are sampled at once because a client reads them.
const WATCHED: usize = 256;
/// For how many seconds a keyed breaker is sampled that no client reads.
const PATIENCE: u64 = 60;

/// All rows of one registry.
#[derive(Debug)]
pub(super) struct Board {
    registry: Registry,
    /// Seconds since the board was made.
    second: u64,
    rows: BTreeMap<String, Tracked>,
    /// Keyed breakers that a client reads, with the second of the last time.
    watched: HashMap<String, (Tracked, u64)>,
    /// Rows that clients have, of breakers that the registry no longer has.
    removed: Vec<String>,
    /// The last row that was sent because its turn had come.
    turn: String,
    /// The snapshot and the list of this second, once a client needed them.
    snapshot: Option<Bytes>,
    list: Option<Bytes>,
}

/// All rows at one moment.
#[derive(Serialize)]
struct List<'a> {
    second: u64,
    time_ms: u64,
    seconds_per_point: u64,
    breakers: Vec<RowWithSparkline<'a>>,
    /// Groups of keyed breakers, each as one row.
    groups: Vec<RowWithSparkline<'a>>,
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
            watched: HashMap::new(),
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
        // Groups first: of a breaker and a group with one name, the breaker is shown.
        for group in self.registry.groups() {
            self.read(group.name(), Subject::Group(&group));
        }
        for (breaker, _) in self.registry.observed() {
            self.read(breaker.name(), Subject::Breaker(&breaker));
        }
        self.read_watched();
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

    fn read(&mut self, name: &str, subject: Subject<'_>) {
        let second = self.second;
        match self.rows.get_mut(name) {
            Some(tracked) => tracked.read(subject, second),
            None => drop(self.rows.insert(name.to_owned(), Tracked::new(subject, second))),
        }
    }

    fn read_watched(&mut self) {
        let (second, registry) = (self.second, &self.registry);
        self.watched.retain(|name, (tracked, asked)| {
            let breaker = registry.get(name).filter(|_| second - *asked <= PATIENCE);
            if let Some(breaker) = &breaker {
                tracked.read(Subject::Breaker(breaker), second);
            }
            breaker.is_some()
        });
    }

    /// Makes a snapshot of all rows, as they are for a client that got every event
    /// so far.
    pub(super) fn snapshot_event(&mut self) -> Bytes {
        if let Some(snapshot) = &self.snapshot {
            return snapshot.clone();
        }
        let list = self.list_of(|tracked| tracked.sent.as_ref());
        let snapshot = event("snapshot", self.second, &list);
        self.snapshot = Some(snapshot.clone());
        snapshot
    }

    /// Starts again for the first client, which gets the rows of this second.
    pub(super) fn restart(&mut self) {
        self.removed.clear();
        self.snapshot = None;
        for tracked in self.rows.values_mut() {
            tracked.sent = Some(tracked.row.clone());
        }
    }

    /// Returns what has changed since the event before.
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

    /// Returns the changed fields of the rows whose turn it is.
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

    /// Returns the list of this second, as JSON. It is made once for all readers.
    pub(super) fn list(&mut self) -> Bytes {
        let list = self.list.take();
        let list = list.unwrap_or_else(|| to_json(&self.list_of(|tracked| Some(&tracked.row))).into());
        self.list = Some(list.clone());
        list
    }

    /// Writes every breaker as it is now, for Prometheus.
    pub(super) fn metrics(&self) -> String {
        Exporter::new(&self.registry).render()
    }

    /// Writes one breaker as it is now, as JSON.
    pub(super) fn detail(&mut self, breaker: &CircuitBreaker, fleet: Option<&FleetView>) -> Vec<u8> {
        let (name, second) = (breaker.name(), self.second);
        let new = || (Tracked::new(Subject::Breaker(breaker), second), second);
        if let Some(tracked) = self.rows.get(name) {
            return to_json(&Detail::new(breaker, &tracked.samples, fleet));
        }
        if self.watched.len() == WATCHED && !self.watched.contains_key(name) {
            return to_json(&Detail::new(breaker, &new().0.samples, fleet));
        }
        let (tracked, asked) = self.watched.entry(name.to_owned()).or_insert_with(new);
        *asked = second;
        to_json(&Detail::new(breaker, &tracked.samples, fleet))
    }

    /// Writes one group as it is now, as JSON.
    pub(super) fn group(&self, group: &KeyedBreakers) -> Vec<u8> {
        let snapshot = group.snapshot();
        let not_closed = not_closed(group, &snapshot);
        let show =
            |tracked: &Tracked| to_json(&GroupDetail::new(group, &snapshot, &not_closed, &tracked.samples));
        match self.rows.get(group.name()) {
            Some(tracked) => show(tracked),
            None => show(&Tracked::new(Subject::Group(group), self.second)),
        }
    }

    fn list_of<'a>(&'a self, row: impl Fn(&'a Tracked) -> Option<&'a Row>) -> List<'a> {
        let entry = |tracked: &'a Tracked| {
            Some(RowWithSparkline {
                row: row(tracked)?,
                sparkline: tracked.samples.points(),
            })
        };
        let (groups, breakers) = self
            .rows
            .values()
            .filter_map(entry)
            .partition(|entry| entry.row.is_group());
        List {
            second: self.second,
            time_ms: since_1970(SystemTime::now()),
            seconds_per_point: SECONDS_PER_POINT,
            breakers,
            groups,
        }
    }
}

/// Makes a server-sent event. JSON has no line ends, so the data is one line.
fn event(kind: &str, second: u64, data: &impl Serialize) -> Bytes {
    let mut text = format!("event: {kind}\nid: {second}\ndata: ").into_bytes();
    text.append(&mut to_json(data));
    text.extend_from_slice(b"\n\n");
    text.into()
}
