//! Compares the customers' receipts, the shop's books and the bank's charges.

use std::collections::BTreeMap;

use crate::order::{Order, Payment};

/// The differences. Empty if every payment was made exactly once.
pub(crate) fn audit(
    answered: &BTreeMap<u64, (Order, Payment)>,
    books: &BTreeMap<u64, Payment>,
    ledger: &[Order],
) -> Vec<String> {
    let mut faults = Vec::new();
    for (number, (order, answer)) in answered {
        let charged: Vec<u64> = ledger
            .iter()
            .filter(|charge| charge.number == *number)
            .map(|charge| charge.cents)
            .collect();
        let expected: &[u64] = if *answer == Payment::Declined {
            &[]
        } else {
            &[order.cents]
        };
        if charged.len() < expected.len() {
            faults.push(format!("the payment of order {number} is lost"));
        } else if charged.len() > expected.len() {
            faults.push(format!("order {number} was charged {} times", charged.len()));
        } else if charged != expected {
            faults.push(format!(
                "order {number} was charged {charged:?} cents, not {expected:?}"
            ));
        }
        match books.get(number) {
            Some(payment) if payment.is_final() => {}
            written => faults.push(format!("the shop has order {number} as {written:?}")),
        }
    }
    let unknown = ledger
        .iter()
        .filter(|charge| !answered.contains_key(&charge.number));
    faults.extend(
        unknown.map(|charge| format!("order {} was charged, but no customer ordered it", charge.number)),
    );
    faults
}
