//! The stream of events: a snapshot, differences, and clients that do not read.

use std::{collections::BTreeSet, time::Duration};

use bytes::Bytes;
use serde_json::Value;
use tokio::{sync::mpsc, time::timeout};

use super::orders;
use crate::{
    config::Threshold,
    dashboard::{
        board::{Board, ROWS_PER_EVENT},
        feed::{CLIENTS, Feed},
    },
    registry::Registry,
};

/// The kind and the data of an event.
fn parse(event: &Bytes) -> (String, Value) {
    let text = std::str::from_utf8(event).unwrap();
    let mut lines = text.strip_suffix("\n\n").expect("one event").lines();
    let kind = lines.next().unwrap().strip_prefix("event: ").unwrap();
    assert!(lines.next().unwrap().starts_with("id: "));
    let data = lines.next().unwrap().strip_prefix("data: ").unwrap();
    assert_eq!(lines.next(), None, "the data is one line");
    (kind.to_owned(), serde_json::from_str(data).unwrap())
}

async fn next(events: &mut mpsc::Receiver<Bytes>) -> (String, Value) {
    let event = timeout(Duration::from_secs(5), events.recv())
        .await
        .expect("an event within 5 s");
    parse(&event.expect("the stream goes on"))
}

#[tokio::test]
async fn a_snapshot_comes_first_and_then_what_changed() {
    let (registry, breaker) = orders();
    let feed = Feed::start(registry.clone());
    let mut events = feed.join().await.unwrap();

    let (kind, snapshot) = next(&mut events).await;
    assert_eq!(
        (kind.as_str(), &snapshot["breakers"][0]["state"]),
        ("snapshot", &"closed".into())
    );

    breaker.trip();
    let (kind, changes) = next(&mut events).await;
    assert_eq!(kind, "changes");
    let sent = &changes["changed"][0];
    assert_eq!(
        (&sent["name"], &sent["state"]),
        (&"orders".into(), &"open".into())
    );
    assert!(
        sent.get("threshold").is_none(),
        "what did not change is not sent: {sent}"
    );

    breaker.reset();
    registry.breaker("new").build().unwrap();
    let (_, changes) = next(&mut events).await;
    let new = &changes["changed"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["name"] == "new")
        .unwrap();
    assert_eq!(new["threshold"], "5", "a new row is sent whole");

    let (_, changes) = next(&mut events).await;
    assert_eq!(
        changes["changed"].to_string(),
        "[]",
        "an event is sent every second"
    );
}

#[test]
fn a_line_end_in_an_error_cannot_forge_an_event() {
    let (registry, breaker) = orders();
    for _ in 0..3 {
        let error = "a\n\nevent: snapshot\ndata: {}\r\n";
        breaker.try_acquire().unwrap().failure_with(error);
    }
    let mut board = Board::new(registry);
    board.restart();
    let (kind, snapshot) = parse(&board.snapshot_event());
    assert_eq!(kind, "snapshot");
    let error = snapshot["breakers"][0]["last_error"].as_str().unwrap();
    assert!(error.contains("event: snapshot"), "{error}");
}

#[tokio::test]
async fn a_client_that_reads_nothing_is_dropped_and_its_place_is_free_again() {
    let (registry, _) = orders();
    let feed = Feed::start(registry);
    let mut clients = Vec::new();
    for _ in 0..CLIENTS {
        clients.push(feed.join().await.expect("a place"));
    }
    assert!(feed.join().await.is_err(), "{CLIENTS} places are taken");

    drop(clients.pop());
    let mut reading = feed.join().await.expect("a client that is gone frees its place");
    let patience = Duration::from_secs(30);
    let dropped = async {
        // The queue of those that do not read has 16 places; this client reads.
        for _ in 0..18 {
            reading.recv().await.expect("the client that reads is kept");
        }
    };
    timeout(patience, dropped).await.expect("18 events");
    for mut client in clients {
        let mut kept = 0;
        while client.recv().await.is_some() {
            kept += 1;
        }
        assert_eq!(kept, 16, "what was sent before, and then the end");
    }
}

#[test]
fn many_busy_breakers_take_turns_and_states_do_not_wait() {
    let registry = Registry::new();
    let count = ROWS_PER_EVENT * 5 / 2;
    let build = |index: usize| {
        let builder = registry.breaker(format!("breaker {index:05}"));
        builder.threshold(Threshold::failures(1)).build().unwrap()
    };
    let breakers: Vec<_> = (0..count).map(build).collect();
    let mut board = Board::new(registry.clone());
    board.restart();

    let mut told = BTreeSet::new();
    for second in 0..3 {
        for breaker in &breakers {
            breaker.try_acquire().unwrap().success();
        }
        breakers[count - 1 - second].reset();
        if second == 2 {
            breakers[7].trip();
        }
        board.tick();
        let (_, changes) = parse(&board.changes_event());
        let sent = changes["changed"].as_array().unwrap();
        assert_eq!(sent.len(), ROWS_PER_EVENT + usize::from(second == 2));
        if second == 2 {
            assert_eq!(sent[0]["state"], "open", "a new state is sent at once");
        }
        told.extend(sent.iter().map(|row| row["name"].as_str().unwrap().to_owned()));
    }
    assert_eq!(told.len(), count, "each had its turn within three seconds");
}

#[test]
fn a_client_that_joins_later_sees_what_the_others_see() {
    let registry = Registry::new();
    let breakers: Vec<_> = (0..ROWS_PER_EVENT + 500)
        .map(|index| registry.breaker(format!("breaker {index:05}")).build().unwrap())
        .collect();
    let mut board = Board::new(registry);
    board.restart();
    let mut first = rows(&parse(&board.snapshot_event()).1["breakers"]);
    let mut second = None;
    for tick in 0..4 {
        for breaker in &breakers {
            breaker.try_acquire().unwrap().success();
        }
        board.tick();
        let (_, changes) = parse(&board.changes_event());
        apply(&mut first, &changes);
        if let Some(second) = &mut second {
            apply(second, &changes);
        }
        if tick == 1 {
            second = Some(rows(&parse(&board.snapshot_event()).1["breakers"]));
        }
    }
    assert_eq!(first, second.unwrap());
}

type Rows = std::collections::BTreeMap<String, serde_json::Map<String, Value>>;

fn rows(list: &Value) -> Rows {
    let row = |row: &Value| {
        let mut row = row.as_object().unwrap().clone();
        row.remove("sparkline");
        (row["name"].as_str().unwrap().to_owned(), row)
    };
    list.as_array().unwrap().iter().map(row).collect()
}

fn apply(rows: &mut Rows, changes: &Value) {
    for row in changes["changed"].as_array().unwrap() {
        let row = row.as_object().unwrap();
        let known = rows.entry(row["name"].as_str().unwrap().to_owned()).or_default();
        known.extend(row.clone());
    }
}
