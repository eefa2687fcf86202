//! The inventory service, with a switch that breaks it.

use std::{
    fmt, io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::get,
};
use serde::{Deserialize, Serialize};

use crate::http;

/// The health of the inventory service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Health {
    /// It answers at once.
    #[default]
    Healthy,
    /// It answers every request with 500.
    Failing,
    /// It accepts every request and never answers.
    Hanging,
}

/// The answer of the inventory service.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Pieces {
    pub(crate) pieces: u32,
}

/// A handle of the service; all clones are one service.
#[derive(Clone, Default)]
pub(crate) struct Inventory(Arc<Mutex<Shared>>);

#[derive(Default)]
struct Shared {
    health: Health,
    /// When each request reached it.
    arrivals: Vec<Instant>,
}

impl Inventory {
    /// Starts to serve on a port that the system chooses.
    pub(crate) async fn serve(self) -> io::Result<SocketAddr> {
        http::serve(Router::new().route("/stock/{sku}", get(stock)).with_state(self)).await
    }

    /// Sets the health: the switch that breaks the service.
    pub(crate) fn become_(&self, health: Health) {
        self.with(|shared| shared.health = health);
    }

    pub(crate) fn health(&self) -> Health {
        self.with(|shared| shared.health)
    }

    /// How many requests have reached it.
    pub(crate) fn arrivals(&self) -> usize {
        self.with(|shared| shared.arrivals.len())
    }

    /// How many requests reached it between two moments.
    pub(crate) fn arrivals_between(&self, from: Instant, to: Instant) -> usize {
        self.with(|shared| {
            shared
                .arrivals
                .iter()
                .filter(|at| (from..to).contains(*at))
                .count()
        })
    }

    pub(crate) fn forget_arrivals(&self) {
        self.with(|shared| shared.arrivals.clear());
    }

    fn with<R>(&self, f: impl FnOnce(&mut Shared) -> R) -> R {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn stock(
    State(inventory): State<Inventory>,
    Path(sku): Path<String>,
) -> Result<Json<Pieces>, StatusCode> {
    let health = inventory.with(|shared| {
        shared.arrivals.push(Instant::now());
        shared.health
    });
    match health {
        Health::Healthy => Ok(Json(Pieces {
            pieces: pieces_of(&sku),
        })),
        Health::Failing => Err(StatusCode::INTERNAL_SERVER_ERROR),
        Health::Hanging => std::future::pending().await,
    }
}

/// Returns how many pieces are in stock, at least one.
fn pieces_of(sku: &str) -> u32 {
    1 + sku.bytes().map(u32::from).sum::<u32>() % 40
}

impl fmt::Display for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Healthy => "healthy",
            Self::Failing => "failing",
            Self::Hanging => "hanging",
        })
    }
}
