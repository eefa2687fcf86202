//! A fallback that does not fit is an error on the path of the fallback.
use fusebox::circuit_breaker;

fn not_async(_: u8) -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(fallback = not_async)]
async fn load(id: u8) -> std::io::Result<u8> { Ok(id) }

async fn takes_two(_: u8, _: u8) -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(fallback = takes_two)]
async fn save(id: u8) -> std::io::Result<u8> { Ok(id) }

struct Unique;

async fn cached(_: Unique) -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(fallback = cached, fallback_on = "failure")]
async fn consume(unique: Unique) -> std::io::Result<u8> {
    let _ = unique;
    Ok(1)
}

fn main() {}
