//! The size of a future that carries 1 KiB, and of a breaker on the stack.

#![allow(clippy::large_types_passed_by_value, reason = "that is what is measured")]

use fusebox::{CircuitBreaker, Registry, circuit_breaker};
use serde_json::{Value, json};

use crate::call::Trouble;

type Argument = [u8; 1024];

async fn wait() {
    std::future::pending::<()>().await;
}

async fn plain(argument: Argument) -> Result<u64, Trouble> {
    wait().await;
    Ok(u64::from(argument[0]))
}

#[circuit_breaker(name = "size")]
async fn annotated(argument: Argument) -> Result<u64, Trouble> {
    wait().await;
    Ok(u64::from(argument[0]))
}

/// Prints the table, and returns it.
pub(crate) fn print() -> Value {
    let breaker = Registry::new()
        .breaker("size")
        .build()
        .expect("the default settings are legal");
    let rows = [
        ("future with 1 KiB, plain", size_of_val(&plain([0; 1024]))),
        ("future with 1 KiB, annotated", size_of_val(&annotated([0; 1024]))),
        (
            "future with 1 KiB, through call()",
            size_of_val(&breaker.call(plain([0; 1024]))),
        ),
        ("handle", size_of::<CircuitBreaker>()),
    ];
    println!("\n### sizes\n\n| what | bytes |\n|---|---|");
    for (what, bytes) in rows {
        println!("| {what} | {bytes} |");
    }
    rows.iter()
        .map(|(what, bytes)| json!({ "what": what, "bytes": bytes }))
        .collect()
}
