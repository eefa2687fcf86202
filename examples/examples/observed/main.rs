//! A service whose outages Prometheus can watch.
//!
//! `cargo run --example observed -- 60` serves the numbers of three breakers and of a group of
//! keyed breakers at `/metrics`, as an instance of a fleet. Their services are down for 3 of every
//! 10 seconds. The program prints its address first, and ends after 60 seconds (20 without the
//! argument).

mod services;

use std::{env, error::Error, time::Duration};

use axum::{Router, http::header::CONTENT_TYPE, response::IntoResponse, routing::get};
use fusebox::{
    Registry,
    fleet::{Fleet, FleetOptions, Store},
    prometheus,
};
use tokio::{net::TcpListener, time};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let seconds = env::args().nth(1).map_or(Ok(20), |seconds| seconds.parse())?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}/metrics", listener.local_addr()?);

    let _fleet = Fleet::join(Registry::global(), &Store::local(), FleetOptions::new("observed"))?;
    let app = Router::new()
        .route("/metrics", get(metrics))
        .route("/metrics.txt", get(metrics_text))
        .route("/keys.txt", get(keys_text));
    tokio::select! {
        served = axum::serve(listener, app) => served?,
        () = services::call_all() => {}
        () = time::sleep(Duration::from_secs(seconds)) => {}
    }
    Ok(())
}

async fn metrics() -> impl IntoResponse {
    (
        [(CONTENT_TYPE, prometheus::CONTENT_TYPE)],
        prometheus::render(Registry::global()),
    )
}

/// With a label for each key of a group, which is off by default.
async fn keys_text() -> impl IntoResponse {
    let exporter = prometheus::Exporter::new(Registry::global()).with_keys();
    (
        [(CONTENT_TYPE, prometheus::TEXT_CONTENT_TYPE)],
        exporter.render_text(),
    )
}

async fn metrics_text() -> impl IntoResponse {
    let text = prometheus::render_text(Registry::global());
    ([(CONTENT_TYPE, prometheus::TEXT_CONTENT_TYPE)], text)
}
