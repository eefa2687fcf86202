use fusebox::circuit_breaker;

#[circuit_breaker(failure = Err(Missing))]
async fn a_binding_in_it() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(failure = MISSING)]
async fn missing() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(failure = Some(_))]
async fn other_type() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(failure = Err(e) if e.is_bad())]
async fn guard() -> std::io::Result<u8> { Ok(1) }

fn main() {}
