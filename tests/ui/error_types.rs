//! Without a fallback, the error of the function is made from the rejection.
use fusebox::circuit_breaker;

struct Mine;

#[circuit_breaker]
async fn load() -> Result<u8, Mine> { Ok(1) }

#[circuit_breaker]
async fn count() -> u8 { 1 }

fn main() {}
