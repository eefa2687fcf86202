//! Customers: HTTP requests at a steady rate, however slow the answers are.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use fusebox::{CircuitBreaker, State};
use http_body_util::BodyExt;
use tokio::{sync::Semaphore, time};

use crate::{
    http::{self, Client},
    inventory::{Health, Inventory},
    notes::Notes,
    shop::{Order, Source},
    story,
};

/// How many orders a second.
pub(crate) const RATE: u32 = 200;
/// How many orders may wait for an answer at once. Any further order fails
/// unsent.
const IN_FLIGHT: usize = 400;
/// What is ordered, in turns.
const SKUS: [&str; 6] = ["teapot", "kettle", "saucer", "spoon", "tray", "cup"];

/// The answer to one order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answer {
    /// The source of the answer; `None` if the order failed.
    pub(crate) source: Option<Source>,
    /// From the moment when it was due, not from when it was sent.
    ///
    /// Counted from when it was sent, a load that waits for a slow answer would hide that answer.
    pub(crate) took: Duration,
    /// The health of inventory at that moment.
    pub(crate) health: Health,
    /// The state of the breaker at that moment.
    pub(crate) state: State,
}

pub(crate) struct Load {
    shop: SocketAddr,
    client: Client,
    inventory: Inventory,
    breaker: CircuitBreaker,
    notes: Notes,
}

impl Load {
    pub(crate) fn new(shop: SocketAddr, inventory: Inventory, breaker: CircuitBreaker, notes: Notes) -> Self {
        Self {
            shop,
            client: http::client(),
            inventory,
            breaker,
            notes,
        }
    }

    /// Sends an order at every beat until the story is over.
    pub(crate) async fn run(self) {
        let load = Arc::new(self);
        let slots = Arc::new(Semaphore::new(IN_FLIGHT));
        let mut beat = time::interval(Duration::from_secs(1) / RATE);
        let orders = u64::from(RATE) * story::length().as_secs();
        for sku in (0..orders).zip(SKUS.iter().cycle()).map(|(_, sku)| *sku) {
            let due = beat.tick().await.into_std();
            let (health, state) = (load.inventory.health(), load.breaker.state());
            let (load, slot) = (Arc::clone(&load), Arc::clone(&slots).try_acquire_owned());
            tokio::spawn(async move {
                let source = match slot {
                    Ok(_slot) => load.order(sku).await,
                    Err(_) => None,
                };
                let took = due.elapsed();
                load.notes.answer(Answer {
                    source,
                    took,
                    health,
                    state,
                });
            });
        }
    }

    /// Sends one order. Returns `None` if it failed.
    async fn order(&self, sku: &str) -> Option<Source> {
        let answer = self
            .client
            .get(http::url(self.shop, "orders", sku).ok()?)
            .await
            .ok()?;
        let is_success = answer.status().is_success();
        let body = answer.into_body().collect().await.ok()?.to_bytes();
        let order: Order = is_success.then(|| serde_json::from_slice(&body).ok())??;
        (order.sku == sku && order.stock.pieces > 0).then_some(order.stock.source)
    }
}
