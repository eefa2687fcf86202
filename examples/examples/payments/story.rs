//! The story: a good hour, a failing bank, two kills, and the audit.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use tokio::{
    sync::watch,
    time::{interval, timeout},
};

use crate::{
    Anyhow,
    audit::audit,
    bank::{Bank, Fault},
    customers::Customers,
    order::Payment,
    shop_process::ShopProcess,
};

/// The limit of the story, which takes a few seconds if no payment is lost.
const LIMIT: Duration = Duration::from_secs(25);

/// Runs the story. Fails if a payment was lost or made twice.
pub(crate) async fn tell() -> Result<(), Anyhow> {
    let started = Instant::now();
    timeout(LIMIT, acts())
        .await
        .map_err(|_| format!("not done after {LIMIT:?}"))??;
    println!("\ndone in {:.1} s", started.elapsed().as_secs_f64());
    Ok(())
}

async fn acts() -> Result<(), Anyhow> {
    let directory = tempfile::tempdir()?;
    let database = directory.path().join("shop.redb");
    let bank = Bank::open().await?;
    let mut shop = ShopProcess::start(bank.url(), &database).await?;
    let (address, receiver) = watch::channel(shop.url.clone());
    let mut customers = Customers::new(receiver);

    customers.send(0..20);
    customers.are_served().await;
    report("the bank works", &customers, &bank);

    bank.set(Fault::LosesAnswers);
    customers.send(20..23);
    customers.are_served().await;
    report("the bank charges, but its answers get lost", &customers, &bank);

    bank.set(Fault::Down);
    customers.send(23..50);
    customers.are_served().await;
    report("the bank is down", &customers, &bank);

    customers.send(50..90);
    customers.have_heard(60).await;
    shop.kill().await?;
    shop = ShopProcess::start(bank.url(), &database).await?;
    println!(
        "  kill -9, in the middle of orders; the next shop finds {} payments to make",
        shop.found
    );
    address.send_replace(shop.url.clone());
    customers.are_served().await;
    report("the shop was killed, the bank is still down", &customers, &bank);

    let booked = bank.ledger().len();
    bank.set(Fault::HangsAfter(booked + 10));
    bank.has_booked(booked + 11).await;
    shop.kill().await?;
    bank.set(Fault::Nothing);
    shop = ShopProcess::start(bank.url(), &database).await?;
    println!(
        "  kill -9, in the middle of a replay; the next shop finds {} payments to make",
        shop.found
    );
    if shop.found == 0 {
        return Err("the kill came too late to prove anything".into());
    }
    address.send_replace(shop.url.clone());
    customers.send(90..100);
    customers.are_served().await;
    let books = all_paid(&shop).await?;
    report("the bank works again, the queue is empty", &customers, &bank);

    conclude(&customers, &books, &bank)
}

/// Waits until every payment is made, at most until the limit of the story.
async fn all_paid(shop: &ShopProcess) -> Result<BTreeMap<u64, Payment>, Anyhow> {
    let mut look = interval(Duration::from_millis(20));
    loop {
        look.tick().await;
        let books = shop.books().await?;
        if books.values().all(|payment| payment.is_final()) {
            return Ok(books);
        }
    }
}

fn report(act: &str, customers: &Customers, bank: &Bank) {
    let answers = customers.answers();
    let count = |wanted: &[Payment]| {
        let is_wanted = |(_, payment): &&(_, Payment)| wanted.contains(payment);
        answers.values().filter(is_wanted).count()
    };
    println!(
        "{act}:\n  {:3} customers answered: {} paid, {} queued, {} declined; {} charges at the bank",
        answers.len(),
        count(&[Payment::Paid, Payment::Replayed]),
        count(&[Payment::Queued]),
        count(&[Payment::Declined]),
        bank.ledger().len(),
    );
}

fn conclude(customers: &Customers, books: &BTreeMap<u64, Payment>, bank: &Bank) -> Result<(), Anyhow> {
    let count = |wanted: Payment| books.values().filter(|payment| **payment == wanted).count();
    println!(
        "\norders {}, paid at once {}, replayed {}, declined {}, still queued {}",
        books.len(),
        count(Payment::Paid),
        count(Payment::Replayed),
        count(Payment::Declined),
        count(Payment::Queued) + count(Payment::Started),
    );
    let faults = audit(&customers.answers(), books, &bank.ledger());
    for fault in &faults {
        println!("FAULT: {fault}");
    }
    if faults.is_empty() {
        println!("audit: every payment was made exactly once");
        Ok(())
    } else {
        Err(format!("{} payments are wrong", faults.len()).into())
    }
}
