//! A wrong value is underlined, and the message says what to write.
//!
//! All of them are reported at once.
use fusebox::circuit_breaker;

#[circuit_breaker(threshold = 0, cooldown = "10 sec", timeout = 500ms, fallback = 5)]
async fn load() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(threshold = "50%")]
async fn save() -> std::io::Result<u8> { Ok(1) }

fn main() {}
