use fusebox::circuit_breaker;

#[circuit_breaker(crate = nope)]
async fn f06() -> std::io::Result<u8> { Ok(1) }

fn main() {}
