use fusebox::circuit_breaker;

#[circuit_breaker(name = 5)]
async fn f01() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(name = "")]
async fn f02() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(name = "a\nb")]
async fn f04() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(name = "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789")]
async fn f04_long() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(crate = "cb")]
async fn f05() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(crate = 5)]
async fn f05_number() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(threshold = 0, cooldown = "10", fallback = 5)]
async fn f07() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(threshold = 0)]
async fn f08() -> std::io::Result<u8> { Ok("a type error in the body") }

fn f09() {
    let _: u8 = f08();
}

fn main() {}
