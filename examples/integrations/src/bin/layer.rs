//! The tower layer around a hyper client, and around a route of axum.
//!
//! `cargo run -p fusebox-integrations --bin layer`

use std::{
    io,
    sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed},
    time::Duration,
};

use axum::{
    BoxError, Router,
    body::Body,
    error_handling::HandleErrorLayer,
    http::{Request, Response, StatusCode, header::RETRY_AFTER},
    response::IntoResponse,
    routing::get,
};
use fusebox::{
    CircuitBreaker, ConfigError, Outcome, Rejected, Threshold, classify, tower::CircuitBreakerLayer,
};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use tokio::{net::TcpListener, time::sleep};
use tower::{
    Service, ServiceBuilder, ServiceExt,
    timeout::{TimeoutLayer, error::Elapsed},
};

/// A client with one breaker per host, and a timeout that counts as a failure.
fn client() -> Result<
    impl Service<Request<Body>, Response = Response<hyper::body::Incoming>, Error = BoxError>,
    ConfigError,
> {
    let hosts = CircuitBreaker::keyed("hosts")
        .threshold(Threshold::failures(3))
        .build()?;
    Ok(ServiceBuilder::new()
        .layer(
            CircuitBreakerLayer::select(move |request: &Request<Body>| {
                hosts.get(request.uri().authority().map_or("", |host| host.as_str()))
            })
            .classify(by_status),
        )
        .layer(TimeoutLayer::new(Duration::from_millis(200)))
        .service(Client::builder(TokioExecutor::new()).build_http()))
}

/// A route that is spared while it fails.
///
/// An open breaker answers 503 with a `Retry-After`.
fn routes() -> Result<Router, ConfigError> {
    let report = CircuitBreaker::builder("report")
        .threshold(Threshold::failures(3))
        .cooldown(Duration::from_secs(1))
        .build()?;
    let guarded = ServiceBuilder::new()
        .layer(HandleErrorLayer::new(unavailable))
        .layer(CircuitBreakerLayer::new(report).classify(by_status));
    Ok(Router::new()
        .route("/report", get(report_of_the_day))
        .layer(guarded))
}

/// The answer to a request that the breaker rejected.
async fn unavailable(error: BoxError) -> impl IntoResponse {
    let wait = Rejected::find(&*error).and_then(Rejected::retry_after_secs);
    let wait = wait.map(|seconds| [(RETRY_AFTER, seconds.to_string())]);
    (StatusCode::SERVICE_UNAVAILABLE, wait, error.to_string())
}

/// 5xx, 408, 429 and broken connections are failures.
fn by_status<B, E>(result: &Result<Response<B>, E>) -> Outcome {
    match result {
        Ok(response) => classify::http_status(response.status().as_u16()),
        Err(_) => Outcome::Failure,
    }
}

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
