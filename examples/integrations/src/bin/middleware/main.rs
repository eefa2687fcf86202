//! One breaker per host, for every request of a client: reqwest-middleware.
//!
//! `cargo run -p fusebox-integrations --bin middleware`

mod breaker_per_host;

use std::error::Error;

use axum::{Router, routing::get};
use tokio::net::TcpListener;

use breaker_per_host::{client, rejection};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let client = client()?;
    let healthy = serve(Router::new().route("/", get(async || "hello"))).await?;
    // Nothing listens on this port.
    let dead = "http://127.0.0.1:9".to_owned();

    println!("Three requests to a dead host open its breaker. The fourth is rejected.");
    for attempt in 1..=4 {
        let error = client.get(&dead).send().await.expect_err("nothing listens");
        println!("  {}", cause(&error));
        assert_eq!(rejection(&error).is_some(), attempt == 4);
    }
    println!("The other host is not affected.");
    let answer = client.get(&healthy).send().await?;
    println!("  {}", answer.status());
    assert!(answer.status().is_success());
    Ok(())
}

/// The innermost error.
fn cause<'a>(error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    error.source().map_or(error, cause)
}

/// Serves these routes on a free port, and returns the URL.
async fn serve(routes: Router) -> std::io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, routes).await });
    Ok(url)
}
