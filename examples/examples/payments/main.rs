//! A shop takes orders while its bank is down.
//!
//! Payments wait in an embedded database until the breaker admits calls again. Each is made exactly
//! once, even if the shop is killed in the middle.
//!
//! `cargo run --example payments` runs the whole story: it starts the bank and the customers,
//! starts the shop as a process of its own, kills it twice with SIGKILL, and ends with an audit. It
//! exits with 1 if a payment is lost, made twice or made of nothing.

mod audit;
mod bank;
mod customers;
mod order;
mod shop;
mod shop_process;
mod story;

use std::{error::Error, path::Path, process::ExitCode};

type Anyhow = Box<dyn Error + Send + Sync>;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => story::tell().await,
        ["shop", bank, database] => shop::serve(bank, Path::new(database)).await,
        _ => Err("usage: payments [shop <bank url> <database>]".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("payments: {error}");
            ExitCode::FAILURE
        }
    }
}
