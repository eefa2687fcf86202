//! A web service and the service that it calls: axum, reqwest and thiserror.
//!
//! `cargo run -p fusebox-integrations --bin service`

mod inventory;

use std::{
    error::Error,
    sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed},
    time::Duration,
};

use axum::{
    Json, Router,
    extract::Path,
    http::{StatusCode, header::RETRY_AFTER},
    routing::get,
};
use tokio::{net::TcpListener, time::sleep};

use inventory::{Inventory, stock};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let inventory = Inventory {
        http: reqwest::Client::new(),
        url: serve(Router::new().route("/stock/{article}", get(inventory_service))).await?,
    };
    let shop = serve(
        Router::new()
            .route("/stock/{article}", get(stock))
            .with_state(inventory),
    )
    .await?;
    let get = |article| show(format!("{shop}/stock/{article}"));

    println!("The inventory is healthy.");
    assert_eq!(get("lamp").await?, (200, None));
    assert_eq!(
        get("unicorn").await?,
        (404, None),
        "the mistake of a customer is not a failure"
    );

    println!("It fails. After five failures, the breaker rejects.");
    IS_HEALTHY.store(false, Relaxed);
    for _ in 0..5 {
        assert_eq!(get("lamp").await?, (502, None));
    }
    let requests = REQUESTS.load(Relaxed);
    assert_eq!(get("lamp").await?, (503, Some("1".into())));
    assert_eq!(REQUESTS.load(Relaxed), requests, "the inventory is left alone");

    println!("It is healthy again. After the cooldown, a trial call closes the breaker.");
    IS_HEALTHY.store(true, Relaxed);
    sleep(Duration::from_secs(1)).await;
    assert_eq!(get("lamp").await?, (200, None));
    Ok(())
}

static IS_HEALTHY: AtomicBool = AtomicBool::new(true);
static REQUESTS: AtomicU32 = AtomicU32::new(0);

/// The other service. It has lamps.
async fn inventory_service(Path(article): Path<String>) -> Result<Json<u32>, StatusCode> {
    REQUESTS.fetch_add(1, Relaxed);
    match article.as_str() {
        _ if !IS_HEALTHY.load(Relaxed) => Err(StatusCode::INTERNAL_SERVER_ERROR),
        "lamp" => Ok(Json(7)),
        _ => Err(StatusCode::NOT_FOUND),
    }
}

/// Serves these routes on a free port, and returns the URL.
async fn serve(routes: Router) -> std::io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, routes).await });
    Ok(url)
}

/// Prints the answer, and returns its status and its `Retry-After`.
async fn show(url: String) -> reqwest::Result<(u16, Option<String>)> {
    let response = reqwest::get(url).await?;
    let status = response.status().as_u16();
    let wait = response.headers().get(RETRY_AFTER);
    let wait = wait.and_then(|seconds| Some(seconds.to_str().ok()?.to_owned()));
    println!("  {status} {}", response.text().await?);
    Ok((status, wait))
}
