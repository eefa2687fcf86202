use fusebox::circuit_breaker;

struct Service;

impl Service {
    #[circuit_breaker]
    async fn load(&self) -> std::io::Result<u8> { Ok(1) }

    #[circuit_breaker(threshold = 3)]
    async fn save(self: std::sync::Arc<Self>) -> std::io::Result<u8> { Ok(1) }
}

fn main() {}
