//! A client with a breaker for each host.

use axum::http::Extensions;
use fusebox::{CircuitBreaker, ConfigError, KeyedBreakers, Outcome, Rejected, Threshold, Verdict, classify};
use reqwest::{Request, Response, header::RETRY_AFTER};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, Error, Middleware, Next};

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
pub(crate) fn rejection(error: &Error) -> Option<&Rejected> {
    match error {
        Error::Middleware(error) => Rejected::find(&**error),
        Error::Reqwest(error) => Rejected::find(error),
    }
}

/// Every request of this client passes the breaker of its host.
pub(crate) fn client() -> Result<ClientWithMiddleware, ConfigError> {
    let hosts = CircuitBreaker::keyed("hosts")
        .threshold(Threshold::failures(3))
        .build()?;
    Ok(ClientBuilder::new(reqwest::Client::new())
        .with(BreakerPerHost(hosts))
        .build())
}
