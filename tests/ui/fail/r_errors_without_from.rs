use fusebox::circuit_breaker;

struct Mine;

#[circuit_breaker]
async fn own() -> Result<u8, Mine> { Ok(1) }

#[circuit_breaker]
async fn foreign() -> Result<u8, std::fmt::Error> { Ok(1) }

struct Half;

impl From<fusebox::Rejected> for Half {
    fn from(_: fusebox::Rejected) -> Self { Self }
}

#[circuit_breaker(timeout = "1s")]
async fn timed() -> Result<u8, Half> { Ok(1) }

fn main() {}
