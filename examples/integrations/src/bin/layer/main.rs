//! The tower layer around a hyper client, and around a route of axum.
//!
//! `cargo run -p fusebox-integrations --bin layer`

mod guarded;

use std::{
    io,
    sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed},
    time::Duration,
};

use axum::{
    BoxError, Router,
    body::Body,
    http::{Request, StatusCode, header::RETRY_AFTER},
    routing::get,
};
use fusebox::Rejected;
use tokio::{net::TcpListener, time::sleep};
use tower::{Service, ServiceExt, timeout::error::Elapsed};

use guarded::{client, routes};

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let hanging = serve(Router::new().route("/", get(std::future::pending::<()>))).await?;
    let mut client = client()?;
    println!("The client: a host hangs. After three timeouts, its breaker rejects.");
    for attempt in 1..=4 {
        let request = Request::get(&hanging).body(Body::empty())?;
        let error = client
            .ready()
            .await?
            .call(request)
            .await
            .expect_err("the host hangs");
        println!("  {error}");
        assert_eq!(error.is::<Elapsed>(), attempt <= 3);
        assert_eq!(error.is::<Rejected>(), attempt == 4);
    }

    let report = format!("{}/report", serve(routes()?).await?);
    println!("The server: a route fails. After three failures, its breaker answers.");
    for _ in 0..3 {
        assert_eq!(show(&report).await?, (500, None));
    }
    assert_eq!(show(&report).await?, (503, Some("1".into())));
    assert_eq!(RUNS.load(Relaxed), 3, "the handler did not run");

    println!("It is repaired. After the cooldown, a trial call closes the breaker.");
    IS_HEALTHY.store(true, Relaxed);
    sleep(Duration::from_secs(1)).await;
    assert_eq!(show(&report).await?, (200, None));
    Ok(())
}

static IS_HEALTHY: AtomicBool = AtomicBool::new(false);
static RUNS: AtomicU32 = AtomicU32::new(0);

/// A handler that takes a lot of work.
async fn report_of_the_day() -> StatusCode {
    RUNS.fetch_add(1, Relaxed);
    if IS_HEALTHY.load(Relaxed) {
        StatusCode::OK
    } else {
        StatusCode::INTERNAL_SERVER_ERROR
    }
}

/// Serves these routes on a free port, and returns the URL.
async fn serve(routes: Router) -> io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, routes).await });
    Ok(url)
}

/// Prints the answer, and returns its status and its `Retry-After`.
async fn show(url: &str) -> reqwest::Result<(u16, Option<String>)> {
    let response = reqwest::get(url).await?;
    let wait = response.headers().get(RETRY_AFTER);
    let wait = wait.and_then(|seconds| Some(seconds.to_str().ok()?.to_owned()));
    let status = response.status();
    println!("  {status} {}", response.text().await?);
    Ok((status.as_u16(), wait))
}
