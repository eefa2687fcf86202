//! Serves the page of a small shop, some of whose services are down.
//!
//! `cargo run -p fusebox-page-tests --bin shop` serves it on 127.0.0.1:9090; an argument names
//! another address.

use std::error::Error;

use fusebox::{
    Registry,
    dashboard::{Dashboard, Token},
};
use fusebox_page_tests::town;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "127.0.0.1:9090".to_owned());
    let registry = Registry::new();
    let town = town::build(&registry, town::SHOP);
    let page = Dashboard::new(&registry)
        .allow_commands(Token::new("correct-horse-battery")?)
        .serve(address)
        .await?;
    println!("http://{}, token `correct-horse-battery`", page.address());
    town::live(town).await;
    Ok(())
}
