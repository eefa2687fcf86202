use fusebox::circuit_breaker;

#[circuit_breaker(fallback = "")]
async fn e03() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(fallback = "f()")]
async fn e04() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(fallback = f())]
async fn e04_bare() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(fallback = "a b")]
async fn e05() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(fallback = f::)]
async fn e06() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(fallback = "f::")]
async fn e06_string() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(fallback = |a, b| f(a, b))]
async fn e09() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(fallback = || f())]
async fn e09_none() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(fallback = async |cause| f(cause))]
async fn e09_async() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(fallback = 5)]
async fn e10() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(fallback = true)]
async fn e10_bool() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(fallback = e19)]
async fn e19() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(fallback_on = "failures")]
async fn e_fallback_on() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(fallback_on = failure, fallback = f)]
async fn e_fallback_on_bare() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(fallback = |cause| match, cooldown = "0s")]
async fn e_syntax() -> std::io::Result<u8> { Ok(1) }

fn main() {}
