use fusebox::circuit_breaker;

mod other {
    async fn private() -> std::io::Result<u8> { Ok(1) }
}

const NUMBER: u8 = 1;

#[circuit_breaker(fallback = unknown)]
async fn e11() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(fallback = "unknown")]
async fn e11_string() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(fallback = other::private)]
async fn e12() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(fallback = NUMBER)]
async fn e13() -> std::io::Result<u8> { Ok(1) }

fn not_async(_: u8) -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(fallback = not_async)]
async fn e14(id: u8) -> std::io::Result<u8> { Ok(id) }

async fn returns_string(_: u8) -> String { String::new() }

#[circuit_breaker(fallback = returns_string)]
async fn e15(id: u8) -> std::io::Result<u8> { Ok(id) }

async fn takes_two(_: u8, _: u8) -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(fallback = takes_two)]
async fn e16(id: u8) -> std::io::Result<u8> { Ok(id) }

async fn takes_none() -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(fallback = takes_none)]
async fn e16_many(id: u8) -> std::io::Result<u8> { Ok(id) }

async fn takes_string(_: String) -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(fallback = takes_string)]
async fn e17(id: u8) -> std::io::Result<u8> { Ok(id) }

#[circuit_breaker(fallback = |cause| cause)]
async fn e_closure_type(id: u8) -> std::io::Result<u8> { Ok(id) }

fn main() {}
