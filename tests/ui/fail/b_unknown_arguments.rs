use fusebox::circuit_breaker;

#[circuit_breaker(thresold = 5)]
async fn b01() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(Threshold = 5)]
async fn b02() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(th)]
async fn b03() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(reset_timeout = "1s", wait_duration = 60)]
async fn b04() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(failures = 5, failure_rate = 0.5, max_failures = LIMIT)]
async fn b05() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(bogus = 1)]
async fn b06() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(type = 5)]
async fn b07() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(bogus(nested(a = 1), b))]
async fn b08() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(half_open = 3, stale = "5m", classifier = judge)]
async fn b09() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(min_calls = 3, fallback_method = "f", skip_on = Err(_), fail_on = Err(_), window_size = 20)]
async fn b04_other_libraries() -> std::io::Result<u8> { Ok(1) }

fn main() {}
