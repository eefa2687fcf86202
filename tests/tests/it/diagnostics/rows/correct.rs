//! Correct functions of many shapes, for every edition.

use fusebox::circuit_breaker;

/// An own error.
#[derive(Debug)]
pub enum Error {
    /// From the breaker.
    Breaker,
    /// From the service.
    Down,
}

impl From<fusebox::Rejected> for Error {
    fn from(_: fusebox::Rejected) -> Self {
        Self::Breaker
    }
}

impl From<fusebox::TimedOut> for Error {
    fn from(_: fusebox::TimedOut) -> Self {
        Self::Breaker
    }
}

/// Of all values.
#[circuit_breaker]
pub async fn plain(id: u64) -> Result<u64, Error> {
    if id == 0 {
        return Err(Error::Down);
    }
    Ok(id)
}

/// With everything.
#[circuit_breaker(threshold = "50%", window = "10s", minimum_calls = 20, cooldown = "1s", timeout = "1s", fallback = instead, fallback_on = "failure", failure = Err(Error::Down), ignore = Ok(7))]
pub async fn everything(id: u64, text: String) -> Result<u64, Error> {
    let length = plain(id).await?;
    Ok(length.wrapping_add(text.len() as u64))
}

/// The fallback.
pub async fn instead(id: u64, text: String) -> Result<u64, Error> {
    drop(text);
    Ok(id)
}

/// Only the fallback uses the parameter.
#[circuit_breaker(fallback = |_| Ok(id), fallback_on = "failure")]
pub async fn closure(id: u64) -> Result<u64, Error> {
    Err(Error::Down)
}

/// A borrow goes in and comes out.
#[circuit_breaker(fallback = |_| Ok(text))]
pub async fn borrowed<'a>(text: &'a str, other: &str) -> Result<&'a str, Error> {
    Ok(text.trim_start_matches(other))
}

/// Generic.
#[circuit_breaker]
pub async fn generic<T: Clone + Send, const N: usize>(values: [T; N]) -> Result<Vec<T>, Error> {
    Ok(values.to_vec())
}

/// Patterns and `mut`.
#[circuit_breaker(fallback = tuple_instead)]
pub async fn tuple((a, b): (u64, u64), mut c: u64) -> Result<u64, Error> {
    c = c.wrapping_add(a);
    Ok(c.wrapping_add(b))
}

/// The fallback of that.
pub async fn tuple_instead(pair: (u64, u64), c: u64) -> Result<u64, Error> {
    Ok(pair.0.wrapping_add(c))
}

/// A type with methods.
pub struct Service {
    calls: u64,
}

impl Service {
    /// Borrows.
    #[circuit_breaker(name = "service.get", fallback = Self::get_instead, fallback_on = "failure")]
    pub async fn get(&self, id: u64) -> Result<u64, Error> {
        Ok(self.calls.wrapping_add(id))
    }

    /// The fallback.
    pub async fn get_instead(&self, id: u64) -> Result<u64, Error> {
        Ok(self.calls.wrapping_sub(id))
    }

    /// Changes.
    #[circuit_breaker(name = "service.set", fallback = |_| Ok(self.calls), fallback_on = "failure")]
    pub async fn set(&mut self, id: u64) -> Result<u64, Error> {
        self.calls = id;
        Ok(id)
    }
}

/// Returns a future.
#[circuit_breaker]
pub fn boxed(id: u64) -> std::pin::Pin<Box<dyn std::future::Future<Output = Result<u64, Error>> + Send>> {
    Box::pin(async move { plain(id).await })
}

/// Not a result.
#[circuit_breaker(failure = None, fallback = |_| None)]
pub async fn optional(id: u64) -> Option<u64> {
    id.checked_add(1)
}

/// Never ends well.
#[circuit_breaker]
pub async fn later() -> Result<u64, Error> {
    todo!()
}

/// Not written yet.
#[circuit_breaker]
pub async fn stub() -> Result<u64, Error> {
    unimplemented!()
}

/// Not written yet, and cannot be async.
#[circuit_breaker(fallback = |_| unreachable!("it is closed"))]
pub fn stub_blocking() -> Result<u64, Error> {
    panic!("later")
}
