//! The client of the inventory service, and a handler that uses it.

use axum::{
    Json,
    extract::{Path, State},
    http::{StatusCode, header::RETRY_AFTER},
    response::{IntoResponse, Response},
};
use fusebox::{Refusal, circuit_breaker};

/// The client of the inventory service.
#[derive(Clone)]
pub(crate) struct Inventory {
    pub(crate) http: reqwest::Client,
    pub(crate) url: String,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum StockError {
    #[error("no such article")]
    NoSuchArticle,
    #[error("the inventory did not answer")]
    Http(#[from] reqwest::Error),
    #[error(transparent)]
    Refused(Refusal),
}

impl Inventory {
    #[circuit_breaker(
        name = "inventory",
        threshold = 5,
        cooldown = "1s",
        timeout = "500ms",
        failure = Err(StockError::Http(_)),
        error = StockError::Refused
    )]
    pub(crate) async fn stock(&self, article: &str) -> Result<u32, StockError> {
        let request = self.http.get(format!("{}/stock/{article}", self.url));
        let response = request.send().await?;
        if response.status() == StatusCode::NOT_FOUND {
            return Err(StockError::NoSuchArticle);
        }
        Ok(response.error_for_status()?.json().await?)
    }
}

/// `GET /stock/{article}` of the shop.
pub(crate) async fn stock(
    State(inventory): State<Inventory>,
    Path(article): Path<String>,
) -> Result<Json<u32>, StockError> {
    inventory.stock(&article).await.map(Json)
}

impl IntoResponse for StockError {
    fn into_response(self) -> Response {
        let text = self.to_string();
        match self {
            Self::NoSuchArticle => (StatusCode::NOT_FOUND, text).into_response(),
            Self::Http(_) => (StatusCode::BAD_GATEWAY, text).into_response(),
            Self::Refused(refusal) => {
                // 503 from an open breaker, 504 after the timeout.
                let status = StatusCode::from_u16(refusal.status()).expect("a status");
                let wait = refusal.retry_after_secs();
                let wait = wait.map(|seconds| [(RETRY_AFTER, seconds.to_string())]);
                (status, wait, text).into_response()
            }
        }
    }
}
