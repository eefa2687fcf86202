use fusebox::circuit_breaker;

#[circuit_breaker(threshold = 30, window = 20)]
async fn never_reached() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(window = 3)]
async fn default_never_reached() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(threshold = "50%")]
async fn share_without_window() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(threshold = "50%", minimum_calls = 50, window = 20)]
async fn minimum_never_reached() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(threshold = 5, minimum_calls = 10)]
async fn minimum_without_share() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(max_cooldown = "5s", cooldown = "10s")]
async fn longest_too_short() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(max_cooldown = "5s")]
async fn longest_shorter_than_default() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(slow_call = "2s", timeout = "2s")]
async fn slow_never_reached() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(slow_threshold = "80%", window = 20)]
async fn slow_share_without_slow() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(slow_threshold = "80%", slow_call = "1s")]
async fn slow_share_without_window() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(fallback_on = "failure")]
async fn nothing_to_answer() -> std::io::Result<u8> { Ok(1) }

fn main() {}
