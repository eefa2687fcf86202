//! Pays through the breaker while the customer waits. Queues the rest.

use fusebox::circuit_breaker;

use super::{
    Shop,
    books::StorageError,
    client::{ChargeError, classify},
};
use crate::order::{Order, Payment};

/// The breaker in front of the bank.
pub(super) const BANK: &str = "bank";

/// Pays now, or queues. The answer is on disk before it is returned.
pub(super) async fn pay(shop: &Shop, order: Order) -> Result<Payment, StorageError> {
    let payment = match charge_or_queue(shop, order).await {
        Ok(payment) => payment,
        // The fallback answers every other error. Only errors that the classifier ignores reach
        // this arm.
        Err(_) => Payment::Declined,
    };
    shop.books.set(order, payment).await?;
    Ok(payment)
}

#[circuit_breaker(
    name = BANK,
    threshold = 3,
    cooldown = "300ms",
    timeout = "500ms",
    classify = classify,
    fallback = |_| Ok(Payment::Queued),
    fallback_on = "failure",
)]
async fn charge_or_queue(shop: &Shop, order: Order) -> Result<Payment, ChargeError> {
    shop.bank.charge(order).await
}
