//! The payment service, with a switch for what can go wrong.
//!
//! It books every charge once per idempotency key.

use std::{
    collections::HashSet,
    future::pending,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use tokio::{net::TcpListener, sync::watch};

use crate::{Anyhow, order::Order};

/// The fault of the bank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    Nothing,
    /// Every request is answered with 503, and nothing is booked.
    Down,
    /// Charges are booked, but the answer is a 502, so the shop cannot find out.
    LosesAnswers,
    /// After this many charges, the bank books one more and never answers it.
    HangsAfter(usize),
}

/// A handle of the bank; it runs in a task until the program ends.
#[derive(Debug, Clone)]
pub(crate) struct Bank(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    url: String,
    fault: Mutex<Fault>,
    keys: Mutex<HashSet<String>>,
    ledger: watch::Sender<Vec<Order>>,
}

impl Bank {
    pub(crate) async fn open() -> Result<Self, Anyhow> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let bank = Self(Arc::new(Shared {
            url: format!("http://{}", listener.local_addr()?),
            fault: Mutex::new(Fault::Nothing),
            keys: Mutex::default(),
            ledger: watch::Sender::new(Vec::new()),
        }));
        let routes = Router::new()
            .route("/charges", post(charge))
            .with_state(bank.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Ok(bank)
    }

    pub(crate) fn url(&self) -> &str {
        &self.0.url
    }

    pub(crate) fn set(&self, fault: Fault) {
        *self.0.fault.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }

    /// All booked charges, in order. The audit takes them as the truth.
    pub(crate) fn ledger(&self) -> Vec<Order> {
        self.0.ledger.borrow().clone()
    }

    /// Waits until so many charges are booked.
    pub(crate) async fn has_booked(&self, charges: usize) {
        let mut ledger = self.0.ledger.subscribe();
        // `self` owns the sender, so this cannot fail during the wait.
        let _ = ledger.wait_for(|ledger| ledger.len() >= charges).await;
    }

    /// Books a charge, unless its key was booked before.
    fn book(&self, key: &str, order: Order) {
        let mut keys = self.0.keys.lock().unwrap_or_else(PoisonError::into_inner);
        if keys.insert(key.to_owned()) {
            self.0.ledger.send_modify(|ledger| ledger.push(order));
        }
    }
}

async fn charge(State(bank): State<Bank>, headers: HeaderMap, Json(order): Json<Order>) -> StatusCode {
    let Some(key) = headers.get("idempotency-key").and_then(|key| key.to_str().ok()) else {
        return StatusCode::BAD_REQUEST;
    };
    let fault = *bank.0.fault.lock().unwrap_or_else(PoisonError::into_inner);
    if fault == Fault::Down {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    if order.cents == 0 {
        return StatusCode::PAYMENT_REQUIRED;
    }
    bank.book(key, order);
    match fault {
        Fault::LosesAnswers => StatusCode::BAD_GATEWAY,
        Fault::HangsAfter(charges) if bank.0.ledger.borrow().len() > charges => pending().await,
        _ => StatusCode::OK,
    }
}
