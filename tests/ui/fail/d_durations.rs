use fusebox::circuit_breaker;

#[circuit_breaker(cooldown = 10)]
async fn d01() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(cooldown = 10s, timeout = 500ms)]
async fn d02() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(cooldown = "10")]
async fn d03() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(cooldown = "10 sec", timeout = "10S", slow_call = "1min", max_cooldown = "1M")]
async fn d04() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(cooldown = "abc")]
async fn d05() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(cooldown = "", timeout = "  ")]
async fn d06() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(cooldown = "0s", window = "0ms")]
async fn d07() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(cooldown = "-1s")]
async fn d08() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(cooldown = "1.5s", timeout = "0.25m", slow_call = "1.0000000001ns")]
async fn d09() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(cooldown = "30s 1m", timeout = "1s 1s")]
async fn d11() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(cooldown = "1234567890123456789012345678901234567890s", max_cooldown = "101000d")]
async fn d12() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(cooldown = b"10s", timeout = c"10s", slow_call = '1')]
async fn d13() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(cooldown = "10ｓ", timeout = "é", slow_call = "１０s")]
async fn d15() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(cooldown = Duration::from_secs(1), timeout = std::time::Duration::ZERO)]
async fn d16() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(cooldown = "10s x", timeout = "1m 30")]
async fn d17() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(window = 10s)]
async fn d_window() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(cooldown = LONG)]
async fn d_path() -> std::io::Result<u8> { Ok(1) }

fn main() {}
