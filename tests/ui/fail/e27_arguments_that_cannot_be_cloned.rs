use fusebox::circuit_breaker;

struct Unique;

async fn other(_: Unique, _: u8) -> std::io::Result<u8> { Ok(1) }

#[circuit_breaker(fallback = other, fallback_on = "failure")]
async fn e27(unique: Unique, id: u8) -> std::io::Result<u8> {
    let _ = unique;
    Ok(id)
}

struct Service;

impl Service {
    async fn other(self) -> std::io::Result<u8> { Ok(1) }

    #[circuit_breaker(name = "e27.self", fallback = Self::other, fallback_on = "failure")]
    async fn e27_self(self) -> std::io::Result<u8> {
        self.touch();
        Ok(1)
    }
}

fn main() {}

impl Service {
    fn touch(&self) {}

    #[circuit_breaker(name = "e27.closure", fallback = |_| Ok(self.touch()), fallback_on = "failure")]
    async fn e27_closure(self) -> std::io::Result<()> { Ok(self.touch()) }
}
