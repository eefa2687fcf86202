//! Pays what is queued, one at a time, whenever the breaker would let a call through.

use std::sync::Arc;

use tokio::time::timeout;

use super::{
    Shop,
    books::StorageError,
    client::{ChargeError, classify},
    pay::{BANK, TIMEOUT},
};
use crate::order::Payment;

/// Replays until the process ends.
pub(super) async fn run(shop: Arc<Shop>) {
    loop {
        if let Err(error) = replay_one(&shop).await {
            eprintln!("shop: {error}");
            return;
        }
    }
}

/// Waits for a payment, then for a permit, and makes the payment under it. While the bank is down this is the trial call, so the queue
/// asks once per cooldown and no customer is the guinea pig.
async fn replay_one(shop: &Shop) -> Result<(), StorageError> {
    let order = shop.books.next_queued().await?;
    let permit = BANK.ready().await;
    let Ok(charged) = timeout(TIMEOUT, shop.bank.charge(order)).await else {
        permit.failure();
        return Ok(());
    };
    permit.record(classify(&charged));
    match charged {
        Ok(()) => shop.books.set(order, Payment::Replayed).await,
        Err(ChargeError::Declined) => shop.books.set(order, Payment::Declined).await,
        // It stays in the queue; if the bank is down, the breaker makes the next round wait.
        Err(_) => Ok(()),
    }
}
