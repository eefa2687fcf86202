use fusebox::circuit_breaker;

#[circuit_breaker(threshold = 0)]
async fn c01() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(threshold = -1)]
async fn c02() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(threshold = 4294967296)]
async fn c03() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(threshold = 5u8)]
async fn c04() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(threshold = 5.0)]
async fn c06() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(threshold = 0.5)]
async fn c06_share() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(threshold = "5")]
async fn c07() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(threshold = "0%", window = 20)]
async fn c07_zero() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(threshold = "101%", window = 20)]
async fn c07_too_much() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(threshold = "fifty%", window = 20)]
async fn c07_word() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(threshold = true, minimum_calls = '5', trial_calls = b"5")]
async fn c08() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(threshold = 1 + 1, trial_calls = { 5 }, window = (5))]
async fn c12() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(threshold = 5_suffix)]
async fn c13() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(threshold = concat!("5"))]
async fn c14() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(trial_calls = 0)]
async fn c_trial_calls() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(trial_calls = 101)]
async fn c_trial_calls_many() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(threshold = "50%", window = 20, minimum_calls = 0)]
async fn c_minimum_calls() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(window = 0, threshold = 1000001)]
async fn c_window() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(window = 10001)]
async fn c_window_many() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(threshold = 1000001)]
async fn c_threshold_many() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(jitter = 0.2, slow_call = "1s", slow_threshold = 80)]
async fn c_shares() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(jitter = "101%", slow_call = "1s", slow_threshold = "0%", window = 20)]
async fn c_shares_out_of_range() -> std::io::Result<u8> { Ok(1) }

fn main() {}
