//! The package on which `tests/editors/check.py` checks the editors.
//! The script copies it.

use fusebox::{Outcome, Rejected, circuit_breaker};

/// Something to complete the fields of.
#[derive(Clone)]
pub struct Order {
    pub number: u64,
}

pub enum Error {
    Refused(Rejected),
    NotFound,
}

impl From<Rejected> for Error {
    fn from(rejected: Rejected) -> Self {
        Self::Refused(rejected)
    }
}

/// Calls the service.
#[circuit_breaker(threshold = 5, cooldown = "10s", fallback = cached_orders)]
pub async fn fetch_orders(user: u64) -> Result<Vec<Order>, Error> {
    let order = Order { number: user };
    let copy = order.number;
    // typing happens here
    let again = Order { number: copy };
    Ok(vec![order, again])
}

/// Answers from memory.
pub async fn cached_orders(user: u64) -> Result<Vec<Order>, Error> {
    Ok(vec![Order { number: user }])
}

pub mod cache {
    pub async fn stored_orders(_: u64) -> Result<Vec<super::Order>, super::Error> {
        Err(super::Error::NotFound)
    }
}

pub const LIMIT: u32 = 3;
pub const NAME: &str = "orders";

pub fn judge(_: &Result<Vec<Order>, Error>) -> Outcome {
    Outcome::Success
}

pub struct Shop {
    pub city: String,
}

impl Shop {
    #[circuit_breaker(name = "shop.total", fallback = Self::cached_total)]
    pub async fn total(&self, user: u64) -> Result<u64, Error> {
        let letters = self.city.len();
        Ok(user + letters as u64)
    }

    async fn cached_total(&self, user: u64) -> Result<u64, Error> {
        Ok(user)
    }
}

pub async fn caller(shop: Shop) -> Result<u64, Error> {
    let orders = fetch_orders(7).await?;
    let total = shop.total(8).await?;
    Ok(orders.len() as u64 + total)
}
