//! The program `payments`, and the audit that it trusts.

use std::{collections::BTreeMap, process::Command};

#[path = "../examples/payments/audit.rs"]
mod audit;
#[path = "../examples/payments/order.rs"]
#[allow(dead_code, reason = "the audit needs the types alone")]
mod order;

use order::{Order, Payment};

const ORDER: Order = Order {
    number: 7,
    cents: 1_007,
};

fn audited(payment: Payment, ledger: &[Order]) -> Vec<String> {
    let answered = BTreeMap::from([(7, (ORDER, Payment::Queued))]);
    audit::audit(&answered, &BTreeMap::from([(7, payment)]), ledger)
}

#[test]
fn a_payment_that_was_made_once_passes() {
    assert_eq!(audited(Payment::Replayed, &[ORDER]), [""; 0]);
}

#[test]
fn a_payment_that_was_never_made_is_found() {
    assert_eq!(
        audited(Payment::Replayed, &[]),
        ["the payment of order 7 is lost"]
    );
}

#[test]
fn a_payment_that_was_made_twice_is_found() {
    assert_eq!(
        audited(Payment::Replayed, &[ORDER, ORDER]),
        ["order 7 was charged 2 times"]
    );
}

#[test]
fn a_payment_without_an_order_is_found() {
    let other = Order { number: 8, ..ORDER };
    let faults = audited(Payment::Replayed, &[ORDER, other]);
    assert_eq!(faults, ["order 8 was charged, but no customer ordered it"]);
}

#[test]
fn a_payment_that_is_still_queued_is_found() {
    assert_eq!(
        audited(Payment::Queued, &[ORDER]),
        ["the shop has order 7 as Some(Queued)"]
    );
}

#[test]
fn no_payment_is_lost_or_made_twice_though_the_shop_is_killed_twice() {
    let run = Command::new(env!("CARGO"))
        .args([
            "run",
            "--quiet",
            "--package",
            "fusebox-examples",
            "--example",
            "payments",
        ])
        .output()
        .expect("cargo is there");
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(
        run.status.success(),
        "{said}\n{}",
        String::from_utf8_lossy(&run.stderr)
    );
    assert!(
        said.contains("orders 100, paid at once 29, replayed 70, declined 1, still queued 0"),
        "{said}"
    );
}
