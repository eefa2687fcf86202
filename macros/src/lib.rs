//! The `#[circuit_breaker]` attribute of [`fusebox`](https://docs.rs/fusebox).
