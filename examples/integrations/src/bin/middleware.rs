//! One breaker per host, for every request of a client: reqwest-middleware.
//!
//! `cargo run -p fusebox-integrations --bin middleware`

use axum::{Router, http::Extensions, routing::get};
use fusebox::{CircuitBreaker, KeyedBreakers, Outcome, Rejected, Threshold, Verdict, classify};
use reqwest::{Request, Response, header::RETRY_AFTER};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, Error, Middleware, Next};
use tokio::net::TcpListener;

/// Guards each host with a breaker of its own.
struct BreakerPerHost(KeyedBreakers);

#[async_trait::async_trait]
impl Middleware for BreakerPerHost {
    async fn handle(
        &self,
        request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> reqwest_middleware::Result<Response> {
        let breaker = self.0.get(request.url().authority());
        let answer = next.run(request, extensions);
        match breaker.call_classified(answer, by_answer).await {
            Ok(answer) => answer,
            Err(refusal) => Err(Error::middleware(refusal)),
        }
    }
}

/// 5xx, 408, 429 and broken connections are failures.
///
/// A `Retry-After` of the host becomes the cooldown.
fn by_answer(answer: &reqwest_middleware::Result<Response>) -> Verdict {
    match answer {
        Ok(response) => {
            let wait = response.headers().get(RETRY_AFTER);
            let wait = wait.and_then(|wait| wait.to_str().ok());
            classify::http(response.status().as_u16(), wait)
        }
        // Another breaker rejected the request.
        Err(error) if rejection(error).is_some() => Outcome::Ignored.into(),
        Err(_) => Outcome::Failure.into(),
    }
}

/// Finds the rejection in an error of the client.
///
/// `Error` is transparent, so the error of a middleware is not among its sources.
fn rejection(error: &Error) -> Option<&Rejected> {
    match error {
        Error::Middleware(error) => Rejected::find(&**error),
        Error::Reqwest(error) => Rejected::find(error),
    }
}

/// Every request of this client passes the breaker of its host.
fn client() -> Result<ClientWithMiddleware, fusebox::ConfigError> {
    let hosts = CircuitBreaker::keyed("hosts")
        .threshold(Threshold::failures(3))
        .build()?;
    Ok(ClientBuilder::new(reqwest::Client::new())
        .with(BreakerPerHost(hosts))
        .build())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
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
fn cause<'a>(error: &'a (dyn std::error::Error + 'static)) -> &'a (dyn std::error::Error + 'static) {
    error.source().map_or(error, cause)
}

/// Serves these routes on a free port, and returns the URL.
async fn serve(routes: Router) -> std::io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, routes).await });
    Ok(url)
}
