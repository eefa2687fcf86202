//! The client of the bank: one HTTP call, and the meaning of its answers.

use reqwest::StatusCode;

use fusebox::Outcome;

use crate::order::{Order, Payment};

/// Why the bank did not charge, or why the result is unknown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChargeError {
    /// The bank declined. The bank itself works.
    #[error("the bank declined the card")]
    Declined,
    #[error("the bank answered {0}")]
    Answered(StatusCode),
    #[error("the bank did not answer: {0}")]
    Unreachable(#[from] reqwest::Error),
}

pub(crate) struct BankClient {
    http: reqwest::Client,
    charges: String,
}

impl BankClient {
    pub(crate) fn new(url: &str) -> Self {
        Self {
            http: reqwest::Client::new(),
            charges: format!("{url}/charges"),
        }
    }

    /// Charges an order.
    ///
    /// Safe to repeat: equal keys are one charge for the bank.
    pub(crate) async fn charge(&self, order: Order) -> Result<Payment, ChargeError> {
        let answer = self
            .http
            .post(&self.charges)
            .header("idempotency-key", order.idempotency_key())
            .json(&order)
            .send()
            .await?;
        match answer.status() {
            status if status.is_success() => Ok(Payment::Paid),
            StatusCode::PAYMENT_REQUIRED => Err(ChargeError::Declined),
            status => Err(ChargeError::Answered(status)),
        }
    }
}

/// A declined card is not a failure of the bank.
pub(crate) fn classify(charged: &Result<Payment, ChargeError>) -> Outcome {
    match charged {
        Ok(_) => Outcome::Success,
        Err(ChargeError::Declined) => Outcome::Ignored,
        Err(_) => Outcome::Failure,
    }
}
