//! Groups of keyed breakers on the page.

use http::StatusCode;
use serde_json::Value;

use super::{post, read, send, token};
use crate::{
    config::Threshold,
    dashboard::{Dashboard, board::Board},
    registry::{KeyedBreakers, Registry},
};

/// A group in which one failure trips, and its page.
fn shards(max_keys: u32) -> (Registry, KeyedBreakers, Dashboard) {
    let registry = Registry::new();
    let builder = registry.keyed("shards").threshold(Threshold::failures(1));
    let group = builder.max_keys(max_keys).build().expect("valid settings");
    let dashboard = Dashboard::new(&registry).allow_commands(token());
    (registry, group, dashboard)
}

fn fail(group: &KeyedBreakers, key: &str, error: &str) {
    group.get(key).try_acquire().expect("closed").failure_with(error);
}

#[tokio::test]
async fn a_group_is_one_row_with_sums_and_the_worst_state() {
    let (registry, group, _) = shards(10);
    registry.breaker("orders").build().unwrap();
    for key in 0..5 {
        group.get(key).try_acquire().unwrap().success();
    }
    fail(&group, "eu-1", "connection refused");
    group.get("us-1").force_closed();
    let list: Value = serde_json::from_slice(&Board::new(registry).list()).unwrap();
    assert_eq!(list["breakers"].as_array().unwrap().len(), 1, "no key is a row");
    let row = &list["groups"][0];
    assert_eq!((&row["name"], &row["state"]), (&"shards".into(), &"open".into()));
    assert_eq!((&row["answered"], &row["failed"]), (&5.into(), &1.into()));
    assert_eq!(row["last_error"], "eu-1: connection refused");
    assert!(row["retry_after_ms"].as_u64().unwrap() > 20_000);
    let counts = &row["group"];
    assert_eq!((&counts["keys"], &counts["max_keys"]), (&7.into(), &10.into()));
    assert_eq!(
        (&counts["open"], &counts["forced_closed"], &counts["closed"]),
        (&1.into(), &1.into(), &5.into())
    );
}

#[tokio::test]
async fn a_change_of_a_key_changes_the_row_of_its_group() {
    let (registry, group, _) = shards(10);
    group.get("eu-1");
    let mut board = Board::new(registry);
    board.restart();
    board.snapshot_event();
    fail(&group, "eu-1", "down");
    board.tick();
    let event = String::from_utf8(board.changes_event().to_vec()).unwrap();
    let data = event.split_once("data: ").unwrap().1;
    let changes: Value = serde_json::from_str(data).unwrap();
    let row = &changes["changed"][0];
    assert_eq!(
        (&row["name"], &row["state"], &row["group"]["open"]),
        (&"shards".into(), &"open".into(), &1.into())
    );
}

#[tokio::test]
async fn everything_about_a_group_is_shown() {
    let (_, group, dashboard) = shards(2);
    fail(&group, "eu-1", "down");
    fail(&group, "eu-2", "down");
    group.get("us-1").try_acquire().unwrap().success();
    let shown = read(&dashboard, "/api/v1/groups/shards").await.json();
    let explain = shown["explain"].as_str().unwrap();
    assert!(
        explain.starts_with("shards: 2 keys open, 1 closed\n"),
        "{explain}"
    );
    assert!(
        explain.contains("2 of at most 2") && explain.contains("shards[*]"),
        "{explain}"
    );
    assert_eq!(shown["totals"]["failures"], 2);
    assert_eq!(shown["settings"][0]["key"], "threshold");
    assert!(
        shown["settings"][0]["source"]
            .as_str()
            .unwrap()
            .starts_with("builder ")
    );

    let missing = read(&dashboard, "/api/v1/groups/orders").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert_eq!(missing.error(), "there is no group of circuit breakers `orders`");
}

#[tokio::test]
async fn keys_are_found_and_the_worst_come_first() {
    let (_, group, dashboard) = shards(1000);
    for key in 0..250 {
        group.get(format!("EU-{key:03}"));
        group.get(format!("us-{key:03}"));
    }
    fail(&group, "us-200", "down");
    let keys = async |query: &str| {
        let page = read(&dashboard, &format!("/api/v1/groups/shards/keys{query}")).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        let page = page.json();
        let keys = page["keys"].as_array().unwrap().iter();
        let keys: Vec<_> = keys.map(|key| key["key"].as_str().unwrap().to_owned()).collect();
        (page["found"].as_u64().unwrap(), keys)
    };
    let (found, all) = keys("").await;
    assert_eq!((found, all.len(), all[0].as_str()), (500, 100, "us-200"));
    let (found, some) = keys("?search=eu-1&limit=3&offset=99").await;
    assert_eq!((found, some), (100, vec!["EU-199".to_owned()]));
    assert_eq!(keys("?search=nothing").await, (0, Vec::new()));
    let refused = read(&dashboard, "/api/v1/groups/shards/keys?limit=5000").await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_key_has_details_history_and_commands() {
    let (registry, group, dashboard) = shards(10);
    fail(&group, "eu/1", "down");
    let path = "/api/v1/breakers/shards%5Beu%2F1%5D";
    let shown = read(&dashboard, path).await.json();
    assert_eq!(
        (&shown["name"], &shown["state"]),
        (&"shards[eu/1]".into(), &"open".into())
    );
    let history = read(&dashboard, &format!("{path}/history")).await.json();
    assert_eq!(history["history"][0]["error"], "down");
    let command = r#"{"command":"reset","who":"anna","reason":"it is well again"}"#;
    let answer = send(&dashboard, post("shards%5Beu%2F1%5D"), command).await;
    assert_eq!(answer.json()["state"], "closed", "{}", answer.text);
    assert_eq!(registry.get("shards[eu/1]").unwrap().state().as_str(), "closed");

    let answer = send(&dashboard, post("shards%5Bnew%5D"), command).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(group.snapshot().keys, 1, "a command does not make a key");
    let answer = send(&dashboard, post("shards"), command).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND, "a group is not a breaker");
}

#[test]
fn a_key_is_sampled_while_a_client_reads_it() {
    let (registry, group, _) = shards(10);
    let key = group.get("eu-1");
    let mut board = Board::new(registry);
    let read = |board: &mut Board| -> Value {
        serde_json::from_slice(&board.detail(&group.get("eu-1"), None)).unwrap()
    };
    read(&mut board);
    for _ in 0..3 {
        key.try_acquire().unwrap().success();
        board.tick();
    }
    let seen = read(&mut board);
    assert_eq!(seen["calls_per_second"], 1.0);
    assert_eq!(seen["samples"]["answered"][299], 1);
    (0..61).for_each(|_| board.tick());
    assert_eq!(read(&mut board)["samples"]["answered"][299 - 61], 0, "forgotten");
}

#[tokio::test]
async fn the_health_check_lists_open_keys() {
    let (_, group, dashboard) = shards(10);
    fail(&group, "eu-1", "down");
    let health = read(&dashboard, "/health").await.json();
    assert_eq!(health["open"][0], "shards[eu-1]");
}

#[tokio::test]
async fn a_scraper_gets_groups_without_keys() {
    let (_, group, dashboard) = shards(10);
    fail(&group, "eu-1", "down");
    let text = read(&dashboard, "/metrics").await.text;
    let line = r#"fusebox_group_breakers{breaker="shards",state="open"} 1"#;
    assert!(text.contains(line) && !text.contains("eu-1"), "{text}");
}
