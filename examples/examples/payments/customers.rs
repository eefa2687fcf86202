//! Customers: each sends one order, and sends it again until it has an answer.

use std::{collections::BTreeMap, ops::Range, sync::Arc, time::Duration};

use tokio::{
    sync::watch,
    task::JoinSet,
    time::{sleep, timeout},
};

use crate::{
    Anyhow,
    order::{Order, Payment},
};

/// How long a customer waits for the shop before the next attempt.
const PATIENCE: Duration = Duration::from_secs(2);
/// The pause before the next attempt.
const PAUSE: Duration = Duration::from_millis(20);

/// The customers' side: the address of the shop, and its answers.
#[derive(Debug)]
pub(crate) struct Customers {
    /// The shop's address; it has another one after each start.
    shop: watch::Receiver<String>,
    answered: Arc<watch::Sender<BTreeMap<u64, (Order, Payment)>>>,
    client: reqwest::Client,
    running: JoinSet<()>,
}

impl Customers {
    pub(crate) fn new(shop: watch::Receiver<String>) -> Self {
        Self {
            shop,
            answered: Arc::new(watch::Sender::new(BTreeMap::new())),
            client: reqwest::Client::new(),
            running: JoinSet::new(),
        }
    }

    /// Sends one customer per order number, all at once.
    ///
    /// The card of order 13 is empty.
    pub(crate) fn send(&mut self, numbers: Range<u64>) {
        for number in numbers {
            let cents = if number == 13 { 0 } else { 1_000 + number };
            let order = Order { number, cents };
            let (shop, answered, client) =
                (self.shop.clone(), Arc::clone(&self.answered), self.client.clone());
            self.running.spawn(async move {
                loop {
                    let url = shop.borrow().clone();
                    if let Ok(Ok(payment)) = timeout(PATIENCE, ask(&client, &url, order)).await {
                        answered.send_modify(|answered| {
                            answered.insert(number, (order, payment));
                        });
                        return;
                    }
                    sleep(PAUSE).await;
                }
            });
        }
    }

    /// Waits until so many customers have been answered in all.
    pub(crate) async fn have_heard(&self, customers: usize) {
        let mut answered = self.answered.subscribe();
        // `self` owns the sender, so this cannot fail during the wait.
        let _ = answered.wait_for(|answered| answered.len() >= customers).await;
    }

    /// Waits until all have been answered.
    pub(crate) async fn are_served(&mut self) {
        while self.running.join_next().await.is_some() {}
    }

    /// The first answer to each customer.
    pub(crate) fn answers(&self) -> BTreeMap<u64, (Order, Payment)> {
        self.answered.borrow().clone()
    }
}

async fn ask(client: &reqwest::Client, shop: &str, order: Order) -> Result<Payment, Anyhow> {
    let answer = client.post(format!("{shop}/orders")).json(&order).send().await?;
    Ok(answer.error_for_status()?.json().await?)
}
