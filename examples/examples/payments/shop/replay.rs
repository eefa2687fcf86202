//! Pays the queue, one payment at a time, whenever the breaker admits a call.

use std::{sync::Arc, time::Duration};

use fusebox::{CircuitBreaker, Outcome};
use tokio::time::timeout;

use super::{
    Shop,
    books::StorageError,
    client::{ChargeError, classify},
    pay::BANK,
};
use crate::order::Payment;

/// How long the bank may take.
const TIMEOUT: Duration = Duration::from_millis(500);

/// Replays until the process ends.
pub(super) async fn run(shop: Arc<Shop>) {
    // A name and nothing else: the settings are those of the attribute.
    let bank = match CircuitBreaker::builder(BANK).build() {
        Ok(bank) => bank,
        Err(error) => return eprintln!("shop: {error}"),
    };
    loop {
        if let Err(error) = replay_one(&shop, &bank).await {
            eprintln!("shop: {error}");
            return;
        }
    }
}

/// Waits for a payment, then for a permit, and makes the payment under it.
///
/// While the bank is down, this payment is the trial call: the queue makes one per cooldown, and no
/// customer waits for it.
async fn replay_one(shop: &Shop, bank: &CircuitBreaker) -> Result<(), StorageError> {
    let order = shop.books.next_queued().await?;
    let permit = bank.ready().await;
    let attempt = timeout(TIMEOUT, shop.bank.charge(order));
    let charged = permit.run_classified(attempt, |in_time| match in_time {
        Ok(charged) => classify(charged),
        Err(_) => Outcome::Failure,
    });
    match charged.await {
        Ok(Ok(_)) => shop.books.set(order, Payment::Replayed).await,
        Ok(Err(ChargeError::Declined)) => shop.books.set(order, Payment::Declined).await,
        // It stays in the queue; if the bank is down, the breaker makes the next round wait.
        Ok(Err(_)) | Err(_) => Ok(()),
    }
}
