use fusebox::circuit_breaker;

const ZERO: u32 = 0;
const WORD: &str = "";
mod limits {
    pub const LARGE: u32 = 101;
}

#[circuit_breaker(threshold = ZERO)]
async fn c10() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(trial_calls = limits::LARGE)]
async fn c10_large() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(name = WORD)]
async fn c10_name() -> std::io::Result<u8> { Ok(1) }

fn main() {}
