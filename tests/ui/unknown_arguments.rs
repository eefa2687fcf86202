//! A misspelt name, and names that other libraries use, get a suggestion with the user's own value.
use fusebox::circuit_breaker;

#[circuit_breaker(thresold = 5, wait_duration = 60, fallback_method = "cached")]
async fn load() -> std::io::Result<u8> { Ok(1) }

fn main() {}
