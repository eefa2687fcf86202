//! Pays through the breaker while the customer waits, and queues what cannot be paid.

use std::{sync::LazyLock, time::Duration};

use fusebox::{CircuitBreaker, Threshold};

use super::{
    Shop,
    books::StorageError,
    client::{ChargeError, classify},
};
use crate::order::{Order, Payment};

/// How long the bank may take.
pub(super) const TIMEOUT: Duration = Duration::from_millis(500);

pub(super) static BANK: LazyLock<CircuitBreaker> = LazyLock::new(|| {
    CircuitBreaker::builder("bank")
        .threshold(Threshold::failures(3))
        .cooldown(Duration::from_millis(300))
        .timeout(TIMEOUT)
        .build()
        .expect("the settings obey the rules")
});

/// Pays now, or queues. The answer is on disk before it is returned.
pub(super) async fn pay(shop: &Shop, order: Order) -> Result<Payment, StorageError> {
    let charged = BANK.call_classified(shop.bank.charge(order), classify).await;
    let payment = match charged {
        Ok(Ok(())) => Payment::Paid,
        Ok(Err(ChargeError::Declined)) => Payment::Declined,
        Ok(Err(_)) | Err(_) => Payment::Queued,
    };
    shop.books.set(order, payment).await?;
    Ok(payment)
}
