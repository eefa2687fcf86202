//! A stream of quotes that breaks in the middle: reqwest and `fusebox::stream`.
//!
//! `cargo run -p fusebox-integrations --bin stream`

mod quotes;

use std::{
    error::Error,
    io,
    sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    routing::get,
};
use fusebox::{CallError, CircuitBreaker, State, Threshold};
use futures_util::{Stream, StreamExt, stream};
use tokio::{net::TcpListener, time::sleep};

use quotes::quotes;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = serve(Router::new().route("/", get(exchange))).await?;
    let breaker = CircuitBreaker::builder("quotes")
        .threshold(Threshold::failures(3))
        .cooldown(Duration::from_secs(1))
        .build()?;

    println!("The exchange is healthy.");
    assert!(matches!(read(quotes(&breaker, &url)).await, (5, None)));

    println!("Its connections break after two quotes. After three failures, the breaker rejects.");
    IS_HEALTHY.store(false, Relaxed);
    for _ in 0..3 {
        assert!(matches!(
            read(quotes(&breaker, &url)).await,
            (2, Some(CallError::Inner(_)))
        ));
    }
    let requests = REQUESTS.load(Relaxed);
    assert!(matches!(
        read(quotes(&breaker, &url)).await,
        (0, Some(CallError::Rejected(_)))
    ));
    assert_eq!(REQUESTS.load(Relaxed), requests, "the exchange is left alone");

    println!("It is healthy again.");
    IS_HEALTHY.store(true, Relaxed);
    sleep(Duration::from_secs(1)).await;
    assert!(matches!(read(quotes(&breaker, &url)).await, (5, None)));
    assert_eq!(breaker.state(), State::Closed);
    Ok(())
}

/// Reads the whole stream. Returns how many quotes came, and the error.
async fn read<E: Error>(quotes: impl Stream<Item = Result<Bytes, E>>) -> (usize, Option<E>) {
    let (mut count, mut error) = (0, None);
    let mut quotes = std::pin::pin!(quotes);
    while let Some(quote) = quotes.next().await {
        match quote {
            Ok(lines) => count += lines.split(|byte| *byte == b'\n').count() - 1,
            Err(failed) => error = Some(failed),
        }
    }
    let ended = error.as_ref().map_or("the end".to_owned(), ToString::to_string);
    println!("  {count} quotes, then {ended}");
    (count, error)
}

static IS_HEALTHY: AtomicBool = AtomicBool::new(true);
static REQUESTS: AtomicU32 = AtomicU32::new(0);

/// The other service: it sends five quotes.
async fn exchange() -> Body {
    REQUESTS.fetch_add(1, Relaxed);
    let quotes = stream::iter(1..=5).then(|number| async move {
        sleep(Duration::from_millis(20)).await;
        if number > 2 && !IS_HEALTHY.load(Relaxed) {
            return Err(io::Error::other("the exchange crashed"));
        }
        Ok(format!("quote {number}\n"))
    });
    Body::from_stream(quotes)
}

/// Serves these routes on a free port, and returns the URL.
async fn serve(routes: Router) -> io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, routes).await });
    Ok(url)
}
