use fusebox::circuit_breaker;

#[circuit_breaker(5)]
async fn a07() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker("orders")]
async fn a08() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(threshold)]
async fn a09() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(threshold =)]
async fn a10() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(threshold = , cooldown = "0s")]
async fn a11() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(threshold 5)]
async fn a12() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(threshold: 5)]
async fn a13() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(threshold(5))]
async fn a14() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(threshold == 5)]
async fn a15() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(threshold = 5; cooldown = "10s")]
async fn a16() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(threshold = 5 cooldown = "10s")]
async fn a17() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(a::b = 5)]
async fn a18() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(fail-threshold = 5)]
async fn a19() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(threshold = $x)]
async fn a21() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(threshold = 5, threshold = 6)]
async fn a22() -> std::io::Result<u8> { Ok(1) }

fn main() {}
