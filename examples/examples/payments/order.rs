//! The order of a customer, and the progress of its payment.

use serde::{Deserialize, Serialize};

/// An order to be paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Order {
    pub(crate) number: u64,
    pub(crate) cents: u64,
}

impl Order {
    /// The key by which the bank recognizes a repeated payment.
    ///
    /// It consists of the order's number and nothing else, so that the shop which replays it after
    /// a crash uses the key of the shop that crashed.
    pub(crate) fn idempotency_key(self) -> String {
        format!("order-{}", self.number)
    }
}

/// How far a payment has come. The numbers are what the database keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Payment {
    /// Written down.
    ///
    /// The running shop is paying, and the customer has no answer yet.
    Started = 0,
    /// The bank did not answer; it will be paid later.
    Queued = 1,
    /// The bank declined. Final.
    Declined = 2,
    /// Paid while the customer waited. Final.
    Paid = 3,
    /// Paid from the queue. Final.
    Replayed = 4,
}

impl Payment {
    pub(crate) fn is_final(self) -> bool {
        self >= Self::Declined
    }

    pub(crate) fn of_number(number: u8) -> Self {
        match number {
            0 => Self::Started,
            1 => Self::Queued,
            2 => Self::Declined,
            3 => Self::Paid,
            _ => Self::Replayed,
        }
    }
}
