//! The order service: one annotated function calls inventory before each order.

use std::{
    collections::HashMap,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::get,
};
use fusebox::circuit_breaker;
use http_body_util::BodyExt;
use serde::{Deserialize, Serialize};

use crate::{
    http::{self, Client},
    inventory::Pieces,
};

/// The name of the breaker.
pub(crate) const BREAKER: &str = "inventory";
/// The timeout of the attribute, for the report.
pub(crate) const TIMEOUT: Duration = Duration::from_millis(200);

/// A handle of the service; all clones are one service.
#[derive(Clone)]
pub(crate) struct Shop {
    inventory: SocketAddr,
    client: Client,
    seen: Arc<Mutex<HashMap<String, u32>>>,
}

/// An order that the shop has taken.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Order {
    pub(crate) sku: String,
    pub(crate) stock: Stock,
}

/// The number of pieces in stock, and the source of that number.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Stock {
    pub(crate) pieces: u32,
    pub(crate) source: Source,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Source {
    Service,
    Fallback,
}

/// The reasons why the stock is unknown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StockError {
    #[error("inventory answered {0}")]
    Status(StatusCode),
    #[error("inventory was not reached")]
    Unreachable(#[from] hyper_util::client::legacy::Error),
    #[error("inventory broke off its answer")]
    BrokenOff(#[from] axum::Error),
    #[error("inventory sent an answer that is not a number of pieces")]
    Unreadable(#[from] serde_json::Error),
    #[error("not a SKU")]
    NoSku(#[from] axum::http::Error),
    #[error("`{0}` was never seen in stock")]
    NeverSeen(String),
}

impl Shop {
    pub(crate) fn new(inventory: SocketAddr) -> Self {
        Self {
            inventory,
            client: http::client(),
            seen: Arc::default(),
        }
    }

    /// Starts to serve on a port that the system chooses.
    pub(crate) async fn serve(self) -> io::Result<SocketAddr> {
        http::serve(Router::new().route("/orders/{sku}", get(order)).with_state(self)).await
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, HashMap<String, u32>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn order(
    State(shop): State<Shop>,
    Path(sku): Path<String>,
) -> Result<Json<Order>, (StatusCode, String)> {
    match stock(&shop, &sku).await {
        Ok(stock) => Ok(Json(Order { sku, stock })),
        Err(error) => Err((StatusCode::SERVICE_UNAVAILABLE, error.to_string())),
    }
}

/// Requests the number of pieces from inventory.
#[circuit_breaker(
    name = BREAKER,
    threshold = 5,
    timeout = "200ms",
    cooldown = "1s",
    fallback = last_seen,
    fallback_on = "failure"
)]
async fn stock(shop: &Shop, sku: &str) -> Result<Stock, StockError> {
    let answer = shop.client.get(http::url(shop.inventory, "stock", sku)?).await?;
    if !answer.status().is_success() {
        return Err(StockError::Status(answer.status()));
    }
    let body = axum::body::Body::new(answer.into_body())
        .collect()
        .await?
        .to_bytes();
    let Pieces { pieces } = serde_json::from_slice(&body)?;
    shop.seen().insert(sku.to_owned(), pieces);
    Ok(Stock {
        pieces,
        source: Source::Service,
    })
}

/// Answers with the last known stock, which is good enough to take an order.
#[allow(clippy::unused_async, reason = "a fallback is async if its function is")]
async fn last_seen(shop: &Shop, sku: &str) -> Result<Stock, StockError> {
    match shop.seen().get(sku) {
        Some(&pieces) => Ok(Stock {
            pieces,
            source: Source::Fallback,
        }),
        None => Err(StockError::NeverSeen(sku.to_owned())),
    }
}
