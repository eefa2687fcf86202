use fusebox::circuit_breaker;

#[circuit_breaker]
async fn no_result() -> u8 { 1 }

#[circuit_breaker]
async fn nothing() {}

#[circuit_breaker]
async fn never() -> ! { loop {} }

#[circuit_breaker(fallback = |_| 1)]
async fn no_failure() -> u8 { 1 }

#[circuit_breaker(failure = 1)]
async fn no_fallback() -> u8 { 1 }

fn main() {}
