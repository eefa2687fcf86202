//! Open-loop load: requests at a fixed rate, however slow the answers are.

use std::time::Duration;

use reqwest::Client;
use tokio::{
    task::JoinSet,
    time::{Instant, sleep_until, timeout},
};

use crate::{
    Anyhow,
    recording::{Answer, Feed},
    scenario::{END, RATE},
};

/// When a browser gives up.
pub(crate) const PATIENCE: Duration = Duration::from_secs(3);

/// Opens connections one by one, so that the run does not begin with a rush.
pub(crate) async fn warm_up(feed: &str) {
    let client = Client::new();
    for reader in 0..50 {
        read(client.get(format!("{feed}/feed/{reader}"))).await;
    }
}

/// Sends the load, and returns how each feed was answered.
///
/// The latency counts from the intended start. A load that waits for answers, or that counts from
/// when a request was really sent, slows down with the service. It hides the time for which readers
/// wait ("coordinated omission").
pub(crate) async fn offer(feed: &str, start: Instant) -> Result<Vec<Feed>, Anyhow> {
    let client = Client::new();
    let mut running = JoinSet::new();
    let mut number = 0;
    loop {
        let intended = Duration::from_secs(1) * number / RATE;
        if intended >= END {
            break;
        }
        sleep_until(start + intended).await;
        let request = client.get(format!("{feed}/feed/{}", number % 50));
        running.spawn(async move {
            let answer = match timeout(PATIENCE, read(request)).await {
                Ok(answer) => answer,
                Err(_) => Answer::Nothing,
            };
            Feed {
                intended,
                latency: start.elapsed().saturating_sub(intended),
                answer,
            }
        });
        number += 1;
    }
    let mut feeds = running.join_all().await;
    feeds.sort_by_key(|feed| feed.intended);
    Ok(feeds)
}

async fn read(request: reqwest::RequestBuilder) -> Answer {
    let response = match request.send().await {
        Ok(response) if response.status().is_success() => response,
        _ => return Answer::Error,
    };
    response.json().await.map_or(Answer::Error, Answer::Page)
}
