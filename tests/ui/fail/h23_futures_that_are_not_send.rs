use std::future::{Future, ready};
use std::rc::Rc;

use fusebox::circuit_breaker;

#[circuit_breaker(threshold = 3, fallback = other)]
async fn guarded(id: u64) -> std::io::Result<u64> {
    let counted = Rc::new(id);
    ready(()).await;
    Ok(*counted)
}

async fn other(id: u64) -> std::io::Result<u64> {
    Ok(id)
}

fn spawn<F: Future + Send + 'static>(_: F) {}

fn main() {
    spawn(guarded(1));
}
