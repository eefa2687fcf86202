use fusebox::circuit_breaker;

#[circuit_breaker(failure = _)]
async fn wild() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(ignore = error)]
async fn binding() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(failure = Err(..=), cooldown = "0s")]
async fn unclosed() -> std::io::Result<u8> { Ok(1) }

fn main() {}
