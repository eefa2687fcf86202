//! `#[tokio::main]` above turns the function into a plain `fn` before `#[circuit_breaker]` sees it.
use fusebox::circuit_breaker;

#[tokio::main(flavor = "current_thread")]
#[circuit_breaker]
async fn main() -> std::io::Result<()> {
    Ok(())
}

#[tokio::test]
#[circuit_breaker(threshold = 3)]
async fn a_test() -> std::io::Result<()> {
    Ok(())
}

#[tokio::main]
#[circuit_breaker]
pub(crate) async fn returns_nothing() {}
