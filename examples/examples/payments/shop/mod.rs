//! The shop: answers customers at once, and pays the bank later.

mod books;
mod client;
mod pay;
mod replay;

use std::{path::Path, sync::Arc};

use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    routing::{get, post},
};
use tokio::net::TcpListener;

use crate::{
    Anyhow,
    order::{Order, Payment},
};
use books::Books;
use client::BankClient;

/// What all requests share.
pub(crate) struct Shop {
    books: Books,
    bank: BankClient,
}

/// Runs a shop until the process ends.
///
/// Prints its address, and how many payments it found to make, on one line.
pub(crate) async fn serve(bank: &str, database: &Path) -> Result<(), Anyhow> {
    let (books, found) = Books::open(database)?;
    let shop = Arc::new(Shop {
        books,
        bank: BankClient::new(bank),
    });
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{} {found}", listener.local_addr()?);
    tokio::spawn(replay::run(Arc::clone(&shop)));
    let routes = Router::new()
        .route("/orders", post(take_order))
        .route("/books", get(show_books))
        .with_state(shop);
    axum::serve(listener, routes).await?;
    Ok(())
}

/// Takes an order.
///
/// The shop writes the payment down before anything else. From here on, a crash does not lose it.
async fn take_order(
    State(shop): State<Arc<Shop>>,
    Json(order): Json<Order>,
) -> Result<Json<Payment>, StatusCode> {
    let known = shop.books.start(order).await.map_err(storage_failed)?;
    let payment = match known {
        Some(payment) => payment,
        None => pay::pay(&shop, order).await.map_err(storage_failed)?,
    };
    Ok(Json(payment))
}

async fn show_books(
    State(shop): State<Arc<Shop>>,
) -> Result<Json<std::collections::BTreeMap<u64, Payment>>, StatusCode> {
    shop.books.all().await.map(Json).map_err(storage_failed)
}

#[allow(clippy::needless_pass_by_value, reason = "used as a function of an error")]
fn storage_failed(error: books::StorageError) -> StatusCode {
    eprintln!("shop: {error}");
    StatusCode::INTERNAL_SERVER_ERROR
}
