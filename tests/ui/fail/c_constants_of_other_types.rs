use fusebox::circuit_breaker;

const WORD: &str = "";

struct Service;

impl Service {
    const LIMIT: u32 = 5;

    #[circuit_breaker(threshold = Self::LIMIT)]
    async fn c09() -> std::io::Result<u8> { Ok(1) }
}

#[circuit_breaker(threshold = N)]
async fn c09_generic<const N: u32>() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(threshold = WORD)]
async fn c11() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(threshold = MISSING)]
async fn c11_missing() -> std::io::Result<u8> { Ok(1) }

fn main() {}
